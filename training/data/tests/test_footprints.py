"""Stitched footprints: a building cut by tile edges is one building again, and a window's label is what the window shows."""
import cv2
import numpy as np

from training.core import boxes
from training.data import footprints
from training.data.items import BUILDING, CAR, DIAMOND, OBB, SOLAR, C
from training.data.targets import footprint_maps


def two_tiles():
    """A 100 x 40 roof across the edge between two neighbours, and one alone in the right-hand tile."""
    image = np.full((256, 256, 4), 60, np.uint8)
    left, right = image.copy(), image.copy()
    left[100:140, 206:], right[100:140, :50] = 250, 250
    right[200:230, 100:160] = 200
    items = [dict(image=left, polygons=[[[206, 100], [256, 100], [256, 140], [206, 140]]], row=dict(tile=[10, 5, 21])),
             dict(image=right, polygons=[[[0, 100], [50, 100], [50, 140], [0, 140]], [[100, 200], [160, 200], [160, 230], [100, 230]]], row=dict(tile=[11, 5, 21]))]
    return footprints.Footprints(items)


def test_pieces_are_joined():
    ground = two_tiles()
    assert len({b for pieces in ground.at.values() for _, b in pieces}) == 2
    image, found, there = ground.around((10, 5, 21))
    assert there.tolist() == [[False] * 3, [False, True, True], [False] * 3]
    assert sorted(len(p) for p in found.values()) == [1, 2]
    assert (image[256 + 110, 256 + 200:256 + 310] == [60] * 4).all(1).sum() == 10, 'the roof goes on over the edge'


def test_windows_show_what_their_labels_say():
    ground, seen, cut = two_tiles(), 0, 0
    for i in range(60):
        image, objects, complete, polygons = ground.window(np.random.default_rng(i), 256)
        assert len(objects) == len(polygons)
        for o, parts in zip(objects, polygons):
            box = o[1:6]
            points = np.array(boxes.corners(box))
            assert points.min() > -64 and points.max() < 320, 'a box is about what is inside the window, around a corner of a roof too'
            mask = np.zeros((256, 256), np.uint8)
            cv2.fillPoly(mask, [np.round(points - 0.5).astype(np.int32)], 1)
            bright = (image[..., 0] > 150) & (mask > 0)
            assert bright.sum() > 0.55 * mask.sum(), 'a box holds mostly roof'
            seen += 1
            cut += any(p.min() < -1 or p.max() > 257 for p in parts)
        assert not complete[CAR].any() and complete[DIAMOND].all()
    assert seen > 60 and cut > 5


def test_a_box_over_the_edge_becomes_its_visible_part():
    complete = np.ones((C, 32, 32), bool)
    objects = [(BUILDING, 250.0, 100.0, 60.0, 20.0, 0.0, OBB), (BUILDING, 100.0, 258.0, 40.0, 20.0, 0.0, OBB),
               (BUILDING, 100.0, 263.0, 40.0, 20.0, 0.0, OBB), (CAR, 254.0, 20.0, 20.0, 8.0, 0.0, OBB)]
    kept = footprints.cut_buildings(objects, complete, 256)
    assert np.allclose(kept[0][1:6], (238, 100, 36, 20, 0)) and np.allclose(kept[1][1:6], (100, 252, 40, 8, 0))
    field = (SOLAR, 128.0, 100.0, 400.0, 60.0, 0.0, OBB)
    assert np.allclose(footprints.cut_buildings([field], complete, 256)[0], (SOLAR, 128, 100, 256, 60, 0, OBB)), 'a field of panels may fill the window'
    assert kept[2] == objects[3], 'other classes stay as they are'
    assert not complete[BUILDING, 31, 11] and complete[BUILDING, 20, 11] and complete[CAR].all(), 'slivers are not judged'


def test_footprint_maps():
    body, outline = footprint_maps([[np.array([[32.0, 64], [96, 64], [96, 128], [32, 128]])]], 256)
    assert body[20, 16] == 1 and body[20, 30] == 0 and abs(body.sum() * 16 - 64 * 64) < 200
    assert outline[16, 8] == 1 and outline[24, 16] == 0
