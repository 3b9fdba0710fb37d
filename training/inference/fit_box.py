"""A box, its mask by the refiner, and the box around that mask. src/vlm/nadir/masks/fit-box.ts is the same in the app."""
import math

import cv2
import numpy as np
import torch

from ..core import boxes

LEAST_SAMPLES = 20  # samples above 0 that a mask needs


def frame_grid(box, n, grow=1.25):
    """Sample positions (x, y) [n, n] in pixels of the box's own frame grown about its centre; rows run along h."""
    cx, cy, w, h, t = box
    c, s = math.cos(math.radians(t)), math.sin(math.radians(t))
    at = (np.arange(n) + 0.5) / n - 0.5
    u, v = np.meshgrid(at * grow * w, at * grow * h)
    return cx + u * c - v * s, cy + u * s + v * c, u, v


def bilinear(image, x, y):
    """image [H, W, B]; x, y in pixel-edge coordinates, clamped to the edge pixels."""
    h, w = image.shape[:2]
    px, py = np.clip(x - 0.5, 0, w - 1), np.clip(y - 0.5, 0, h - 1)
    x0, y0 = np.floor(px).astype(int), np.floor(py).astype(int)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = (px - x0)[..., None], (py - y0)[..., None]
    return ((image[y0, x0] * (1 - fx) + image[y0, x1] * fx) * (1 - fy) + (image[y1, x0] * (1 - fx) + image[y1, x1] * fx) * fy).astype(np.float32)


def refiner_inputs(pixels, neck, box, size=64, feature_size=16, grow=1.25):
    """crop f32[5,64,64], features f32[F,16,16] of one box; pixels [256,256,4] normalised, neck [32,32,F]."""
    x, y, u, v = frame_grid(box, size, grow)
    crop = np.concatenate([bilinear(pixels, x, y), ((np.abs(u) <= box[2] / 2) & (np.abs(v) <= box[3] / 2))[..., None]], -1)
    fx, fy, _, _ = frame_grid(box, feature_size, grow)
    features = bilinear(neck, fx / boxes.NECK_STRIDE, fy / boxes.NECK_STRIDE)
    return crop.transpose(2, 0, 1).astype(np.float32), features.transpose(2, 0, 1)


@torch.no_grad()
def refine(model, pixels, neck, box, name):
    """Mask logits f32[64,64] in the box's grown frame; `name`: the object's class."""
    crop, features = refiner_inputs(pixels, neck, box)
    label = torch.eye(len(model.masks))[model.masks.index(name)][None]
    return model.refiner(torch.from_numpy(crop)[None], torch.from_numpy(features)[None], label)[0, 0].numpy()


def smallest_rectangle(hull, near=0.0):
    """Box of the least-area rectangle around a convex polygon [N, 2], with its w axis the one nearest to `near` degrees."""
    best = None
    for x, y in np.roll(hull, -1, 0) - hull:
        turn = math.degrees(math.atan2(y, x)) - near
        turn -= 90 * round(turn / 90)
        turn += 90 if turn <= -45 + 1e-6 else 0
        c, s = math.cos(math.radians(near + turn)), math.sin(math.radians(near + turn))
        frame = hull @ np.array([[c, -s], [s, c]])
        (u, v), (w, h) = (frame.min(0) + frame.max(0)) / 2, np.ptp(frame, 0)
        # Ties by area go to the smallest turn, and of two opposite turns to the clockwise one, so that rounding doesn't decide.
        if best is None or w * h < best[0] * (1 - 1e-6) or (w * h < best[0] * (1 + 1e-6) and abs(turn) - 1e-9 * turn < best[1]):
            best = w * h, abs(turn) - 1e-9 * turn, (u * c - v * s, u * s + v * c, w, h, (near + turn) % 180)
    return tuple(map(float, best[2]))


def fit_box(box, logits, grow=1.25, tile=256):
    """The box drawn around its own mask f32[n, n] (of the box grown by `grow`), as src/vlm/nadir/masks/fit-box.ts does it: the smallest
    rectangle around the largest 4-connected part above 0 inside the tile; the box itself where that part is small or the rectangle
    elsewhere."""
    n, (cx, cy, w, h, theta) = len(logits), box
    x, y, _, _ = frame_grid(box, n, grow)
    above = (logits > 0) & (x >= 0) & (y >= 0) & (x <= tile) & (y <= tile)  # the refiner has learned nothing about what is outside
    _, labels, stats, _ = cv2.connectedComponentsWithStats(above.astype(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if areas.max(initial=0) < LEAST_SAMPLES:
        return box
    v, u = np.nonzero(labels == 1 + areas.argmax())
    outlines = np.concatenate([np.stack([u + i, v + j], 1) for i in (0, 1) for j in (0, 1)])
    x, y = ((cv2.convexHull(outlines.astype(np.int32))[:, 0] / n - 0.5) * grow * np.array([w, h])).T
    c, s = math.cos(math.radians(theta)), math.sin(math.radians(theta))
    fitted = smallest_rectangle(np.stack([cx + x * c - y * s, cy + x * s + y * c], 1), theta)
    return fitted if boxes.iou(box, fitted) >= 0.25 else box


def mask_certainty(logits):
    """How sure a mask f32[n, n] is, 0..1: mean of |2p - 1| over all samples, times the mean p of those above 0 (maskness; SOLO, Wang et
    al. 2020); 0 where these are too few."""
    above = logits[logits > 0]
    if len(above) < LEAST_SAMPLES:
        return 0.0
    return float(np.abs(np.tanh(logits / 2)).mean() * (1 / (1 + np.exp(-above))).mean())
