"""A model folder comes back as the model it was written from."""
import os

import pytest
import torch

from training.core.config import FITTED
from training.core.files import read_json
from training.export.folder import export
from training.export.parity import check_parity
from training.export.restore import restore
from training.model.checkpoint import load, save
from training.model.nadir import Nadir, narrowed

MODEL = os.path.join(os.path.dirname(__file__), '../../public/models/nadir-s')


def test_the_restored_release_equals_its_graphs():
    check_parity(restore(MODEL), MODEL, read_json(f'{MODEL}/nadir.json')['llm'])


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """(model folder, the manifest) of a random model without docks and tennis courts, through a checkpoint."""
    folder = tmp_path_factory.mktemp('model')
    torch.manual_seed(3)
    model = Nadir()
    n = len(model.boxes)
    model.calibration.set(least_heat=[round(0.3 + 0.01 * c, 2) for c in range(n)], least_score=[0.07] * len(FITTED), slope=[1 + 0.1 * c for c in range(n)], offset=[-0.25] * n,
                          region=[0.5, 4.0, -5.0, -1.0], recall=[0.5] * n, cover_iou=0.61)
    save(model, f'{folder}/whole.pt')
    export(narrowed(load(f'{folder}/whole.pt'), ['dock', 'tennis court']), f'{folder}/model')
    return f'{folder}/model', read_json(f'{folder}/model/nadir.json')


def test_classes_can_be_left_out(exported):
    _, nadir = exported
    names = [c['name'] for c in nadir['detector']['classes']]
    assert len(names) == 10 and not {'dock', 'tennis court'} & {*names, *nadir['refiner']['classes'], *nadir['detector']['prompt']['classes']}
    assert nadir['detector']['proposals']['minScores'] == [0.3, 0.31, 0.33, 0.34, 0.35, 0.36, 0.37, 0.39, 0.4, 0.41]
    with pytest.raises(AssertionError, match='no boat'):
        narrowed(Nadir(), ['boat'])


@torch.no_grad()
def test_leaving_classes_out_changes_nothing_else():
    torch.manual_seed(4)
    model = Nadir().eval()
    less = narrowed(model, ['dock', 'tennis court'])
    pixels = torch.randn(1, 256, 256, 4)
    whole, part = model.connector(*model.tower(pixels)), less.connector(*less.tower(pixels))
    kept = [model.boxes.index(name) for name in less.boxes]
    assert torch.equal(whole['heat'][..., kept], part['heat']) and all(torch.equal(whole[name], part[name]) for name in whole if name != 'heat')
    scores, features = torch.rand(1, 3, 12), torch.randn(1, 3, 128)
    scores[..., [c for c in range(12) if c not in kept]] = 0
    given = torch.rand(1, 3, 6)
    assert torch.allclose(model.proposals(given, scores, features), less.proposals(given, scores[..., kept], features), atol=1e-5)


def test_a_folder_is_exported_again_as_it_was(exported, tmp_path):
    folder, nadir = exported
    save(restore(folder), f'{tmp_path}/restored.pt')
    export(load(f'{tmp_path}/restored.pt'), f'{tmp_path}/model')
    again = read_json(f'{tmp_path}/model/nadir.json')
    assert again == nadir and list(again) == list(nadir), 'the same files, and fields in the same order'


def test_the_manifest_says_what_edition_it_is(exported):
    _, nadir = exported
    assert [tap['name'] for tap in nadir['vision']['taps']] == ['fine', 'finer', 'glance', 'deep']
    assert [c['name'] for c in nadir['cover']['labels']][:2] == ['water', 'trees'] and nadir['cover']['grid'] == [64, 64]
    assert nadir['cover']['iou'] == 0.61
    assert [(s['from'], s['to']) for s in nadir['scenes']['scales']] == [(0, 21), (21, 31)] and len(nadir['scenes']['labels']) == 31
    assert nadir['detector']['prompt']['max'] == 48 < nadir['detector']['proposals']['max']
