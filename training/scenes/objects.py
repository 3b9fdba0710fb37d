"""The objects of generated scenes. Each function draws one thing on a `Canvas`, registers its box (cx, cy, w, h in output
pixels, theta in degrees) and returns whether there was room. Trees and parking bays have no box of their own."""
import math

import numpy as np

from ..core.boxes import corners, long_side_first
from .canvas import ellipse, local


def airplane(cv, x, y, theta, length_m):
    """Fuselage along the w axis; the box spans nose to tail and wing tip to wing tip."""
    rng = cv.rng
    span = length_m * rng.uniform(0.82, 1.12)
    box = (x, y, cv.px(length_m), cv.px(span), theta)
    if not cv.free(box, 1.5):
        return False
    fw = rng.uniform(0.085, 0.13) * length_m / span  # fuselage half width in units of half span
    sweep, root, tip = rng.uniform(0.05, 0.5), rng.uniform(0.22, 0.34), rng.uniform(0.07, 0.13)
    at = rng.uniform(0.1, 0.3)
    nose = rng.uniform(0.12, 0.22)
    fuselage = [(1, 0), (1 - nose * 0.4, fw * 0.7), (1 - nose, fw), (-0.55, fw), (-1, fw * 0.25), (-1, -fw * 0.25),
                (-0.55, -fw), (1 - nose, -fw), (1 - nose * 0.4, -fw * 0.7)]
    wing = lambda s: [(at, s * fw * 0.5), (at - sweep, s), (at - sweep - tip, s), (at - root, s * fw * 0.5)]
    tail_span = rng.uniform(0.32, 0.45)
    tail = lambda s: [(-0.72, s * fw * 0.4), (-0.88, s * tail_span), (-0.99, s * tail_span), (-0.95, s * fw * 0.3)]
    parts = [local(box, p) for p in (fuselage, wing(1), wing(-1), tail(1), tail(-1))]
    cv.shade(parts[1:3], 4.0)
    cv.shade(parts[:1], 5.0)
    instance = cv.add('airplane', box)
    white = rng.uniform(200, 250)
    skin = np.array([white, white, white + rng.uniform(-6, 6), white * rng.uniform(0.85, 1)])
    wing_colour = skin * rng.uniform(0.72, 1.0)
    cv.paint(parts[1:], wing_colour, 3, instance)
    engines = int(rng.integers(0, 3))
    for e in range(engines):
        u = 0.3 + 0.25 * e
        for s in (1, -1):
            ex = at - sweep * u + 0.04
            cv.paint([local(box, [(ex, s * u + 0.03), (ex - 0.15, s * u + 0.03), (ex - 0.15, s * u - 0.03), (ex, s * u - 0.03)])],
                     skin * 0.8, 2, instance)
    if rng.random() < 0.35:
        skin = np.array([rng.uniform(40, 220), rng.uniform(40, 200), rng.uniform(60, 230), rng.uniform(60, 200)])
    cv.paint(parts[:1], skin, 3, instance)
    fin = [(-0.7, 0.02), (-0.98, 0.03), (-0.98, -0.03), (-0.7, -0.02)]
    cv.paint([local(box, fin)], rng.uniform(40, 230, 4), 2, instance)
    cv.present.add('airplane')
    return True


def tank(cv, x, y, diameter_m):
    d = cv.px(diameter_m)
    box = (x, y, d, d, 0.0)
    if not cv.free(box, 1.5):
        return False
    rng = cv.rng
    rim = ellipse(x, y, d / 2, d / 2, n=48)
    cv.shade([rim], rng.uniform(4, 12))
    instance = cv.add('storage_tank', box)
    v = rng.uniform(150, 245)
    base = np.array([v, v, v, v * 0.95]) if rng.random() < 0.75 else np.array([rng.uniform(90, 220), rng.uniform(100, 200), rng.uniform(90, 200), 150.0])
    cv.paint([rim], base * 0.85, 2, instance)
    # Side facing the sun is brighter: an offset lid.
    lx, ly = (-0.06 * d * math.cos(math.radians(cv.sun)), -0.06 * d * math.sin(math.radians(cv.sun)))
    cv.paint([ellipse(x + lx, y + ly, d * 0.44, d * 0.44, n=40)], base, 3, instance)
    if rng.random() < 0.3:  # floating roof in shadow
        cv.paint([ellipse(x - lx, y - ly, d * 0.38, d * 0.38, n=40)], base * rng.uniform(0.55, 0.8), 3, instance)
    if rng.random() < 0.5:
        cv.paint([corners((x, y, d * 0.9, max(0.8, cv.px(0.6)), rng.uniform(0, 180)))], base * 0.7, 1, instance)
    cv.paint([ellipse(x, y, d * 0.05, d * 0.05)], base * 0.6, 1, instance)
    cv.present.add('tanks')
    return True


