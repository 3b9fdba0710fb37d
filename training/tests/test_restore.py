"""The shipped folder comes back as the model it was written from."""
import json
import os

import torch

from training.export import check_parity
from training.restore import restore, unfold_batch_norm

MODEL = os.path.join(os.path.dirname(__file__), '../../public/models/nadir-s')


def test_restored_model_equals_the_graphs():
    with open(f'{MODEL}/nadir.json', encoding='utf-8') as f:
        llm = json.load(f)['llm']
    check_parity(restore(MODEL), MODEL, llm)


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
