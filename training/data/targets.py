"""Dense targets of a tile: heat and boxes, objects per cell, footprint maps."""
import math

import cv2
import numpy as np

from ..core.boxes import STRIDE


def targets(objects, complete, size, stride=STRIDE):
    """Dense targets on a grid of g = size / stride cells a side, for objects of the C classes of `complete`.

    heat f32[C,g,g], weight f32[C,g,g], box f32[g,g,6] = (cx, cy, w, h, theta, cls) in px, box weight f32[g,g],
    hull u8[g,g] (OBB, AABB or UPRIGHT). `complete` [C, size/8, size/8] says where all instances of a class are labelled.
    Heat is 1 at an object's own cell. Nobody can tell the middle of a large object to 4 px, so there it is 1 at the cells around, too.
    """
    g = size // stride
    heat = np.zeros((len(complete), g, g), np.float32)
    weight = complete.repeat(8 // stride, 1).repeat(8 // stride, 2).astype(np.float32)
    box, bw, hull = np.zeros((g, g, 6), np.float32), np.zeros((g, g), np.float32), np.zeros((g, g), np.uint8)
    for cls, cx, cy, w, h, t, mode in sorted(objects, key=lambda o: -o[3] * o[4]):
        col, row = min(g - 1, int(cx // stride)), min(g - 1, int(cy // stride))
        mean = math.sqrt(w * h)
        sigma = float(np.clip(mean / stride / 5, 0.5, 4.0))
        n = int(sigma * 2.9) + 1
        r0, r1, c0, c1 = max(0, row - n), min(g, row + n + 1), max(0, col - n), min(g, col + n + 1)
        yy, xx = np.ogrid[r0:r1, c0:c1]
        blob = np.exp(-((xx - col) ** 2 + (yy - row) ** 2) / (2 * sigma ** 2)).astype(np.float32)
        at = (slice(r0, r1), slice(c0, c1))
        core = 0 if mean < 56 else 1 if mean < 100 else 2
        own = np.hypot(yy - row, xx - col) <= core
        heat[cls][at] = np.maximum(heat[cls][at], np.where(own, 1, np.where(blob > 0.02, blob, 0)))
        weight[cls][at] = np.maximum(weight[cls][at], blob > 0.05)
        reach = 0 if mean < 7 else 1 if mean < 28 else 2 if mean < 56 else 3 if mean < 100 else 4
        for r in range(max(0, row - reach), min(g, row + reach + 1)):
            for q in range(max(0, col - reach), min(g, col + reach + 1)):
                here = 1.0 if (r, q) == (row, col) else (0.5 if own[r - r0, q - c0] else 0.3) * blob[r - r0, q - c0]
                if here >= bw[r, q]:
                    box[r, q], bw[r, q], hull[r, q] = (cx, cy, w, h, t, cls), here, mode
    return heat, weight, box, bw, hull


def density_target(points, size):
    """f32[g,g] on cells of 8 px: each point shared among its four nearest cells, then spread a little."""
    g = size // 8
    out = np.zeros((g, g), np.float32)
    for x, y in points:
        u, v = x / 8 - 0.5, y / 8 - 0.5
        c, r = math.floor(u), math.floor(v)
        for rr, wr in ((r, 1 - v + r), (r + 1, v - r)):
            for cc, wc in ((c, 1 - u + c), (c + 1, u - c)):
                out[min(max(rr, 0), g - 1), min(max(cc, 0), g - 1)] += wr * wc
    return cv2.GaussianBlur(out, (5, 5), 0.8, borderType=cv2.BORDER_REFLECT)



def footprint_maps(polygons, size, stride=4):
    """f32[2,g,g] for a grid of cells of `stride` px: share of a cell that is building, and whether an outline runs through it."""
    fine = np.zeros((size, size), np.uint8)
    edge = np.zeros((size, size), np.uint8)
    for parts in polygons:
        body = np.zeros((size, size), np.uint8)
        for p in parts:
            cv2.fillPoly(body, [np.round((p - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
        fine |= body
        edge |= cv2.morphologyEx(body, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    g = size // stride
    return np.stack([fine.reshape(g, stride, g, stride).mean((1, 3)) / 255, edge.reshape(g, stride, g, stride).max((1, 3)) / 255]).astype(np.float32)
