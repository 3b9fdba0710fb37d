"""The shipped folder comes back as the model it was written from."""
import os

import torch

from training.core.files import read_json
from training.export.folder import export
from training.export.parity import check_parity
from training.export.restore import restore, unfold_batch_norm
from training.model.checkpoint import load, save

MODEL = os.path.join(os.path.dirname(__file__), '../../public/models/nadir-s')


def test_restored_model_equals_the_graphs():
    check_parity(restore(MODEL), MODEL, read_json(f'{MODEL}/nadir.json')['llm'])


def test_a_restored_release_is_exported_as_it_was(tmp_path):
    """Through a checkpoint: its weights and its calibration are all that the folder is made of. Scores are measured, not exported."""
    save(restore(MODEL), tmp_path / 'released.pt')
    export(load(tmp_path / 'released.pt'), tmp_path / 'model')
    shipped, again = read_json(f'{MODEL}/nadir.json'), read_json(tmp_path / 'model/nadir.json')
    # The reader of questions is trained and written by itself (export.reading).
    del shipped['reader']
    shipped['files'] = {path: file for path, file in shipped['files'].items() if not path.startswith('reader/')}
    assert again['files'] == shipped['files']
    assert again == {**shipped, 'scores': []}
    assert list(again) == list(shipped), 'fields stand in the same order'


def test_calibration_of_the_checkpoint_is_what_the_app_reads(tmp_path):
    model = restore(MODEL)
    model.calibration.set(least_heat=[0.31, 0.32, 0.33, 0.34, 0.1, 0.12], least_score=[0.07, 0.08], slope=[1.5] * 6, offset=[-0.25] * 6,
                          scene_temperature=1.25, region=[0.5, 4.0, -5.0, -1.0])
    export(model, tmp_path)
    nadir = read_json(tmp_path / 'nadir.json')
    assert nadir['detector']['proposals']['minScores'] == [0.31, 0.32, 0.33, 0.34, 0.1, 0.12]
    assert nadir['refiner']['fits'] == [{'class': 'building', 'minScore': 0.07}, {'class': 'car', 'minScore': 0.08}]
    assert all(c['calibration'] == {'slope': 1.5, 'offset': -0.25} for c in nadir['detector']['classes'])
    assert nadir['scenes']['temperature'] == 1.25
    assert nadir['detector']['regionCalibration'] == {'heat': 0.5, 'iou': 4.0, 'none': -5.0, 'offset': -1.0}


@torch.no_grad()
def test_batch_norm_starts_as_nothing():
    tower = restore(MODEL).tower
    images = torch.randn(3, 128, 128, 4, generator=torch.Generator().manual_seed(4))
    before = tower(images)
    unfold_batch_norm(tower, images)
    after = tower(images)
    assert all(torch.allclose(a, b, atol=1e-3, rtol=1e-3) for a, b in zip(before, after))
    tower.train()
    now = tower(images)
    assert all((a - b).abs().mean() < 0.02 for a, b in zip(before, now)), 'batch statistics are those that were measured'
    tower.eval().fold_batch_norm()
    assert all(torch.allclose(a, b, atol=2e-3, rtol=2e-3) for a, b in zip(before, tower(images)))
