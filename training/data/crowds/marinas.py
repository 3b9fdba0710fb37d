"""Marinas: boats side by side at piers in open water. Inside its rectangle a marina is complete for every class."""
import math

import cv2
import numpy as np

from ...core import boxes
from ..items import DOCK, OBB, SHIP
from ..readers import cover
from .painting import MOST, Frame, fill, over, stamp


def marina(rng, canvas, ships):
    """Paints water with piers and boats onto u8[S,S,4]; returns (objects, mask of it, mask of its piers)."""
    frame = Frame(rng, canvas.shape[0])
    mask = frame.mask()
    dark = rng.uniform(8, 70)
    fill(rng, canvas, mask, np.array([dark * 0.5, dark * rng.uniform(0.8, 1.2), dark * rng.uniform(0.7, 1.3), dark * 0.2]), rng.uniform(1, 5))
    scale, wood = float(np.exp(rng.uniform(math.log(0.3), math.log(1.3)))), rng.uniform(110, 220)
    tone, piers, objects, v = (wood, wood * 0.95, wood * 0.85, wood * 0.9), np.zeros(canvas.shape[:2], np.uint8), [], -frame.half[1] + 28 * scale
    while v < frame.half[1] - 28 * scale and len(objects) < MOST:
        thick, low, high = max(2.0, rng.uniform(4, 9) * scale), -frame.half[0], frame.half[0] * rng.uniform(0.6, 1.0)
        ring = frame.polygon(low, v - thick / 2, high, v + thick / 2)
        cv2.fillPoly(canvas, [ring], tone, cv2.LINE_AA, 4)
        cv2.fillPoly(piers, [ring], 1, cv2.LINE_8, 4)
        x, y = frame.at((low + high) / 2, v)
        objects.append((DOCK, float(x), float(y), high - low, thick, frame.theta % 180, OBB))
        full, reach = rng.uniform(0.3, 1.0), 0.0
        for side in (-1, 1):
            u = low + 8 * scale
            while u < high - 6 * scale and len(objects) < MOST:
                cut = ships[rng.integers(len(ships))]
                s = scale * rng.uniform(0.8, 1.15)
                x, y = frame.at(u + cut['h'] * s / 2, v + side * (thick / 2 + cut['w'] * s / 2 + 1))
                if rng.random() < full and 0 <= x < frame.size and 0 <= y < frame.size:
                    objects.append(stamp(rng, canvas, cut, x, y, frame.theta + 90 * (1 if rng.random() < 0.5 else -1) + rng.normal(0, 2), s))
                    reach = max(reach, cut['w'] * s)
                u += cut['h'] * s * rng.uniform(1.1, 1.5)
        v += 2 * max(reach, 25 * scale) + thick + rng.uniform(10, 40) * scale
    return objects, mask, piers > 0


def marina_on(rng, made, ships):
    objects, mask, piers = marina(rng, made.image, ships)
    made = over(made, objects, mask, cover.WATER, ('water', 'dock', 'ship') if any(o[0] == SHIP for o in objects) else ('water', 'dock'))
    made.allowed[piers] = cover.SEALED
    for o in objects:
        if o[0] == SHIP:
            cv2.fillPoly(made.allowed, [np.round(np.array(boxes.corners(o[1:6]))).astype(np.int32)], int(cover.ANY))
    return made
