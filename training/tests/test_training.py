"""Fast checks of the training code: python -m pytest training/tests -q (from the repository root)."""
import hashlib
import json
import math
import os

import cv2
import numpy as np
import pytest
import torch

from training.core import boxes
from training.core.config import CONFIG
from training.core.names import BOX_NAMES, DEFECTS
from training.data import augment, checks, defects, sets
from training.data.items import DATA, OBB
from training.data.readers import generated
from training.data.readers.older import ucm_complete
from training.data.targets import density_target, targets
from training.inference.evidence import region_inputs
from training.language import phrases_zh
from training.language.questions import count_answer, find_answer, random_record, sample
from training.language.tokenizer import token_id, tokenizer
from training.model.llm import LLM, fake_int4
from training.scenes import generate

needs_data = pytest.mark.skipif(not os.path.isdir(f'{DATA}/eval/ucm'), reason=f'imagery not found at {DATA}; set NADIR_DATA')
MODEL = os.path.join(os.path.dirname(__file__), '../../public/models/nadir-s')


@needs_data
def test_no_eval_image_in_train():
    """Pictures alone: masks repeat that are one colour throughout."""
    digests = {}
    for folders, split in (([f'train/{name}' for name in checks.SETS], 'train'), (['eval'], 'eval')):
        for folder, _, names in (found for top in folders for found in os.walk(f'{DATA}/{top}')):
            for n in names if os.path.basename(folder) == 'images' else ():
                if n.endswith(('.jpg', '.png', '.tif')):
                    with open(os.path.join(folder, n), 'rb') as f:
                        digests.setdefault(hashlib.sha256(f.read()).hexdigest(), set()).add(split)
    assert digests, 'no imagery read'
    shared = [d for d, s in digests.items() if len(s) == 2]
    assert not shared, f'{len(shared)} files are in both train and eval'


@needs_data
def test_share_alike_photos_stay_out():
    kit = list(sets.decode('kit'))
    assert kit and all('BY-SA' not in it['row']['licence'] for it in kit)


def test_box_corners_round_trip():
    rng = np.random.default_rng(0)
    for _ in range(50):
        box = (*rng.uniform(0, 256, 2), *rng.uniform(4, 90, 2), rng.uniform(0, 180))
        assert np.allclose(boxes.from_corners(boxes.corners(box)), box, atol=1e-6)


def test_angle_is_clockwise_on_screen():
    x, y = boxes.corners((0, 0, 10, 2, 30))[1]  # +w end, -h side
    assert x > 0 and y > 0, 'y points down: a clockwise turn lowers the w axis'


def test_iou_agrees_with_opencv():
    rng = np.random.default_rng(1)
    for _ in range(60):
        a = (*rng.uniform(40, 60, 2), *rng.uniform(10, 50, 2), rng.uniform(0, 180))
        b = (*rng.uniform(40, 60, 2), *rng.uniform(10, 50, 2), rng.uniform(0, 180))
        _, pts = cv2.rotatedRectangleIntersection(((a[0], a[1]), (a[2], a[3]), a[4]), ((b[0], b[1]), (b[2], b[3]), b[4]))
        inter = 0.0 if pts is None else cv2.contourArea(cv2.convexHull(pts))
        want = inter / (a[2] * a[3] + b[2] * b[3] - inter)
        assert abs(boxes.iou(a, b) - want) < 2e-3


def test_decoding_finds_a_written_box():
    heat, geom = np.zeros((64, 64, 6), np.float32), np.zeros((64, 64, 6), np.float32)
    heat[10, 20, 2] = 0.9
    a = math.radians(2 * 40)
    geom[10, 20] = [0.25, -0.5, math.log(5), math.log(2), math.sin(a), math.cos(a)]
    (p,) = boxes.propose(heat, geom)
    assert (p['cls'], p['cell']) == (2, 10 * 64 + 20)
    assert np.allclose(p['box'], (20.75 * 4, 10 * 4, 20, 8, 40), atol=1e-4)