def court(cv, x, y, theta):
    """Tennis court: the box is the playing area, 23.8 x 11 m, on a larger apron."""
    rng = cv.rng
    scale = rng.uniform(0.95, 1.05)
    box = (x, y, cv.px(23.8 * scale), cv.px(11.0 * scale), theta)
    apron = (x, y, cv.px(34), cv.px(17), theta)
    if not cv.free(apron, 0.3, inside=0.5):
        return False
    tones = [(70, 110, 80, 90), (60, 90, 130, 80), (150, 80, 70, 110), (120, 120, 120, 115), (90, 130, 100, 105)]
    outer, inner = np.array(tones[rng.integers(5)], float), np.array(tones[rng.integers(5)], float)
    cv.paint([corners(apron)], outer * rng.uniform(0.8, 1.2), 3)
    instance = cv.add('tennis_court', box)
    cv.paint([corners(box)], inner * rng.uniform(0.8, 1.2), 3, instance)
    line = max(0.5, cv.px(0.18))
    u, v = 2 * line / box[2], 2 * line / box[3]
    strips = [((-1, 1), (-1, -1 + v)), ((-1, 1), (1 - v, 1)), ((-1, 1), (-0.75, -0.75 + v)), ((-1, 1), (0.75 - v, 0.75)),
              ((-1, -1 + u), (-1, 1)), ((1 - u, 1), (-1, 1)), ((-0.54, -0.54 + u), (-0.75, 0.75)), ((0.54 - u, 0.54), (-0.75, 0.75)),
              ((-0.54, 0.54), (-v / 2, v / 2)), ((-u / 2, u / 2), (-1, 1))]
    cv.paint([local(box, [(a, c), (b, c), (b, d), (a, d)]) for (a, b), (c, d) in strips], (232, 232, 228, 225), 1, instance, 0.85)
    cv.present.add('court')
    return True


def diamond(cv, x, y, turn):
    """Baseball infield: a quarter disc of soil with grass inside; box is its axis-aligned hull."""
    rng = cv.rng
    r = cv.px(rng.uniform(28, 44))
    box = (x, y, r, r, 0.0)
    if not cv.free(box, 2):
        return False
    instance = cv.add('baseball_diamond', box)
    soil = cv.colour('soil', 0.08) * np.array([1.08, 1.0, 0.92, 1.0])
    spin = lambda pts: local((x, y, r, r, 90.0 * turn), pts)
    arc = [(-1 + 2 * math.cos(a), -1 + 2 * math.sin(a)) for a in np.linspace(0, math.pi / 2, 16)]
    full = rng.random() < 0.5
    shape = [(-1, -1)] + ([(min(1, p[0]), min(1, p[1])) for p in arc])
    cv.paint([spin(shape)], soil, 5, instance)
    if full:
        inner = [(-0.75, -0.75), (0.2, -0.75), (0.2, 0.2), (-0.75, 0.2)]
        cv.paint([spin(inner)], cv.colour('grass', 0.08), 6, instance)
        mx, my = spin([(-0.28, -0.28)])[0]
        cv.paint([ellipse(mx, my, r * 0.06, r * 0.06)], soil, 3, instance)
    cv.paint([spin([(-0.97, -0.97), (0.95, -0.97), (0.95, -0.955), (-0.97, -0.955)]),
              spin([(-0.97, -0.97), (-0.955, -0.97), (-0.955, 0.95), (-0.97, 0.95)])], (235, 232, 225, 228), 1, instance, 0.7)
    return True


def building(cv, x, y, theta, length_m, width_m, height_m=None):
    rng = cv.rng
    box = long_side_first((x, y, cv.px(length_m), cv.px(width_m), theta % 180))
    if not cv.free(box, 1.0, inside=0.5):
        return False
    height = height_m or rng.uniform(3, 7)
    foot = corners(box)
    ell = rng.random() < 0.2
    if ell:
        a, b = rng.uniform(0.0, 0.4), rng.uniform(0.0, 0.4)
        foot = local(box, [(-1, -1), (1, -1), (1, b), (a, b), (a, 1), (-1, 1)])
    cv.shade([foot], height)
    instance = cv.add('building', box)
    tones = [(150, 120, 105), (120, 110, 105), (175, 165, 155), (205, 200, 195), (95, 92, 95), (165, 100, 80), (90, 105, 120), (230, 228, 225)]
    rgb = np.array(tones[rng.integers(len(tones))], float) * rng.uniform(0.85, 1.12)
    roof = np.append(rgb, rgb.mean() * rng.uniform(0.85, 1.1))
    cv.paint([foot], roof, 4, instance)
    if not ell and width_m < 18 and rng.random() < 0.75:  # gable: the half facing away from the sun is darker
        k = rng.uniform(0.68, 0.88)
        d = math.cos(math.radians(cv.sun - (box[4] + 90)))
        side = [(-1, 0), (1, 0), (1, 1), (-1, 1)] if d > 0 else [(-1, -1), (1, -1), (1, 0), (-1, 0)]
        if rng.random() < 0.4:  # hipped
            i = min(0.9, box[3] / box[2])
            side = [(-1 + i, 0), (1 - i, 0)] + ([(1, 1), (-1, 1)] if d > 0 else [(1, -1), (-1, -1)])
        cv.paint([local(box, side)], roof * k, 4, instance)
    else:
        cv.paint([local(box, [(-0.94, -0.9), (0.94, -0.9), (0.94, 0.9), (-0.94, 0.9)])] if not ell else [foot], roof * 1.03, 3, instance)
        for _ in range(int(rng.integers(0, 6))):
            u, v = rng.uniform(-0.8, -0.1 if ell else 0.8), rng.uniform(-0.8, 0.0 if ell else 0.8)
            px, py = local(box, [(u, v)])[0]
            s = cv.px(rng.uniform(0.8, 2.2))
            unit = corners((px, py, s, s, theta))
            cv.paint([unit], roof * rng.choice([0.6, 1.3]), 1, instance)
    cv.present.add('buildings')
    return True


