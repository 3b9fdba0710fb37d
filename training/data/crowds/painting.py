"""Painting onto a tile what is then fully known: cut-outs at a place, ground of one tone, and what a tile knows after that."""
import math

import cv2
import numpy as np

from ...core import boxes
from ..items import OBB, SHIP
from ..readers import cover

MOST = 400  # objects that are painted onto a tile


def cuts(items, cls, grow=1.06):
    """Cut-outs of boxed objects however small: [dict(cls, patch u8[h,w,4], alpha f32[h,w], w, h)], their w axis to the right. Objects that
    reach over the picture's edge are left out."""
    out = []
    for it in items:
        height, width = it['image'].shape[:2]
        for o in it['objects']:
            if o[0] != cls or o[6] != OBB:
                continue
            cx, cy, w, h, theta = o[1:6]
            p = np.array(boxes.corners(o[1:6]))
            if p.min() < 0 or p[:, 0].max() > width or p[:, 1].max() > height:
                continue
            pw, ph = math.ceil(w * grow) + 1, math.ceil(h * grow) + 1
            m = cv2.getRotationMatrix2D((cx - 0.5, cy - 0.5), theta, 1.0)
            m[:, 2] += np.array([(pw - 1) / 2 - cx + 0.5, (ph - 1) / 2 - cy + 0.5])
            patch = cv2.warpAffine(np.ascontiguousarray(it['image']), m, (pw, ph), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            v, u = np.abs(np.mgrid[0:ph, 0:pw] - np.array([(ph - 1) / 2, (pw - 1) / 2])[:, None, None])
            u, v = u / (w / 2), v / (h / 2)
            power = 2.6 if cls == SHIP else 6.0  # hulls are pointed
            out.append(dict(cls=cls, patch=patch, alpha=(u ** power + v ** power < 1.08).astype(np.float32), w=float(w), h=float(h), nir=bool(it['has_nir'])))
    return out


def stamp(rng, canvas, cut, x, y, theta, scale):
    """Blends a cut-out into u8[S,S,4] around (x, y), turned by theta degrees; returns its object. Colours vary with the light only."""
    r = math.ceil(math.hypot(*cut['patch'].shape[:2]) * scale / 2) + 2
    x0, y0 = int(x) - r, int(y) - r
    c, s = math.cos(math.radians(theta)) * scale, math.sin(math.radians(theta)) * scale
    a = np.array([[c, -s], [s, c]])
    middle = np.array([cut['patch'].shape[1] - 1, cut['patch'].shape[0] - 1]) / 2
    m = np.concatenate([a, (np.array([x - 0.5 - x0, y - 0.5 - y0]) - a @ middle)[:, None]], 1)
    source = cut['patch'] if scale > 0.7 else cv2.GaussianBlur(cut['patch'], (0, 0), 0.35 / scale)
    side = 2 * r + 1
    body = cv2.warpAffine(source, m, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32) * rng.uniform(0.88, 1.12)
    alpha = cv2.GaussianBlur(cv2.warpAffine(cut['alpha'], m, (side, side), flags=cv2.INTER_LINEAR), (0, 0), 0.5)[..., None]
    if not cut['nir']:
        body[..., 3] = body[..., :3].mean(-1) * rng.uniform(0.8, 1.1)
    h, w = canvas.shape[:2]
    top, left, bottom, right = max(0, y0), max(0, x0), min(h, y0 + side), min(w, x0 + side)
    if top < bottom and left < right:
        there, here = (slice(top, bottom), slice(left, right)), (slice(top - y0, bottom - y0), slice(left - x0, right - x0))
        canvas[there] = np.clip(canvas[there] * (1 - alpha[here]) + body[here] * alpha[here], 0, 255).astype(np.uint8)
    return (cut['cls'], x, y, cut['w'] * scale, cut['h'] * scale, theta % 180, OBB)


class Frame:
    """A turned rectangle of the canvas with coordinates (u along, v across) from its middle."""

    def __init__(self, rng, size):
        self.middle = rng.uniform(0.3, 0.7, 2) * size
        self.half = rng.uniform(0.25, 0.62, 2) * size
        self.theta = float(rng.choice([0, 90]) if rng.random() < 0.4 else rng.uniform(0, 180))
        self.size = size
        a = math.radians(self.theta)
        self.axes = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])

    def at(self, u, v):
        return self.axes @ np.array([u, v]) + self.middle

    def polygon(self, u0, v0, u1, v1):
        return np.round(np.array([self.at(u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]) * 16 - 8).astype(np.int32)

    def mask(self):
        """bool[S,S]"""
        out = np.zeros((self.size, self.size), np.uint8)
        cv2.fillPoly(out, [self.polygon(*-self.half, *self.half)], 1, cv2.LINE_8, 4)
        return out > 0


def fill(rng, canvas, mask, tone, grain):
    """Ground of one tone [4] with grain and slow changes of light."""
    coarse = int(rng.integers(3, 10))
    slow = cv2.resize(rng.normal(0, grain, (coarse, coarse)).astype(np.float32), canvas.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(0, grain, canvas.shape[:2]).astype(np.float32), (0, 0), 0.7)
    canvas[mask] = np.clip(tone + (slow + fine)[..., None], 0, 255).astype(np.uint8)[mask]


def line(canvas, frame, a, b, colour, width):
    p, q = (tuple(np.round(frame.at(*e) * 16 - 8).astype(int).tolist()) for e in (a, b))
    cv2.line(canvas, p, q, colour, width, cv2.LINE_AA, 4)


def complete_inside(complete, mask):
    """Cells of `complete` [C,g,g] wholly inside a mask bool[S,S] are labelled for every class."""
    g = complete.shape[1]
    complete[:, mask.reshape(g, 8, g, 8).min((1, 3))] = True


def over(made, objects, mask, ground, shown):
    """What is known of a tile once `objects` on a `ground` were painted over it inside `mask`."""
    inside = lambda o: mask[min(len(mask) - 1, max(0, int(o[2]))), min(len(mask) - 1, max(0, int(o[1])))]
    for o in made.objects:
        if inside(o):
            made.complete[o[0]] &= False  # a part of it may still show
    made.objects = [o for o in made.objects if not inside(o)] + objects
    complete_inside(made.complete, mask)
    if made.allowed is None:
        made.allowed = np.full(mask.shape, cover.ANY, np.uint8)
    made.allowed[mask] = ground
    made.scene = -1
    made.know(shown)
    return made
