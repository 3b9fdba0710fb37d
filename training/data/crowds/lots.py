"""Parking lots: rows of cars in slots, up to MOST of them, with lines and gaps. Inside its rectangle a lot is complete for every class."""
import math

import numpy as np

from ..items import CAR
from ..readers import cover
from .painting import MOST, Frame, fill, line, over, stamp


def parking_lot(rng, canvas, cars, trucks=()):
    """Paints a lot onto u8[S,S,4]; returns (objects, mask of it)."""
    frame = Frame(rng, canvas.shape[0])
    mask = frame.mask()
    grey = rng.uniform(45, 190)
    fill(rng, canvas, mask, grey + rng.normal(0, 6, 4), rng.uniform(2, 7))
    length = float(np.exp(rng.uniform(math.log(9), math.log(30))))  # of a car, px
    width, full, lines = length * 0.47, rng.uniform(0.15, 1.0), rng.random() < 0.7
    pitch, deep, lane = width * rng.uniform(1.15, 1.45), length * rng.uniform(1.1, 1.25), length * rng.uniform(1.1, 1.7)
    slant = 0.0 if rng.random() < 0.6 else float(rng.uniform(-30, 30))
    paint = tuple(float(min(255, grey + rng.uniform(40, 110))) for _ in range(4))
    objects, v, pair = [], -frame.half[1] + deep / 2, 0
    while v < frame.half[1] - deep / 2 and len(objects) < MOST:
        for u in np.arange(-frame.half[0] + pitch, frame.half[0] - pitch / 2, pitch):
            if lines:
                lean = math.tan(math.radians(slant)) * deep / 2
                line(canvas, frame, (u - pitch / 2 - lean, v - deep / 2), (u - pitch / 2 + lean, v + deep / 2), paint, 1)
            x, y = frame.at(u, v + rng.normal(0, length * 0.04))
            if rng.random() > full or not (0 <= x < frame.size and 0 <= y < frame.size) or len(objects) >= MOST:
                continue
            cut = cars[rng.integers(len(cars))]
            turn = frame.theta + 90 - slant + rng.normal(0, 2) + (180 if rng.random() < 0.5 else 0)
            objects.append(stamp(rng, canvas, cut, x, y, turn, length * rng.uniform(0.9, 1.08) / cut['w']))
        pair += 1
        v += deep if pair % 2 else deep + lane
    for _ in range(int(rng.integers(0, 3))) if len(trucks) else ():
        cut = trucks[rng.integers(len(trucks))]
        x, y = frame.at(*(rng.uniform(-0.8, 0.8, 2) * frame.half))
        scale = length / 15.5 * rng.uniform(0.9, 1.1)  # a car is 15.5 px where trucks were cut out
        if 0 <= x < frame.size and 0 <= y < frame.size and all(math.hypot(o[1] - x, o[2] - y) > (cut['w'] * scale + o[3]) * 0.55 for o in objects):
            objects.append(stamp(rng, canvas, cut, x, y, frame.theta + rng.normal(0, 4), scale))
    return objects, mask


def lot_on(rng, made, cars, trucks):
    """A tile with a parking lot painted over a part of it."""
    objects, mask = parking_lot(rng, made.image, cars, trucks)
    return over(made, objects, mask, cover.PAVED, ('cars', 'pavement') if any(o[0] == CAR for o in objects) else ('pavement',))
