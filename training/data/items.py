"""What an item of a labelled set is, and the means that every reader shares.

An item is a dict:

- `image` u8[H,W,3], in the cache u8[H,W,4] (band 4 is near infrared, 0 where a set has none: `has_nir`); `nir` u8[H,W] while decoding
- `objects`: (cls, cx, cy, w, h, theta, mode) in px; cls is an index of BOXES (buses and minibuses are trucks, boats are ships, a field of panels is a solar panel)
- `complete`: a bool for each of BOXES: all of its instances are boxed, or there are none
- `scene`: index of SCENES, or len(SCENES) + index of SCENES_10M, -1 where unknown; `presence` i8[PRESENCE]: 1, 0, -1 unknown
- `mask` u8[H,W]: the set's own mask, in the classes of its README (readers.cover says what they mean), where it has one
- `unknown`, `absent`, where there are such: (cls, [x0, y0, x1, y1]) of ground where a class isn't labelled although `complete` says so, and where
  there is none although `complete` doesn't
- `areas`, where there are such: (index of COVER, polygon) of ground whose land cover was seen
- `gsd`: metres a pixel, None where unknown
- `group`: the place or photo that the split goes by; `row`: the line of labels.jsonl

`mode` is OBB (rotated box known), AABB (only the upright hull of a rotated box known), UPRIGHT (the class is boxed upright by
definition: tanks, diamonds, crowns) or POINT (only the place is known: trees, whose cls is TREE).
"""
import dataclasses
import json
import os
import typing

import cv2
import numpy as np

from ..core.names import BOX_INDEX, BOXES, PRESENCE, PRESENCE_INDEX

cv2.setNumThreads(1)
OBB, AABB, UPRIGHT, POINT = 0, 1, 2, 3
C = len(BOXES)
TANK, DIAMOND, BUILDING, CAR, TRUCK, SHIP, DOCK, CROWN, POOL, SOLAR = (
    BOX_INDEX[k] for k in ('storage_tank', 'baseball_diamond', 'building', 'car', 'truck', 'ship', 'dock', 'tree', 'pool', 'solar'))
TREE = -1  # a point, of no class
ROUND = (TANK, CROWN, TREE)  # an upright box stays one at any turn
NOT_SEEN_FROM_FAR = (0, 2, 3, CAR, TRUCK, CROWN, POOL)  # at 5 m a pixel and coarser nobody could draw a box around one
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
DATA = os.environ.get('NADIR_DATA', os.path.join(ROOT, '../shared/data'))
CACHE = os.environ.get('NADIR_CACHE', os.path.join(ROOT, 'training/cache'))


@dataclasses.dataclass(frozen=True)
class Reader:
    """How a labelled set becomes items. `pixels` (path of the set, row) -> dict(image, nir, mask as far as there are any), decoded once
    and cached; `known` (row) -> the rest of an item, worked out at every load, so that labels can change without decoding again;
    `held_out` (item) -> whether it belongs to our own validation split; `released` (row): may it
    shape weights that are given away."""
    folder: str
    pixels: typing.Callable
    known: typing.Callable
    held_out: typing.Callable
    released: typing.Callable = lambda row: True


def rows(split, name):
    with open(f'{DATA}/{split}/{name}/labels.jsonl') as f:
        return [json.loads(line) for line in f]


def read(path, size=None):
    """u8[H,W,3] RGB. FileNotFoundError where OpenCV finds no picture."""
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    image = image[..., ::-1]
    if size and image.shape[:2] != (size, size):
        # UC Merced has a few tiles some pixels short or long.
        h, w = image.shape[:2]
        image = cv2.copyMakeBorder(image, 0, max(0, size - h), 0, max(0, size - w), cv2.BORDER_REFLECT)[:size, :size]
    return image


def grey(path):
    """u8[H,W]: one band, or a mask."""
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise FileNotFoundError(path)
    return image


def pixels(folder, row, mask='mask'):
    """A row's picture with near infrared and mask as far as it names them; `mask`: the field that names the mask."""
    out = dict(image=read(f'{folder}/{row["file"]}'))
    for name, field in (('nir', 'nir'), ('mask', mask)):
        if row.get(field):
            out[name] = grey(f'{folder}/{row[field]}')
    return out


def presence_vector(known):
    v = np.full(len(PRESENCE), -1, np.int8)
    for k, yes in known.items():
        v[PRESENCE_INDEX[k]] = int(yes)
    return v


def complete_for(*classes):
    """The list `complete` that is true for these indices of BOXES."""
    return [c in classes for c in range(C)]


def upright(cls, box, mode):
    """An object of box [x0, y0, x1, y1]."""
    x0, y0, x1, y1 = box
    return (cls, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0.0, mode)
