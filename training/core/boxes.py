"""Rotated boxes: geometry, overlap and the host-side decoding of the dense head.

A box is (cx, cy, w, h, theta): pixels with x right and y down, theta in degrees in [0, 180), clockwise on screen
from +x to the w axis. The same decoding runs in the app; e2e/fixtures/goldens holds both to each other.
"""
import math

import numpy as np

STRIDE = 4  # of the dense heads (heat, geometry)
NECK_STRIDE = 8  # of the neck's features


def corners(box):
    """Four corners (x, y) of a box, in order (-w,-h), (+w,-h), (+w,+h), (-w,+h) of its own frame."""
    cx, cy, w, h, theta = box
    c, s = math.cos(math.radians(theta)), math.sin(math.radians(theta))
    return [(cx + u * w / 2 * c - v * h / 2 * s, cy + u * w / 2 * s + v * h / 2 * c)
            for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def from_corners(points):
    """Box of four corners in order; the first edge is the w axis."""
    p = np.asarray(points, float)
    w = (np.hypot(*(p[1] - p[0])) + np.hypot(*(p[2] - p[3]))) / 2
    h = (np.hypot(*(p[2] - p[1])) + np.hypot(*(p[3] - p[0]))) / 2
    d = (p[1] - p[0]) + (p[2] - p[3])
    return (*p.mean(0), w, h, math.degrees(math.atan2(d[1], d[0])) % 180)


def long_side_first(box):
    """The same rectangle with w >= h."""
    cx, cy, w, h, theta = box
    return box if w >= h else (cx, cy, h, w, (theta + 90) % 180)


def area(polygon):
    total = 0.0
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1]):
        total += x0 * y1 - x1 * y0
    return abs(total) / 2


def clip(polygon, clipper):
    """Sutherland-Hodgman: the part of a convex polygon inside a convex clipper."""
    cx = sum(p[0] for p in clipper) / len(clipper)
    cy = sum(p[1] for p in clipper) / len(clipper)
    out = polygon
    for (ax, ay), (bx, by) in zip(clipper, clipper[1:] + clipper[:1]):
        side = lambda p: (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)
        inside = 1 if side((cx, cy)) >= 0 else -1
        points, out = out, []
        for p, q in zip(points, points[1:] + points[:1]):
            sp, sq = side(p) * inside, side(q) * inside
            if sp >= 0:
                out.append(p)
            if (sp >= 0) != (sq >= 0):
                t = sp / (sp - sq)
                out.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
        if not out:
            return []
    return out


def polygon_iou(p, q):
    inter = clip(p, q)
    a = area(inter) if len(inter) > 2 else 0.0
    union = area(p) + area(q) - a
    return a / union if union > 0 else 0.0


def iou(a, b):
    """Rotated IoU of two boxes."""
    ra, rb = math.hypot(a[2], a[3]) / 2, math.hypot(b[2], b[3]) / 2
    if math.hypot(a[0] - b[0], a[1] - b[1]) >= ra + rb:
        return 0.0
    return polygon_iou(corners(a), corners(b))


def decode_cell(row, col, geometry, stride=STRIDE):
    """Box of one cell of the dense head; geometry = (dx, dy, log w, log h, sin 2θ, cos 2θ)."""
    dx, dy, lw, lh, s, c = (float(v) for v in geometry)
    theta = math.degrees(0.5 * math.atan2(s, c)) % 180
    return ((col + 0.5 + dx) * stride, (row + 0.5 + dy) * stride, stride * math.exp(lw), stride * math.exp(lh), theta)


def propose(heat, geom, max_proposals=48, min_score=0.15, nms_iou=0.3, stride=STRIDE):
    """Proposals of one image, sorted by class, then score descending.

    heat f32[R, C, classes], geom f32[R, C, 6]; min_score: one number, or one a class. Returns dicts {cls, score, cell, box}.
    """
    rows, cols, n = heat.shape
    padded = np.pad(heat, ((1, 1), (1, 1), (0, 0)), constant_values=-1)
    window = np.max([padded[i:i + rows, j:j + cols] for i in range(3) for j in range(3)], axis=0)
    kept = []
    least = np.broadcast_to(np.float32(min_score), n)
    for k in range(n):
        cells = np.nonzero((heat[..., k] >= least[k]) & (heat[..., k] >= window[..., k]))
        cells = sorted(zip(*cells), key=lambda rc: (-float(heat[rc[0], rc[1], k]), rc[0] * cols + rc[1]))
        chosen = []
        for r, c in cells:
            box = decode_cell(r, c, geom[r, c], stride)
            if all(iou(box, o['box']) < nms_iou for o in chosen):
                chosen.append({'cls': k, 'score': float(heat[r, c, k]), 'cell': int(r * cols + c), 'box': box})
        kept += chosen
    kept = sorted(kept, key=lambda o: (-o['score'], o['cls'], o['cell']))[:max_proposals]
    return sorted(kept, key=lambda o: (o['cls'], -o['score'], o['cell']))


def match(predicted, truth, threshold=0.5, overlap=iou):
    """Greedy one-to-one matching in the order given; returns [(i, j, iou)]."""
    used, pairs = set(), []
    for i, p in enumerate(predicted):
        best, where = threshold, -1
        for j, t in enumerate(truth):
            if j not in used:
                v = overlap(p, t)
                if v >= best:
                    best, where = v, j
        if where >= 0:
            used.add(where)
            pairs.append((i, where, best))
    return pairs
