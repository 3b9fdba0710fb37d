"""Building footprints on ground larger than a tile: neighbouring tiles stitched, footprints cut at their edges joined again.

Three of five footprints are cut by a tile's edge. In a window over the stitched ground a building's label is the smallest
rectangle around its visible part, as in a tile, wherever the window lies and however it is turned.
"""

import cv2
import numpy as np

from ..core import boxes
from .augment import similarity, transform
from .items import BUILDING, CAR, DOCK, OBB, SOLAR, C

TILE, LEAST_SIDE = 256, 5
LARGE = (BUILDING, DOCK, SOLAR)  # things that may be larger than a window


def touching(a, b, axis):
    """Whether two pieces meet at the edge between their tiles. a ends at TILE, b starts at 0 along `axis`."""
    p, q = a[a[:, axis] > TILE - 0.6, 1 - axis], b[b[:, axis] < 0.6, 1 - axis]
    if len(p) < 2 or len(q) < 2:
        return False
    shared = min(p.max(), q.max()) - max(p.min(), q.min())
    return shared > 0.5 * max(1.0, min(np.ptp(p), np.ptp(q)))


def visible_box(points, size):
    """Smallest rectangle around the part of polygons [N,2] inside a window, long side first; None where nothing is left, 0 where too little."""
    square = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)]
    left = [p for part in points for p in boxes.clip([tuple(v) for v in part], square)]
    if len(left) < 3:
        return None
    (cx, cy), (w, h), angle = cv2.minAreaRect(np.array(left, np.float32))
    return boxes.long_side_first((cx, cy, w, h, angle % 180)) if min(w, h) >= LEAST_SIDE else 0


def blank(complete, points, size, cls=BUILDING):
    """Marks the cells around a piece that is too thin to judge as not labelled for its class."""
    g = size // 8
    p = np.clip(np.concatenate(points), 0, size)
    (c0, r0), (c1, r1) = p.min(0) // 8, p.max(0) // 8 + 1
    complete[cls, int(r0):min(g, int(r1)), int(c0):min(g, int(c1))] = False


def cut_buildings(objects, complete, size):
    """Boxes of buildings, and of other things that may be larger than a window, become boxes of their visible part where they reach over its
    edge; `complete` [C,g,g] is changed."""
    out = []
    for o in objects:
        if o[0] not in LARGE or o[6] != OBB:
            out.append(o)
            continue
        points = [np.array(boxes.corners(o[1:6]))]
        if points[0].min() >= 0 and points[0].max() <= size:
            out.append(o)
            continue
        box = visible_box(points, size)
        if box:
            out.append((o[0], *box, OBB))
        elif box == 0:
            blank(complete, points, size, o[0])
    return out


class Footprints:
    """Windows over the stitched tiles of the buildings' set. Items carry row.tile = (column, row, zoom) and polygons."""

    def __init__(self, items):
        self.tiles = {tuple(it['row']['tile']): it for it in items}
        self.keys = list(self.tiles)
        weight = np.array([1.0 if self.tiles[k]['polygons'] else 0.35 for k in self.keys])
        self.p = weight / weight.sum()
        self.pieces = [(k, np.asarray(p, float)) for k in self.keys for p in self.tiles[k]['polygons']]
        at = {}
        for i, (k, _) in enumerate(self.pieces):
            at.setdefault(k, []).append(i)
        group = list(range(len(self.pieces)))

        def root(i):
            while group[i] != i:
                i = group[i]
            return i
        for i, ((x, y, z), p) in enumerate(self.pieces):
            for axis, near in ((0, (x + 1, y, z)), (1, (x, y + 1, z))):
                for j in at.get(near, []):
                    if touching(p, self.pieces[j][1], axis):
                        group[root(i)] = root(j)
        self.at = {k: [(i, root(i)) for i in v] for k, v in at.items()}

    def around(self, key):
        """3 x 3 tiles around one: (u8[768,768,4], 0 where there is no tile; {building: [polygons]} in its pixels; bool[3,3] tiles there)."""
        x, y, z = key
        image, there = np.zeros((3 * TILE, 3 * TILE, 4), np.uint8), np.zeros((3, 3), bool)
        found = {}
        for dy in range(3):
            for dx in range(3):
                k = (x + dx - 1, y + dy - 1, z)
                if k in self.tiles:
                    there[dy, dx] = True
                    image[dy * TILE:(dy + 1) * TILE, dx * TILE:(dx + 1) * TILE] = self.tiles[k]['image']
                    for i, building in self.at.get(k, []):
                        found.setdefault(building, []).append(self.pieces[i][1] + (dx * TILE, dy * TILE))
        return image, found, there

    def window(self, rng, size, scale_range=(0.5, 1.7), whole=0.12):
        """Random window: (image u8[S,S,4], objects, complete [C,S/8,S/8], [[polygon [N,2] of a building] …]).
        `whole`: share of windows that are a tile as it is, turned by quarters (cut to S). The others are turned anyhow: streets of the
        training region run along its tiles' edges, and a head that sees few others learns that all buildings do."""
        key = self.keys[rng.choice(len(self.keys), p=self.p)]
        image, found, there = self.around(key)
        flip, turn = bool(rng.random() < 0.5), float(rng.integers(4) * 90)
        middle = 1.5 * TILE
        if rng.random() < whole:
            scale = max(1.0, size / TILE)
            centre = middle + rng.uniform(-1, 1, 2) * (TILE - size / scale) / 2
        else:
            scale = float(np.exp(rng.uniform(*np.log(scale_range)))) * (size / TILE) ** 0.5
            turn += float(rng.uniform(-45, 45)) if rng.random() < 0.9 else 0.0
            for _ in range(8):
                centre = middle + rng.uniform(-0.5, 0.5, 2) * TILE
                reach = np.array([[u, v] for u in (-1, 0, 1) for v in (-1, 0, 1)]) * size / scale / 2.2
                cells = np.floor((centre + reach) / TILE).astype(int)
                seen = [(0 <= c < 3 and 0 <= r < 3 and there[r, c]) for c, r in cells]
                if np.mean(seen) > 0.85:
                    break
            else:
                scale, centre = max(1.0, size / TILE), np.full(2, middle)
        m = similarity(centre, scale, turn, flip, (size / 2, size / 2))
        image, _ = transform(image, [], m, scale, turn, flip, size, border=cv2.BORDER_CONSTANT)
        complete = np.ones((C, size // 8, size // 8), bool)
        complete[CAR:] = False  # only footprints are labelled in this set
        objects, polygons = [], []
        for parts in found.values():
            parts = [p @ m[:, :2].T + m[:, 2] for p in parts]
            low, high = np.min([p.min(0) for p in parts], 0), np.max([p.max(0) for p in parts], 0)
            if (high <= 0).any() or (low >= size).any():
                continue
            box = visible_box(parts, size)
            if box:
                objects.append((BUILDING, *box, OBB))
                polygons.append(parts)
            elif box == 0:
                blank(complete, parts, size)
        return image, objects, complete, polygons