@pytest.mark.parametrize('kind', generate.KINDS)
def test_generated_truth_matches_the_drawing(kind):
    s = generate.generate(11, 256, 256, 0.3, kind)
    assert s['image'].shape == (256, 256, 4)
    again = generate.generate(11, 256, 256, 0.3, kind)
    assert (s['image'] == again['image']).all(), 'same seed, same picture'
    for o in s['objects']:
        mask = np.zeros((256, 256), np.uint8)
        cv2.fillPoly(mask, [np.round(np.array(boxes.corners(o['box']))).astype(np.int32)], 1)
        own = s['ids'] == o['id']
        assert own.any() and (own & (cv2.dilate(mask, np.ones((5, 5))) > 0)).sum() >= 0.95 * own.sum(), f'{o["label"]} is drawn outside its box'


def test_augmentation_moves_boxes_with_pixels():
    image = np.zeros((256, 256, 4), np.uint8)
    box = (90.0, 140.0, 60.0, 16.0, 25.0)
    cv2.fillPoly(image, [np.round(np.array(boxes.corners(box)) - 0.5).astype(np.int32)], (255,) * 4)
    for turn, flip in ((90, False), (37, True), (180, True)):
        m = augment.similarity((128, 128), 0.9, turn, flip, (128, 128))
        out, moved = augment.transform(image, [(4, *box, OBB)], m, 0.9, turn, flip, 256)
        mask = np.zeros((256, 256), np.uint8)
        cv2.fillPoly(mask, [np.round(np.array(boxes.corners(moved[0][1:6])) - 0.5).astype(np.int32)], 1)
        drawn = out[..., 0] > 127
        assert (drawn & (mask > 0)).sum() / (drawn | (mask > 0)).sum() > 0.93


def test_completeness_masks():
    row = {'scene': 'buildings', 'present': ['buildings', 'cars']}
    assert ucm_complete(row)[:7] == [True, True, True, True, False, False, False]
    row = {'scene': 'airplane', 'present': ['airplane'], 'boxes_complete_for': ['airplane']}
    assert all(ucm_complete(row)[:6])


def test_pointer_tokens_survive_the_tokenizer():
    tok = tokenizer()
    text = 'Airplanes: <p0><p12><p47>.'
    ids = tok.encode(text).ids
    assert tok.decode(ids, skip_special_tokens=False) == text
    assert all(token_id(f'<p{i}>') in ids for i in (0, 12, 47))
    assert tok.get_vocab_size() <= CONFIG['vocab']
    odd = 'Où est la forêt? 森林 θ'
    assert tok.decode(tok.encode(odd).ids) == odd


def test_answers_follow_the_record():
    rng = np.random.default_rng(2)
    record = dict(scene=1, present={'airplane': True, 'cars': True}, complete=[True] * 6, trees=None, quality=None,
                  proposals=[dict(cls=0, score=0.9, truth=True), dict(cls=0, score=0.5, truth=False), dict(cls=5, score=0.4, truth=None)])
    assert find_answer(record, 0, phrases_zh) == '飞机：<p0>。'
    assert find_answer(record, 0) == 'Airplanes: <p0>.'
    assert count_answer(record, 5) == '1 <p2> - 1 car.'
    assert find_answer(record, 2).startswith('There are no tennis courts.')
    record['present']['cars'] = False  # a known absence wins over the detector's guess
    assert count_answer(record, 5).startswith('There are no cars.')
    for _ in range(200):
        made = sample(rng, random_record(rng))
        assert made and made[1] and made[2]


def test_four_bit_values_are_on_the_grid():
    w = torch.randn(8, 64)
    q = fake_int4(w)
    assert (q - w).abs().max() <= w.abs().max() / 8 + 1e-6  # one step: the far end of the range has no +8
    for block in q.reshape(8, 2, 32).reshape(-1, 32):
        assert len(torch.unique(block)) <= 16


def test_language_model_prefill_equals_steps():
    torch.manual_seed(0)
    llm = LLM().eval()
    x = torch.randn(1, 9, CONFIG['hidden'])
    with torch.no_grad():
        whole, _ = llm(x)
        past = None
        for t in range(9):
            logits, past = llm(x[:, t:t + 1], past)
    assert torch.allclose(whole, logits, atol=1e-4)


