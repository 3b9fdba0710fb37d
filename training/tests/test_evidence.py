"""Checks of what teaches the dense evidence: box losses, defects, labelled changes, calibration."""
import json
import math
import os

import numpy as np
import pytest
import torch

from training.core import boxes
from training.core.names import CLASSES, DEFECTS, PRESENCE
from training.data import defects
from training.data.items import BUILDING, DATA, OBB
from training.data.pairs import labelled_pairs, part_of
from training.data.targets import targets
from training.language.questions import sample
from training.learning import language_batch
from training.learning.losses import covariance, gaussian_overlap, upright_overlap
from training.model.nadir import Nadir
from training.stages import density
from training.stages.calibrate import log_odds


def tensors(*values):
    return [torch.tensor([float(v)]) for v in values]


def test_upright_overlap_is_one_minus_giou():
    for dx, (w, h), (v, u) in ((0, (4, 2), (4, 2)), (1.5, (4, 2), (3, 5)), (9, (4, 2), (4, 2))):
        a, b = (0, 0, w, h, 0), (dx, 0.5, v, u, 0)
        corners = np.array(boxes.corners(a) + boxes.corners(b))
        hull = np.prod(corners.max(0) - corners.min(0))
        iou = boxes.iou(a, b)
        union = (w * h + v * u) / (1 + iou)
        want = 1 - iou + (hull - union) / hull
        assert float(upright_overlap(*tensors(dx, 0.5), tensors(w, h), tensors(v, u))) == pytest.approx(want, abs=1e-5)


def test_gaussian_overlap_orders_boxes_as_iou_does():
    def distance(box):
        turned = lambda w, h, t: covariance(*tensors(w, h, math.sin(math.radians(2 * t)), math.cos(math.radians(2 * t))))
        return float(gaussian_overlap(*tensors(box[0], box[1]), turned(*box[2:]), turned(8, 4, 30)))

    truth = (0, 0, 8, 4, 30)
    tries = [truth, (0.5, 0, 8, 4, 30), (2, 0, 8, 4, 30), (2, 3, 12, 4, 80), (9, 3, 8, 4, 30)]
    assert all(distance(a) < distance(b) and boxes.iou(a, truth) >= boxes.iou(b, truth) for a, b in zip(tries, tries[1:]))
    assert distance((0, 0, 4, 8, 120)) == pytest.approx(distance(truth), abs=1e-4), 'the same rectangle written the other way'


def test_defects_leave_things_where_they_are():
    """A bright square stays in its corner, whatever spoils the picture: its box would be wrong otherwise."""
    image = np.full((128, 128, 4), 90, np.uint8)
    image[8:40, 80:120] = 170
    for kind in range(len(DEFECTS)):
        if kind == defects.MISSING:
            continue
        for seed in range(12):
            out = defects.spoil(np.random.default_rng(seed), image, kind)[..., :3].astype(float).mean(-1)
            inside, mirrored = np.median(out[12:36, 84:116]), np.median(out[84:116, 12:36])
            assert inside > mirrored or inside == mirrored in (0.0, 255.0), (DEFECTS[kind], seed)


def test_labelled_changes_are_well_formed():
    rows = labelled_pairs()
    parts = {'train': 0, 'val': 0}
    for r in rows:
        assert part_of(r['before']) == part_of(r['after'])
        assert bool(r['changes']) == r['changed']
        for c in r['changes']:
            x0, y0, x1, y1 = c['box']
            assert 0 <= x0 < x1 <= 256 and 0 <= y0 < y1 <= 256
        parts[part_of(r['before'])] += 1
    assert min(parts.values()) > 50


@pytest.mark.skipif(not os.path.isdir(f'{DATA}/eval/real_change'), reason=f'imagery not found at {DATA}; set NADIR_DATA')
def test_no_labelled_pair_is_of_an_eval_place():
    place = lambda file: tuple(os.path.basename(file)[:-4].rsplit('_', 2)[i] for i in (0, 2))
    with open(f'{DATA}/eval/real_change/labels.jsonl') as f:
        eval_places = {tuple(os.path.basename(json.loads(line)['before']).rsplit('_', 2)[:2]) for line in f}
    assert eval_places and not eval_places & {place(r['before']) for r in labelled_pairs()}


