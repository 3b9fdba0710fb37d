"""Labels by eye: well formed, of training pictures only, and joined to the items they belong to."""
import glob
import json
import os

import numpy as np
import pytest

from training.core.names import BOX_INDEX, COVER_INDEX, COVER_UNKNOWN
from training.data import augment, sets
from training.data.items import BUILDING, CAR, DATA, POOL, C, rows
from training.data.readers import cover, hand

EVAL = sorted(glob.glob(os.path.join(hand.FOLDER, 'eval_*.jsonl')))


def size_of(name):
    return 76 if name == 'power' else 256


@pytest.mark.parametrize('name', hand.FILES)
def test_labels_are_well_formed(name):
    seen = set()
    for r in hand.read(name):
        assert r['set'] in sets.READERS and r['file'] not in seen, 'one row a picture'
        seen.add(r['file'])
        for b in r.get('boxes', ()):
            cx, cy, w, h, theta = b['box']
            assert b['label'] in BOX_INDEX and -4 <= cx <= size_of(r['set']) + 4 and -4 <= cy <= size_of(r['set']) + 4
            assert 3 <= h <= 80 and 3 <= w and 0 <= theta < 180
        for b in (*r.get('unknown', ()), *r.get('not', ())):
            x0, y0, x1, y1 = b['box']
            assert b['label'] in BOX_INDEX and x0 < x1 and y0 < y1
        for a in r.get('areas', ()):
            assert a['label'] in COVER_INDEX and len(a['polygon']) >= 3 and all(0 <= v <= 256 for point in a['polygon'] for v in point)


def test_training_reads_no_labels_of_eval():
    assert len(EVAL) == 3 and not any(name.startswith('eval') for name in hand.FILES)


@pytest.mark.skipif(not os.path.isdir(f'{DATA}/train/ucm'), reason=f'imagery not found at {DATA}; set NADIR_DATA')
def test_files_are_where_they_should_be():
    known = {split: {name: {r['file'] for r in rows(split, reader.folder)} for name, reader in sets.READERS.items()} for split in ('train', 'eval')}
    for name in hand.FILES:
        assert all(r['file'] in known['train'][r['set']] for r in hand.read(name))
    for path in EVAL:
        with open(path, encoding='utf-8') as f:
            for r in map(json.loads, f):
                assert r['file'] in known['eval'][r['set']] and r['count'] >= len(r.get('boxes', ())) and r['within'] >= 1


def test_labels_are_joined_to_their_item(monkeypatch):
    row = dict(file='images/a.jpg', present=['cars', 'buildings', 'pavement'], scene='parkinglot', gsd=0.3)
    by_eye = dict(set='ucm', file='images/a.jpg', complete=['car'], boxes=[dict(label='car', box=[10, 20, 15, 7, 90])],
                  unknown=[dict(label='car', box=[0, 0, 40, 40])], **{'not': [dict(label='building', box=[64, 64, 192, 192])]},
                  areas=[dict(label='pavement', polygon=[[20, 20], [80, 20], [80, 80], [20, 80]])])
    monkeypatch.setattr(hand, 'rows', lambda: {('ucm', 'images/a.jpg'): [by_eye]})
    it = sets.known('ucm', dict(row=row, image=np.zeros((256, 256, 4), np.uint8)))
    assert it['objects'][0][:3] == (CAR, 10, 20) and it['complete'][CAR] and not it['complete'][BUILDING] and not it['complete'][POOL]
    known = cover.one_class(cover.allowed('ucm', it))
    assert known[50, 50] == COVER_INDEX['pavement'] and known[20, 50] == known[150, 150] == COVER_UNKNOWN
    assert sets.known('naip', dict(row=dict(file='images/a.jpg', tree_points=[], gsd=0.6, city='x', tile=1)))['objects'] == []
    complete = np.array(it['complete'])[:, None, None].repeat(32, 1).repeat(32, 2)
    augment.mark(it, np.array([[1.0, 0, 0], [0, 1, 0]]), complete)
    assert not complete[CAR, :5, :5].any() and complete[CAR, 8:, 8:].all()
    assert complete[BUILDING, 9:23, 9:23].all() and not complete[BUILDING, :7].any() and len(complete) == C


@pytest.mark.skipif(not os.path.isdir(f'{DATA}/eval/ucm'), reason=f'imagery not found at {DATA}; set NADIR_DATA')
def test_items_of_eval_have_no_labels_by_eye(monkeypatch):
    """Names of files are not unique between train/ and eval/."""
    first = rows('eval', 'ucm')[0]
    monkeypatch.setattr(hand, 'rows', lambda: {('ucm', first['file']): [dict(boxes=[dict(label='car', box=[1, 1, 9, 5, 0])])]})
    assert not any(o[0] == CAR for o in next(sets.decode('ucm', 'eval'))['objects'])