CAR_COLOURS = [(225, 225, 225), (200, 202, 205), (60, 60, 64), (40, 40, 44), (120, 122, 126), (150, 40, 38), (40, 60, 120), (170, 165, 150), (90, 110, 95)]


def car(cv, x, y, theta):
    rng = cv.rng
    box = (x, y, cv.px(rng.uniform(4.1, 5.1)), cv.px(rng.uniform(1.75, 2.1)), theta % 180)
    if not cv.free(box, 0.15):
        return False
    cv.shade([corners(box)], 1.4)
    instance = cv.add('car', box)
    rgb = np.array(CAR_COLOURS[rng.integers(len(CAR_COLOURS))], float) * rng.uniform(0.9, 1.1)
    paint = np.append(rgb, rgb.mean() * 0.95)
    body = [(-1, -0.75), (-0.9, -1), (0.85, -1), (1, -0.7), (1, 0.7), (0.85, 1), (-0.9, 1), (-1, 0.75)]
    cv.paint([local(box, body)], paint, 2, instance)
    flip = rng.choice([-1, 1])
    glass = np.array([45, 52, 60, 40.0])
    screen = lambda u0, u1: local(box, [(flip * u0, -0.8), (flip * u1, -0.7), (flip * u1, 0.7), (flip * u0, 0.8)])
    cv.paint([screen(0.45, 0.2), screen(-0.75, -0.55)], glass, 1, instance)
    cv.present.add('cars')
    return True


def tree(cv, x, y, radius_m):
    rng = cv.rng
    r = cv.px(radius_m)
    cv.shade([ellipse(x, y, r * 0.9, r * 0.9, n=14)], radius_m * 1.6)
    green = cv.colour('tree', 0.14)
    angles = np.linspace(0, 2 * math.pi, 18, endpoint=False)
    lumpy = r * (1 + 0.16 * rng.standard_normal(18))
    rim = np.stack([x + lumpy * np.cos(angles), y + lumpy * np.sin(angles)], 1)
    cv.paint([rim], green, 16, 0)
    sx, sy = -0.3 * r * math.cos(math.radians(cv.sun)), -0.3 * r * math.sin(math.radians(cv.sun))
    cv.paint([ellipse(x + sx, y + sy, r * 0.5, r * 0.5, n=12)], green * 1.25, 14, 0, 0.6)
    cv.present.add('trees')


def scatter_trees(cv, n, radius=(1.2, 4.0), clear_of_objects=True):
    for _ in range(n):
        r = cv.rng.uniform(*radius)
        x, y = cv.rng.uniform(0, cv.w), cv.rng.uniform(0, cv.h)
        p = cv.px(r) * 1.1
        if not clear_of_objects or cv.free((x, y, 2 * p, 2 * p, 0), 0.2, inside=0.0):
            tree(cv, x, y, r)


def parking_block(cv, x, y, theta, rows, slots, fill):
    """Rows of bays with painted lines; cars stand across the row."""
    w, h = cv.px(2.7 * slots), cv.px(rows * 8.5)
    lot = (x, y, w + cv.px(4), h + cv.px(3), theta)
    if not cv.free(lot, 0.2, claim=False, inside=0.5):
        return False
    cv.paint([corners(lot)], cv.colour(str(cv.rng.choice(['asphalt', 'dark asphalt', 'asphalt'])), 0.08), 4)
    for i in range(rows):
        v = ((i + 0.5) / rows * 2 - 1)
        for j in range(slots + 1):
            u = j / slots * 2 - 1
            px, py = local((x, y, w, h, theta), [(u, v)])[0]
            cv.paint([corners((px, py, cv.px(5), max(0.5, cv.px(0.15)), theta + 90))], (220, 218, 205, 210), 1, alpha=0.7)
        for j in range(slots):
            if cv.rng.random() < fill:
                u = (j + 0.5) / slots * 2 - 1
                px, py = local((x, y, w, h, theta), [(u, v)])[0]
                car(cv, px + cv.px(cv.rng.normal(0, 0.15)), py + cv.px(cv.rng.normal(0, 0.15)), theta + 90 + cv.rng.normal(0, 1.5))
    cv.occupy(lot)
    return True
