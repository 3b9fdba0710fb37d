"""Checks of the box drawn around its mask: python -m pytest training/tests/test_fit_box.py -q (from the repository root)."""
import json
import math
import os

import cv2
import numpy as np
import pytest

from training.core import boxes
from training.export import goldens
from training.inference.fit_box import fit_box, frame_grid, smallest_rectangle

GOLDENS = os.path.join(os.path.dirname(__file__), '../../e2e/fixtures/goldens')


def test_smallest_rectangle_is_that_of_opencv():
    rng = np.random.default_rng(3)
    for _ in range(50):
        points = (rng.uniform(-1, 1, (40, 2)) * (90, 30) @ np.linalg.qr(rng.normal(size=(2, 2)))[0] + 128).astype(np.float32)
        near = rng.uniform(0, 180)
        box = smallest_rectangle(cv2.convexHull(points)[:, 0].astype(float), near)
        (_, _), (w, h), _ = cv2.minAreaRect(points)
        assert box[2] * box[3] == pytest.approx(w * h, rel=1e-4)
        assert 0 <= box[4] < 180 and abs((box[4] - near + 90) % 180 - 90) <= 45 + 1e-6
        c, s = math.cos(math.radians(box[4])), math.sin(math.radians(box[4]))
        u, v = ((points - np.array(box[:2])) @ np.array([[c, -s], [s, c]])).T
        assert np.abs(u).max() == pytest.approx(box[2] / 2, abs=1e-3) and np.abs(v).max() == pytest.approx(box[3] / 2, abs=1e-3)


def test_finds_a_box_that_was_drawn():
    """A mask of another box, seen in a box nearby, gives that other box back to within the samples' size."""
    old, true = (100.0, 90.0, 60.0, 40.0, 20.0), (104.0, 88.0, 50.0, 36.0, 33.0)
    x, y, _, _ = frame_grid(old, 64)
    c, s = math.cos(math.radians(true[4])), math.sin(math.radians(true[4]))
    dx, dy = x - true[0], y - true[1]
    logits = np.where((np.abs(dx * c + dy * s) < true[2] / 2) & (np.abs(dy * c - dx * s) < true[3] / 2), 3.0, -3.0)
    fitted = fit_box(old, logits)
    assert boxes.iou(old, true) < 0.75 < 0.92 < boxes.iou(fitted, true)
    assert abs(fitted[4] - true[4]) < 3


def test_a_box_over_the_edge_is_fitted_to_what_the_tile_shows():
    box = (250.0, 100.0, 40.0, 30.0, 0.0)
    x0, x1 = (lambda b: (b[0] - b[2] / 2, b[0] + b[2] / 2))(fit_box(box, np.ones((64, 64))))
    assert 225 - 1 < x0 < 225 + 1 and 255 < x1 <= 256.5, 'grown by a quarter inside, cut at the edge'


def test_the_apps_goldens_are_of_this_code(tmp_path):
    goldens.fit_box_goldens(tmp_path)
    with open(f'{GOLDENS}/fit-box.json') as old, open(tmp_path / 'fit-box.json') as new:
        for a, b in zip(json.load(old)['cases'], json.load(new)['cases'], strict=True):
            assert (a['name'], a['bits']) == (b['name'], b['bits'])
            assert a['fitted'] == pytest.approx(b['fitted'], abs=1e-6)
