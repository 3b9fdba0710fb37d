"""Kinds in which things are small: what is drawn lies where its box says, at the sizes that are meant."""
import types

import cv2
import numpy as np
import pytest

from training.core import boxes
from training.core.names import PRESENCE, PRESENCE_INDEX
from training.data.augment import finish_objects
from training.data.items import C, CAR, DIAMOND, OBB, TANK, UPRIGHT
from training.data.kinds import BOXED, small

BOX = (120.0, 130.0, 90.0, 40.0, 30.0)
WHITE = 250


def drawn(canvas, box):
    cv2.fillPoly(canvas, [np.round(np.array(boxes.corners(box)) - 0.5).astype(np.int32)], (WHITE,) * 4)
    return canvas


def item(cls):
    return dict(image=drawn(np.full((256, 256, 4), 20, np.uint8), BOX), objects=[(cls, *BOX, OBB)], complete=[True] * C, scene=-1, has_nir=False,
                presence=np.full(len(PRESENCE), -1, np.int8))


def world(cls, size=192):
    """What a kind needs of Samples: every set holds one tile with one white box, or grey ground."""
    it, bare = item(cls), dict(item(cls), image=np.full((256, 256, 4), 20, np.uint8), objects=[])
    white = dict(cls=cls, patch=np.full((45, 100, 3), WHITE, np.uint8), alpha=np.pad(np.ones((40, 90), np.float32), ((2, 3), (5, 5))), w=90.0, h=40.0)
    return types.SimpleNamespace(size=size, wide=False, sets={'ucm': [it], 'naip': [bare], 'kit': [it], 'maritime': [it], 'gen': [it]}, pick=lambda rng, name: bare if name == 'naip' else it,
                                 having=dict.fromkeys(BOXED, [it]), plain=[bare], by_class=dict.fromkeys(small.STREWN, [white]),
                                 ground=types.SimpleNamespace(window=lambda rng, size, *_, **__: (np.full((size, size, 4), 20, np.uint8), [], np.ones((C, size // 8, size // 8), bool), [])))


def overlap(image, objects):
    """IoU of what is white and what lies in boxes."""
    inside = np.zeros(image.shape[:2], np.uint8)
    for o in objects:
        cv2.fillPoly(inside, [np.round(np.array(boxes.corners(o[1:6])) - 0.5).astype(np.int32)], 1)
    white = image[..., 0] > 130
    return (white & (inside > 0)).sum() / max(1, (white | (inside > 0)).sum())


def test_far_pictures_are_small_and_their_boxes_move_along():
    sizes, fits = [], []
    for seed in range(30):
        made = small.far(world(1), np.random.default_rng(seed))
        assert made.image.shape == (192, 192, 4) and made.complete.shape == (C, 24, 24)
        kept = finish_objects(made.objects, made.complete, 192)
        sizes += [max(o[3:5]) for o in kept]
        if kept and made.complete[1].all():  # else pieces show that have no box
            fits.append(overlap(made.image, kept))
    assert min(sizes) < 25 and max(sizes) < 120
    assert len(fits) > 3 and np.mean(fits) > 0.6


@pytest.mark.parametrize('cls', [0, TANK, DIAMOND, CAR])
def test_a_strewn_cut_out_fills_its_box(cls):
    cut = world(cls).by_class[cls][0]
    rng = np.random.default_rng(3)
    for scale in (0.05, 0.3, 0.8):
        image = np.full((192, 192, 4), 20, np.uint8)
        new = small.paste_at(rng, image, [], cut, scale)
        assert max(new[3], new[4]) == pytest.approx(max(12, 90 * scale)), 'never under 12 px'
        assert new[6] == (UPRIGHT if cls in (TANK, DIAMOND) else OBB) and new[0] == cls
        inside = 8 < new[1] < 184 and 8 < new[2] < 184 and scale < 0.5
        if inside and cls not in (TANK, DIAMOND):
            assert overlap(image, [new]) > 0.5


def test_what_is_strewn_is_present():
    for seed in range(12):
        made = small.strewn(world(CAR), np.random.default_rng(seed))
        classes = {o[0] for o in made.objects}
        assert made.scene == -1 and CAR in classes
        assert all(made.presence[PRESENCE_INDEX[label]] == 1 for cls, label in ((CAR, 'cars'),) if cls in classes)
        lengths = [max(o[3:5]) for o in made.objects]
        assert max(lengths) < 2.2 * min(lengths) or len(lengths) == 1, 'things of one picture are of one scale'