def test_heat_says_how_well_a_box_fits():
    from training.learning.losses import heat_loss
    from training.learning.tower_losses import RARE, fit_quality
    heat, geom = torch.zeros(1, 12, 64, 64), torch.zeros(1, 6, 64, 64)
    box, hull = torch.zeros(1, 64, 64, 6), torch.zeros(1, 64, 64, dtype=torch.uint8)
    for cls, row, width in ((4, 10, 40.0), (4, 30, 20.0), (0, 50, 20.0)):
        heat[0, cls, row, 20] = 1
        box[0, row, 20] = torch.tensor([82.0, row * 4 + 2, 40.0, 16.0, 0.0, cls])
        geom[0, :, row, 20] = torch.tensor([0, 0, math.log(width / 4), math.log(4), 0, 1.0])
    quality = fit_quality(geom, box, heat, hull)
    assert quality[0, 4, 10, 20] == pytest.approx(1, abs=1e-4) and quality[0, 4, 30, 20] == pytest.approx(0.5, abs=1e-4)
    assert quality[0, 0, 50, 20] == 1 and (quality < 1).sum() <= 2, 'only loose classes are graded, and only at their own cells'
    logits = torch.logit(quality.clamp(1e-3, 0.5)).requires_grad_()
    heat_loss(logits, heat, torch.ones_like(heat), RARE, quality).backward()
    assert abs(logits.grad[0, 4, 30, 20]) < 1e-5 and logits.grad[0, 4, 10, 20] < -1e-3, 'a heat of 0.5 is right for an IoU of 0.5'


@pytest.mark.skipif(not os.path.exists(f'{MODEL}/nadir.json'), reason='no exported model folder')
def test_model_folder_is_whole():
    manifest = json.load(open(f'{MODEL}/nadir.json'))
    total = 0
    for name, facts in manifest['files'].items():
        with open(f'{MODEL}/{name}', 'rb') as f:
            raw = f.read()
        assert len(raw) == facts['bytes'] and hashlib.sha256(raw).hexdigest() == facts['sha256'], name
        assert len(raw) <= 25e6, f'{name} is over 25 MB'
        total += len(raw)
    assert total <= 48e6
    assert {c['name'] for c in manifest['detector']['classes']} <= set(BOX_NAMES)
    assert any(w['name'] == 'lm_head' for w in manifest['llm']['weights'])


def test_region_takes_the_nearest_cell_when_tiny():
    heat, neck = np.random.rand(64, 64, 6).astype(np.float32), np.random.rand(32, 32, 8).astype(np.float32)
    _, scores, features = region_inputs((99.0, 59.0, 1.0, 1.0, 0.0), heat, neck)
    assert np.allclose(scores[0], heat[14, 24]) and np.allclose(features[0], neck[7, 12])


def test_density_target_keeps_the_number():
    points = [(40.0, 50.0), (41.0, 90.0), (128.0, 128.0), (200.5, 17.25)]
    assert abs(density_target(points, 256).sum() - len(points)) < 1e-3


def test_every_defect_changes_the_picture_and_clean_ones_stay():
    image = generated.item(3)['image']
    for kind in range(len(DEFECTS)):
        for seed in range(4):
            out = defects.spoil(np.random.default_rng(seed), image, kind)
            assert out.shape == image.shape and out.dtype == np.uint8
            assert np.abs(out.astype(int) - image).mean() > 1.0, DEFECTS[kind][0]
    same, truth = defects.maybe(np.random.default_rng(0), image, 0.0)
    assert (same == image).all() and not truth.any()


def test_targets_are_read_back_by_the_decoder():
    """A head that answers exactly its target gives the boxes back."""
    truth = [(4, 60.0, 70.0, 40.0, 20.0, 30.0, OBB), (5, 200.0, 33.0, 12.0, 6.0, 110.0, OBB), (5, 212.0, 33.0, 12.0, 6.0, 110.0, OBB)]
    heat, _, box, bw, _ = targets(truth, np.ones((6, 32, 32), bool), 256)
    rows, cols = np.mgrid[0:64, 0:64]
    angle = np.deg2rad(2 * box[..., 4])
    geom = np.stack([box[..., 0] / 4 - 0.5 - cols, box[..., 1] / 4 - 0.5 - rows, np.log(np.maximum(box[..., 2], 1) / 4),
                     np.log(np.maximum(box[..., 3], 1) / 4), np.sin(angle), np.cos(angle)], -1)
    found = boxes.propose(heat.transpose(1, 2, 0), geom, min_score=0.99)
    assert len(found) == 3  # two cars 12 px apart stay two
    for o in truth:
        assert max(boxes.iou(p['box'], o[1:6]) for p in found if p['cls'] == o[0]) > 0.98