def test_calibration_centres_the_counts(monkeypatch):
    model = Nadir().eval()
    said, ratio = np.linspace(10, 40, 24), np.linspace(1.1, 1.7, 24)
    items = [dict(row=dict(tree_points=[(0, 0)] * round(n * r))) for n, r in zip(said, ratio)]
    monkeypatch.setattr(density.measure, 'run_dense', lambda model, items: [dict(count=[n]) for n in said])
    density.calibrate(model, items)
    assert float(model.connector.density_scale) == pytest.approx(1.4, abs=0.03)


def test_each_class_has_its_own_least_heat():
    heat = np.zeros((4, 4, len(CLASSES)), np.float32)
    heat[1, 1, 0] = heat[2, 2, 4] = 0.3
    geom = np.zeros((4, 4, 6), np.float32)
    assert [p['cls'] for p in boxes.propose(heat, geom, 8, [0.4, 0.4, 0.4, 0.4, 0.2, 0.4])] == [4]
    assert [p['cls'] for p in boxes.propose(heat, geom, 8, 0.25)] == [0, 4]


def test_focus_falls_on_tasks_by_their_share():
    language_batch.FOCUS.update(quality=0.3, trees=0.1)
    try:
        assert [language_batch.focused(u) for u in (0.0, 0.29, 0.31, 0.39, 0.41)] == ['quality', 'quality', 'trees', 'trees', None]
    finally:
        language_batch.FOCUS.clear()


def test_recounting_changes_row_and_answer_alike():
    item = dict(count=torch.tensor([41.0]), record=dict(trees=43), scene=torch.zeros(2))
    seen = {int(language_batch.recounted(np.random.default_rng(i), item)['count']) for i in range(200)}
    assert max(seen) > 150 and len(seen) > 25
    one = language_batch.recounted(np.random.default_rng(3), item)
    assert int(one['count']) == one['record']['trees'] and item['record']['trees'] == 43


def test_recasting_changes_row_and_answer_alike():
    item = dict(presence=torch.full((len(PRESENCE),), -3.0), record=dict(present={name: False for name, _, _ in PRESENCE}, scene=3, proposals=[]))
    seen = set()
    for i in range(300):
        one = language_batch.recast(np.random.default_rng(i), item)
        asked = one['record']['asked']
        k = [name for name, _, _ in PRESENCE].index(asked)
        yes = one['record']['present'][asked]
        assert (float(one['presence'][k]) > 0) == yes
        assert [one['record']['present'][name] for name, _, _ in PRESENCE] == (one['presence'] > 0).tolist(), 'every row says what the record says'
        _, question, answer = sample(np.random.default_rng(i), one['record'], 'present', 'en')
        assert answer.startswith('Yes' if yes else 'No'), (question, answer)
        seen.add((asked, yes))
    assert len(seen) == 2 * len(PRESENCE) and float(item['presence'].max()) < 0


def test_only_a_large_object_has_several_own_cells():
    complete = np.ones((len(CLASSES), 32, 32), bool)
    own = []
    for side in (20, 70, 120):
        heat, _, box, weight, _ = targets([(BUILDING, 130.0, 90.0, side, side, 0.0, OBB)], complete, 256)
        cells = np.argwhere(heat[BUILDING] == 1)
        assert [22, 32] in cells.tolist() and np.abs(cells - [22, 32]).max() <= 2
        assert all(weight[r, c] > 0 and box[r, c, 5] == BUILDING for r, c in cells), 'heat says there that a box is read there'
        own.append(len(cells))
    assert own == [1, 5, 13]


def test_calibration_stays_in_bounds_on_few_low_scores():
    """Scores that a fitted box has: all low, close together. Plain Newton steps run away on these."""
    rng = np.random.default_rng(3)
    scores = rng.uniform(0.06, 0.2, 180)
    right = rng.random(180) < scores + 0.5
    slope, offset = log_odds(scores, right)
    said = 1 / (1 + np.exp(-(slope * np.log(scores / (1 - scores)) + offset)))
    assert 0 < slope < 5 and said.mean() == pytest.approx(right.mean(), abs=0.02)
