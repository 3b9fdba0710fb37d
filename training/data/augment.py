"""Augmentation: similarities that move pictures and labels together, and colours as the app shows them."""
import math

import cv2
import numpy as np

from .items import OBB, ROUND


def transform(image, objects, m, scale, turn, flip, size, border=cv2.BORDER_REFLECT_101):
    """Warps an image by a similarity (scale, turn clockwise, flip of x first) and its objects with it. `m` maps pixel
    edges, as boxes are given; OpenCV maps pixel centres, half a pixel further."""
    src, m2 = image, m.copy()
    if scale < 0.62:
        src = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        m2[:, :2] *= 2
    m2[:, 2] += m2[:, :2] @ np.array([0.5, 0.5]) - 0.5
    out = cv2.warpAffine(src, m2, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    moved = []
    for cls, cx, cy, w, h, theta, mode in objects:
        x, y = m @ np.array([cx, cy, 1.0])
        t = ((-theta if flip else theta) + turn) % 180
        w, h = w * scale, h * scale
        if mode != OBB:
            if cls not in ROUND and abs(t - 90) < 1:
                w, h = h, w
            t = 0.0
        moved.append((cls, x, y, w, h, t, mode))
    return out, moved


def similarity(centre, scale, turn, flip, target):
    c, s = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
    f = -1 if flip else 1
    a = np.array([[c * f, -s], [s * f, c]])
    return np.concatenate([a, (np.array(target) - a @ np.array(centre))[:, None]], 1)


def inside_map(m, shape, size):
    """Cells of 8 pixels whose centre comes from inside the source image."""
    g = size // 8
    inv = cv2.invertAffineTransform(m)
    ys, xs = np.mgrid[0:g, 0:g] * 8 + 4
    px = inv[0, 0] * xs + inv[0, 1] * ys + inv[0, 2]
    py = inv[1, 0] * xs + inv[1, 1] * ys + inv[1, 2]
    return (px > 0) & (px < shape[1]) & (py > 0) & (py < shape[0])


def warp_labels(labels, m, size, outside):
    """u8[H,W] of labels, which can't be mixed, by the similarity `m` of `transform`; `outside` where the source ends."""
    centred = m.copy()
    centred[:, 2] += centred[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return cv2.warpAffine(labels, centred, (size, size), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=outside)


def mark(item, m, complete):
    """Turns `complete` [C,g,g] off in cells that a box of the item's `unknown` touches, and on in cells inside one of its `absent`, both
    lists of (cls, [x0, y0, x1, y1])."""
    g = complete.shape[1]
    for key, sure in (('unknown', False), ('absent', True)):
        for cls, (x0, y0, x1, y1) in item.get(key, ()):
            corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float) @ m[:, :2].T + m[:, 2]
            inside = np.zeros((8 * g, 8 * g), np.uint8)
            cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
            cells = inside.reshape(g, 8, g, 8)
            complete[cls][(cells.min((1, 3)) if sure else cells.max((1, 3))) > 0] = sure


def place(rng, item, size, scale_range, free_turn=0.5, jitter=1.0):
    """Random similarity of one item into a size x size canvas; returns image, objects, per-cell completeness [C,g,g], similarity [2,3]."""
    h, w = item['image'].shape[:2]
    scale = float(np.exp(rng.uniform(*np.log(scale_range))))
    flip = bool(rng.random() < 0.5)
    turn = float(rng.integers(4) * 90)
    if rng.random() < free_turn and all(o[6] == OBB or o[0] in ROUND for o in item['objects']):
        turn += float(rng.uniform(-45, 45))
    slack = np.abs(np.array([w, h]) * scale - size) / 2 / scale
    centre = np.array([w, h]) / 2 + rng.uniform(-1, 1, 2) * slack * jitter
    m = similarity(centre, scale, turn, flip, (size / 2, size / 2))
    image, objects = transform(item['image'], item['objects'], m, scale, turn, flip, size)
    cover = inside_map(m, (h, w), size)
    complete = np.array(item['complete'], bool)[:, None, None] & cover[None]
    mark(item, m, complete)
    return image, objects, complete, m


def finish_objects(objects, complete, size):
    """Clips upright boxes to the canvas, drops what is outside, marks cells as incomplete where an object can't be judged."""
    kept = []
    g = size // 8
    for cls, cx, cy, w, h, t, mode in objects:
        if mode != OBB:
            x0, y0, x1, y1 = max(0, cx - w / 2), max(0, cy - h / 2), min(size, cx + w / 2), min(size, cy + h / 2)
            visible = max(0, x1 - x0) * max(0, y1 - y0) / max(1e-6, w * h)
            if visible >= 0.35:
                cx, cy, w, h = (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0
        ok = 0 <= cx < size and 0 <= cy < size
        if ok and max(w, h) >= 6 and (mode == OBB or visible >= 0.35):
            kept.append((cls, cx, cy, w, h, t, mode))
            continue
        r = math.hypot(w, h) / 2 if mode == OBB else max(w, h) / 2
        c0, c1 = int(np.clip((cx - r) // 8, 0, g)), int(np.clip((cx + r) // 8 + 1, 0, g))
        r0, r1 = int(np.clip((cy - r) // 8, 0, g)), int(np.clip((cy + r) // 8 + 1, 0, g))
        complete[cls, r0:r1, c0:c1] = False
    return kept


def colour(rng, image, spoil=True):
    """Brightness, contrast, gamma and tint by lookup table; sometimes blur or noise. Three of four pictures get the
    percentile stretch first, since the app shows the model stretched scenes. `spoil` allows slight blur and noise."""
    x = np.repeat(np.arange(256, dtype=np.float32)[:, None] / 255, 4, 1)
    gain, bias, gamma = rng.uniform(0.75, 1.3), rng.uniform(-0.1, 0.1), math.exp(rng.uniform(-0.25, 0.25))
    if rng.random() < 0.75:
        sample = image[::5, ::5].reshape(-1, 4)
        black, white = np.percentile(sample, (rng.uniform(1, 3), rng.uniform(97, 99)), axis=0) / 255
        x = np.clip((x - black) / np.maximum(white - black, 0.02), 0, 1).astype(np.float32)
        gain, bias, gamma = 1 + (gain - 1) * 0.4, bias * 0.5, gamma ** 0.6
    lut = np.empty((1, 256, 4), np.uint8)
    for b in range(4):
        k = gain * (1 + rng.normal(0, 0.04))
        lut[0, :, b] = np.clip(((x[:, b] ** gamma - 0.5) * k + 0.5 + bias + rng.normal(0, 0.02)) * 255, 0, 255)
    image = cv2.LUT(image, lut)
    u = rng.random() if spoil else 1.0
    if u < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2))
    elif u < 0.22:
        image = np.clip(image + rng.normal(0, rng.uniform(2, 9), image.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.05:
        grey = image[..., :3].mean(-1, keepdims=True).astype(np.uint8)
        image = np.concatenate([np.repeat(grey, 3, -1), image[..., 3:]], -1)
    return image
