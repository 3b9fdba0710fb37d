"""Painted lots and marinas: what is labelled is what is drawn."""
import cv2
import numpy as np
import pytest

from training.core import boxes
from training.core.names import BOXES, PRESENCE, PRESENCE_INDEX
from training.data.crowds import lots, marinas, painting
from training.data.items import BUILDING, C, CAR, DOCK, OBB, SHIP
from training.data.kinds import Made
from training.data.readers import cover


def cut_of(cls, w, h):
    """A plain bright object of w x h px cut out of a dark picture, turned by 30 degrees there."""
    image = np.zeros((128, 128, 4), np.uint8)
    box = (64.0, 60.0, float(w), float(h), 30.0)
    cv2.fillPoly(image, [np.round(np.array(boxes.corners(box)) * 16 - 8).astype(np.int32)], (255, 250, 245, 240), cv2.LINE_AA, 4)
    (cut,) = painting.cuts([dict(image=image, has_nir=True, objects=[(cls, *box, OBB)])], cls)
    return cut


def tile():
    return Made(np.full((256, 256, 4), 90, np.uint8), [(BUILDING, 128.0, 128.0, 30.0, 20.0, 0.0, OBB)], np.zeros((C, 32, 32), bool),
                np.where(np.arange(len(PRESENCE)) == PRESENCE_INDEX['buildings'], 1, 0).astype(np.int8), 3)


def test_a_cut_out_lies_along_x():
    cut = cut_of(CAR, 40, 16)
    bright = cut['patch'][..., 0] > 127
    assert abs(np.ptp(np.nonzero(bright.any(0))[0]) - 39) <= 2 and abs(np.ptp(np.nonzero(bright.any(1))[0]) - 15) <= 1
    assert painting.cuts([dict(image=np.zeros((20, 20, 4), np.uint8), has_nir=False, objects=[(CAR, 2.0, 10.0, 15.0, 7.0, 0.0, OBB)])], CAR) == []


@pytest.mark.parametrize('theta', [0, 35, 90, 160])
def test_a_stamp_fills_its_box(theta):
    canvas = np.zeros((128, 128, 4), np.uint8)
    o = painting.stamp(np.random.default_rng(0), canvas, cut_of(CAR, 40, 16), 61.3, 66.8, theta, 0.8)
    mask = np.zeros((128, 128), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(boxes.corners(o[1:6])) * 16 - 8).astype(np.int32)], 1, cv2.LINE_8, 4)
    drawn = canvas[..., 0] > 100
    assert (drawn & (mask > 0)).sum() / (drawn | (mask > 0)).sum() > 0.85


def test_lots_hold_rows_and_up_to_four_hundred():
    cut, most, apart = cut_of(CAR, 15, 7), 0, []
    for seed in range(40):
        objects, mask = lots.parking_lot(np.random.default_rng(seed), np.full((256, 256, 4), 90, np.uint8), [cut])
        assert len(objects) <= painting.MOST and mask.any()
        most = max(most, len(objects))
        for i, a in enumerate(objects[:30]):
            apart += [boxes.iou(a[1:6], b[1:6]) for b in objects[i + 1:i + 40]]
    assert most > 250 and max(apart) < 0.35


def test_a_lot_is_complete_and_paved():
    made = lots.lot_on(np.random.default_rng(3), tile(), [cut_of(CAR, 15, 7)], ())
    paved = made.allowed == cover.PAVED
    cells = paved.reshape(32, 8, 32, 8).min((1, 3)) > 0
    assert cells.sum() > 60 and made.complete[:, cells].all() and len(made.complete) == len(BOXES)
    assert not any(o[0] == BUILDING and paved[int(o[2]), int(o[1])] for o in made.objects)
    assert made.presence[PRESENCE_INDEX['cars']] == 1 and made.presence[PRESENCE_INDEX['buildings']] == -1 and made.scene == -1


def test_boats_lie_at_piers_in_water():
    made = marinas.marina_on(np.random.default_rng(5), tile(), [cut_of(SHIP, 40, 12)])
    ships, docks = ([o for o in made.objects if o[0] == cls] for cls in (SHIP, DOCK))
    assert len(ships) > 4 and docks and (made.allowed == cover.WATER).mean() > 0.1
    assert all(made.allowed[int(o[2]), int(o[1])] != cover.WATER for o in ships), 'a boat is no water'
