"""The model card's figures come from an evaluation."""
import json

from training.core.files import read_json, write_json
from training.export import card

ROW = dict(section='Scene', measure='accuracy', value=0.5, interval=[0.25, 0.75], n=4, of='images', unit='share', detail='always the commonest: 5 %',
           target=dict(must=0.86, hoped=None, better='more'), restricted=None)
REPORT = dict(backend='WebAssembly', questions=dict(planned=9, answered=8, failed=1), limit=4,
              rows=[ROW, {**ROW, 'measure': 'macro-F1', 'target': None}, {**ROW, 'section': 'Answers', 'measure': 'unparsable', 'value': 0.02, 'interval': None, 'detail': None,
                                                                         'target': dict(must=0.01, hoped=0, better='less')}])


def test_scores_are_those_of_the_report():
    text = card.card('9.9', card.scores_section(REPORT))
    assert text.startswith('# Nadir S 9.9\n') and '8 of 9 questions answered' in text and 'at most 4 images a set: not a result' in text
    assert '| Scene: accuracy (4 images) | 50.0 % (25.0 % – 75.0 %) | ≥ 86.0 % | always the commonest: 5 % |' in text
    assert '| Answers: unparsable (4 images) | 2.0 % | ≤ 1.0 % |  |' in text
    assert 'macro-F1 |' not in text and '| airplane boxes (19)' not in text, 'the released figures are gone'
    assert '## What it can\'t do' in text and '## Data and credits' in text


def test_the_card_of_a_folder_is_written_with_its_manifest(tmp_path, monkeypatch):
    folder, evaluation = tmp_path / 'model', tmp_path / 'evaluation'
    folder.mkdir(), evaluation.mkdir()
    write_json(folder / 'nadir.json', dict(version='9.9', scores=[], files={}))
    write_json(evaluation / 'report.json', REPORT)
    write_json(evaluation / 'scores.json', [dict(task='scene', value=0.5)])
    monkeypatch.setattr('sys.argv', ['card', str(folder), '--evaluation', str(evaluation)])
    card.main()
    nadir = read_json(folder / 'nadir.json')
    assert nadir['scores'] == [{'task': 'scene', 'value': 0.5}]
    assert nadir['files']['README.md']['bytes'] == (folder / 'README.md').stat().st_size
    assert json.dumps(nadir['files']).count('sha256') == 1
