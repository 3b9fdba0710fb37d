"""The labelled sets of edition 1.0: what is known of a row, who is held out, and land cover that claims no more than its labels."""
import os
import pickle

import cv2
import numpy as np
import pytest

from training.core.names import BOXES, BOXES_ZH, CLASSES, COVER, COVER_UNKNOWN, COVER_ZH, SCENES_10M, SCENES_10M_ZH
from training.data import augment, checks, kinds, sets
from training.data.items import DATA, OBB, SHIP, TREE, C, rows
from training.data.readers import cover, things
from training.data.samples import Samples

needs_data = pytest.mark.skipif(not os.path.isdir(f'{DATA}/train/eurosat'), reason=f'imagery not found at {DATA}; set NADIR_DATA')


def test_every_name_has_its_chinese_name():
    assert len(BOXES) == len(BOXES_ZH) and len(COVER) == len(COVER_ZH) and len(SCENES_10M) == len(SCENES_10M_ZH)
    assert BOXES[:len(CLASSES)] == CLASSES, 'the shipped classes keep their indices'


@needs_data
@pytest.mark.parametrize('name', sets.READERS)
def test_rows_become_items_of_both_parts(name):
    reader = sets.READERS[name]
    items = [sets.known(name, dict(row=r)) for r in rows('train', reader.folder)]
    for it in items:
        assert len(it['complete']) == C and it['presence'].dtype == np.int8
        assert all(o[0] == TREE or 0 <= o[0] < C and min(o[3:5]) > 0 for o in it['objects'])
    parts = [{it['group'] for it in items if reader.held_out(it) == held} for held in (False, True)]
    assert all(parts) and (name == 'naip' or not parts[0] & parts[1]), 'a place is in one part'
    if name == 'naip':  # the same tile in several years
        assert not {(it['row']['city'], it['row']['tile']) for it in items if reader.held_out(it)} & {(it['row']['city'], it['row']['tile']) for it in items if not reader.held_out(it)}


@needs_data
@pytest.mark.parametrize('name', checks.PLACES)
def test_no_place_is_in_train_and_eval(name):
    assert not checks.shared_places(name)


@needs_data
def test_what_must_not_shape_weights_is_not_loaded(tmp_path, monkeypatch):
    assert next(sets.decode('hls'), None) is None
    monkeypatch.setattr(sets, 'CACHE', str(tmp_path))
    (tmp_path / 'hls.pkl').write_bytes(pickle.dumps([dict(row=r, image=None) for r in rows('train', 'hls_landcover')]))
    with pytest.raises(ValueError, match='released'):
        sets.load('hls')
    assert sets.load('hls', experiment=True)


def test_one_bit_is_a_class_and_more_are_unknown():
    allowed = np.array([cover.WATER, cover.PAVED, cover.GREEN, cover.ANY, 0], np.uint8)
    assert cover.one_class(allowed).tolist() == [0, 5, COVER_UNKNOWN, COVER_UNKNOWN, COVER_UNKNOWN]


def test_edges_of_labels_are_unknown():
    labels = np.zeros((40, 40), np.uint8)
    labels[:, 20:] = 1
    allowed = cover.by_table(labels, [cover.LAND, cover.WATER], 3)
    assert (allowed[:, :17] == cover.LAND).all() and (allowed[:, 23:] == cover.WATER).all() and (allowed[:, 18:22] == cover.ANY).all()


def test_a_lawn_and_a_tree_are_told_apart_only_where_points_are_far():
    """A green tile with one tree point: the tree at the point, lawn far from it, either of them between; asphalt is neither."""
    image = np.full((256, 256, 4), (90, 110, 80, 190), np.uint8)
    image[:, 200:] = (130, 130, 130, 110)
    allowed = cover.naip(dict(image=image, row=dict(tree_points=[[40.0, 128.0]])))
    assert allowed[128, 40] == cover.TREES and allowed[128, 55] == cover.GREEN and allowed[128, 120] == cover.LOW
    assert allowed[128, 230] == cover.BARE | cover.SEALED


def test_blocks_of_dubai_are_no_buildings():
    image, mask = np.full((60, 60, 4), 90, np.uint8), np.ones((60, 60), np.uint8)
    assert cover.dubai(dict(image=image, mask=mask, group='Dubai tile 1'))[30, 30] == cover.BUILT
    assert cover.dubai(dict(image=image, mask=mask, group='Dubai tile 7'))[30, 30] == cover.LAND


def test_cover_moves_with_the_pixels():
    rng = np.random.default_rng(0)
    image = np.zeros((256, 256, 4), np.uint8)
    cv2.ellipse(image, (110, 140), (60, 30), 20, 0, 360, (255,) * 4, -1)
    labels = np.where(image[..., 0] > 0, cover.WATER, cover.LAND).astype(np.uint8)
    for _ in range(4):
        out, _, _, m = augment.place(rng, dict(image=image, objects=[], complete=[True] * C), 256, (0.8, 1.4))
        moved = augment.warp_labels(labels, m, 256, cover.ANY)
        inside = moved != cover.ANY
        assert inside.mean() > 0.3 and ((out[..., 0] > 127) == (moved == cover.WATER))[inside].mean() > 0.995


def test_ships_keep_their_corners():
    o = things.ship(dict(label='ship', box=[0, 0, 1, 1], obb=[[0, 0], [0, 10], [40, 10], [40, 0]]))
    assert o == (SHIP, 20.0, 5.0, 40.0, 10.0, 0.0, OBB)


def test_samples_say_more_when_wide(monkeypatch):
    """The same tile for both editions: six classes and nothing of cover, or all of BOXES with cover."""
    image = np.random.default_rng(1).integers(0, 255, (256, 256, 4), dtype=np.uint8)
    row = dict(file='images/freeway00.jpg', present=['pavement', 'cars'], scene='freeway', gsd=0.3)
    monkeypatch.setattr('training.data.samples.load', lambda name, part: [dict(sets.known(name, dict(row=row)), image=image, has_nir=False)])
    narrow, wide = (Samples(0, 8, mix=[('ucm', 1.0)], wide=w)[3] for w in (False, True))
    assert narrow['heat'].shape[0] == len(CLASSES) and 'cover' not in narrow
    assert wide['heat'].shape[0] == len(BOXES) and (wide['image'] == narrow['image']).all()
    assert wide['cover'].dtype == np.uint8 and set(np.unique(wide['cover'])) <= {5, COVER_UNKNOWN} and (wide['cover'] == 5).mean() > 0.2


def test_every_kind_has_its_sets():
    known = {*sets.READERS, 'gen'}
    for name in kinds.KINDS:
        assert set(kinds.SETS_OF.get(name, (name,))) <= known
    assert {name for name, _ in Samples.WIDE} <= set(kinds.KINDS)
