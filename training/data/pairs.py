"""Pairs of pictures of one place. Some are real, the same place in different years, labelled by eye (labels/naip_change.jsonl: places
of `train/` only). Into the others changes are drawn: objects pasted in or out, ground replaced by other ground, ground cleared.
Nobody labelled those, so a few hold a true change besides.
"""
import json
import math
import os
import re

import cv2
import numpy as np

from ..core import boxes
from .augment import colour, finish_objects, similarity, transform
from .cutouts import cut_outs, paste
from .items import BUILDING, DATA, OBB, UPRIGHT
from .sets import load


class Pairs:
    """Endless, deterministic: pair i depends on (seed, i) only."""

    def __init__(self, seed, part='train', labelled=0.45):
        """`labelled`: share of real, labelled pairs, 0..1."""
        self.seed, self.share = seed, labelled
        tiles = {it['row']['file']: it for half in ('train', 'val') for it in load('naip', half) if part_of(it['row']['file']) == part}
        known = [r for r in labelled_pairs() if r['before'] in tiles]
        changed = {(r['before'], r['after']) for r in known if r['changed']}
        self.years = [(tiles[r['before']], tiles[r['after']]) for r in json_lines('naip_trees/pairs.jsonl')
                      if r['before'] in tiles and r['after'] in tiles and (r['before'], r['after']) not in changed]
        self.real = [(tiles[r['before']], tiles[r['after']], [upright(c['box']) for c in r['changes']]) for r in known if r['sure']]
        self.tiles = list(tiles.values())
        self.others = load('ucm', part)
        small = lambda cuts: [c for c in cuts if min(c['w'], c['h']) >= 16]
        self.cuts = cut_outs(self.others)
        self.buildings = small(cut_outs(load('oam', part))) + small(cut_outs([dict(it, objects=[o for o in it['objects'] if o[0] == BUILDING]) for it in load('gen', part)[:150]]))

    def compose(self, i, size=256):
        """dict(before, after u8[S,S,4], nir, changes [(0, cx, cy, w, h, theta, OBB)])."""
        rng = np.random.default_rng((self.seed, i))
        if rng.random() < self.share:
            return self.compose_real(rng, size)
        u = rng.random()
        a, b = self.years[rng.integers(len(self.years))]
        if u < 0.12:
            b = a
        elif u < 0.27:
            a = b = self.others[rng.integers(len(self.others))]
        if rng.random() < 0.5:
            a, b = b, a
        scale, flip, turn = float(rng.uniform(1.0, 1.35)), bool(rng.random() < 0.5), float(rng.integers(4) * 90)
        centre = 128 + rng.uniform(-1, 1, 2) * (128 - 128 / scale)
        out = []
        for it in (a, b):
            # Registration is never perfect.
            m = similarity(centre + rng.normal(0, 0.7, 2), scale, turn, flip, (size / 2, size / 2))
            out.append(transform(it['image'], [], m, scale, turn, flip, size)[0].copy())
        nir = a['has_nir'] and rng.random() < 0.5
        changes = []
        if rng.random() < 0.55:
            for _ in range(int(rng.integers(1, 4))):
                new = self.change(rng, out[int(rng.integers(2))], changes)
                if new:
                    changes.append((0, *new, OBB))
        before, after = (colour(rng, im, spoil=rng.random() < 0.3) for im in out)
        return dict(before=before, after=after, nir=nir, changes=changes)

    def compose_real(self, rng, size):
        """A labelled pair: turned, flipped, swapped, recoloured; hardly cropped, since a change that is cropped away is none."""
        a, b, changes = self.real[rng.integers(len(self.real))]
        if rng.random() < 0.5:
            a, b = b, a
        scale, flip, turn = float(rng.uniform(1.0, 1.12)), bool(rng.random() < 0.5), float(rng.integers(4) * 90)
        m = similarity(128 + rng.uniform(-1, 1, 2) * (128 - 128 / scale), scale, turn, flip, (size / 2, size / 2))
        images, moved = [], []
        for it in (a, b):
            image, moved = transform(it['image'], changes, m, scale, turn, flip, size)
            images.append(image)
        nir = a['has_nir'] and b['has_nir'] and rng.random() < 0.5
        before, after = (colour(rng, im, spoil=rng.random() < 0.2) for im in images)
        whole = np.ones((1, size // 8, size // 8), bool)
        return dict(before=before, after=after, nir=nir, changes=finish_objects(moved, whole, size))

    def change(self, rng, canvas, others):
        """Draws one change into a picture; returns its box or None."""
        u = rng.random()
        if u < 0.35:
            cut = self.buildings[rng.integers(len(self.buildings))]
            longest = max(cut['w'], cut['h'])
            new = paste(rng, canvas, others, cut, (18 / longest, max(20 / longest, min(1.6, 90 / longest))))
            return new[1:6] if new else None
        if u < 0.45:
            new = paste(rng, canvas, others, self.cuts[rng.integers(len(self.cuts))], (0.3, 0.9))
            return new[1:6] if new else None
        size = canvas.shape[0]
        w, h = np.exp(rng.uniform(math.log(24), math.log(150), 2))
        box = (*rng.uniform(0.08, 0.92, 2) * size, w, h, float(rng.uniform(0, 180)))
        if any(math.hypot(o[1] - box[0], o[2] - box[1]) < (math.hypot(w, h) + math.hypot(o[3], o[4])) * 0.4 for o in others):
            return None
        pts = np.array(boxes.corners(box))
        if rng.random() < 0.5:
            pts = pts + rng.normal(0, 0.08, pts.shape) * min(w, h)
        mask = np.zeros((size, size), np.float32)
        cv2.fillPoly(mask, [np.round(pts).astype(np.int32)], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 2.0))[..., None]
        other = np.rot90(self.tiles[rng.integers(len(self.tiles))]['image'], rng.integers(4)).astype(np.float32)
        if u > 0.75:  # cleared or paved: one tone with a little texture
            y, x = rng.integers(0, 248, 2)
            tone = other[y:y + 8, x:x + 8].reshape(-1, 4).mean(0)
            other = tone + cv2.GaussianBlur(rng.normal(0, 14, other.shape).astype(np.float32), (0, 0), rng.uniform(0.6, 3)) * 2
        inside = mask[..., 0] > 0.5
        if not inside.any():
            return None
        # Nobody would mark ground as changed that looks much like the old.
        if np.abs(canvas[inside][:, :3].mean(0) - other[inside][:, :3].mean(0)).mean() < 16:
            return None
        canvas[:] = np.clip(canvas * (1 - mask) + other * mask, 0, 255).astype(np.uint8)
        (cx, cy), (bw, bh), t = cv2.minAreaRect(np.argwhere(inside)[:, ::-1].astype(np.float32) + 0.5)
        return boxes.long_side_first((cx, cy, max(bw, 4), max(bh, 4), t % 180))


def upright(box):
    x0, y0, x1, y1 = box
    return (0, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0.0, UPRIGHT)


def part_of(file):
    """A fourth of the places is kept for validation, data.held_out's among them."""
    return 'val' if int(re.search(r'_(\d+)\.jpg$', file)[1]) % 12 in (2, 5, 8) else 'train'


def labelled_pairs():
    with open(os.path.join(os.path.dirname(__file__), 'labels', 'naip_change.jsonl')) as f:
        return [json.loads(line) for line in f]


def json_lines(name):
    with open(f'{DATA}/train/{name}') as f:
        return [json.loads(line) for line in f]
