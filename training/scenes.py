"""Scene generator: plausible overhead imagery in four bands (R, G, B, NIR) with exact labels.

`generate(seed, width, height, gsd, kind)` draws ground, roads, buildings with shadows, trees, airplanes, tanks, courts,
diamonds and cars at twice the wanted resolution and averages down. Everything is drawn from numbers, no imagery.
"""
import math

import cv2
import numpy as np

from .boxes import corners, long_side_first

KINDS = ['airfield', 'tanks', 'residential', 'sports', 'parking', 'rural', 'mixed']
SUPER = 2  # drawing resolution over output resolution

# Mean digital numbers R, G, B, NIR (0-255) and texture amplitude.
MATERIALS = {
    'grass': ((92, 112, 70, 170), 10), 'dry grass': ((150, 140, 100, 165), 10), 'soil': ((168, 140, 108, 150), 10),
    'sand': ((205, 188, 150, 185), 7), 'concrete': ((180, 176, 168, 172), 6), 'asphalt': ((96, 96, 98, 92), 6),
    'dark asphalt': ((66, 67, 70, 66), 5), 'field': ((110, 122, 72, 190), 8), 'water': ((42, 62, 70, 22), 4),
    'tree': ((52, 74, 42, 150), 16), 'roof': ((140, 130, 125, 130), 5),
}


def value_noise(rng, h, w, cell):
    """Smooth noise of about unit amplitude with features of `cell` pixels."""
    gh, gw = max(2, int(h / cell) + 2), max(2, int(w / cell) + 2)
    return cv2.resize(rng.standard_normal((gh, gw)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)


class Canvas:
    """Float image, instance map and occupancy; coordinates are output pixels."""

    def __init__(self, rng, width, height, gsd):
        self.rng, self.w, self.h, self.gsd = rng, width, height, gsd
        self.image = np.zeros((height * SUPER, width * SUPER, 4), np.float32)
        self.ids = np.zeros((height * SUPER, width * SUPER), np.int16)
        self.occupied = np.zeros((height, width), np.uint8)
        self.fine = value_noise(rng, height * SUPER, width * SUPER, 2.5)
        self.coarse = value_noise(rng, height * SUPER, width * SUPER, 14 / gsd)
        self.sun = rng.uniform(0, 360)
        self.shadow_length = rng.uniform(0.4, 1.1)
        self.objects, self.present = [], set()

    def px(self, metres):
        return metres / self.gsd

    def colour(self, material, spread=0.1):
        mean, _ = MATERIALS[material]
        tint = 1 + self.rng.normal(0, spread) + self.rng.normal(0, spread / 4, 4)
        return np.array(mean) * np.clip(tint, 0.5, 1.6)

    def region(self, mask):
        ys, xs = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
        return None if len(ys) == 0 else (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))

    def polygon_mask(self, polygons):
        mask = np.zeros(self.ids.shape, np.uint8)
        pts = [np.round((np.asarray(p, float) * SUPER - 0.5) * 16).astype(np.int32) for p in polygons]
        for p in pts:
            cv2.fillPoly(mask, [p], 255, cv2.LINE_AA, 4)
        return mask

    def paint(self, polygons, colour, texture=6.0, instance=None, alpha=1.0):
        """Fills polygons (lists of output-pixel points) with a colour and texture."""
        mask = self.polygon_mask(polygons)
        roi = self.region(mask)
        if roi is None:
            return mask
        a = (mask[roi].astype(np.float32) * (alpha / 255))[..., None]
        body = np.asarray(colour, np.float32) + (texture * self.fine[roi] + texture * 0.7 * self.coarse[roi])[..., None]
        self.image[roi] = self.image[roi] * (1 - a) + body * a
        if instance is not None:
            self.ids[roi][mask[roi] > 127] = instance
        return mask

    def shade(self, polygons, height_m):
        """Darkens the ground in the sun's shadow of an upright body."""
        d = self.px(height_m) * self.shadow_length
        dx, dy = d * math.cos(math.radians(self.sun)), d * math.sin(math.radians(self.sun))
        hulls = []
        for p in polygons:
            p = np.asarray(p, np.float32)
            hulls.append(cv2.convexHull(np.concatenate([p, p + np.array([dx, dy], np.float32)]))[:, 0])
        mask = self.polygon_mask(hulls)
        roi = self.region(mask)
        if roi is not None:
            a = (mask[roi].astype(np.float32) / 255)[..., None]
            self.image[roi] *= 1 - a * np.array([0.58, 0.56, 0.5, 0.6], np.float32)

    def free(self, box, margin_m=1.0, claim=True, inside=0.75):
        """True if the box (grown by a margin) lies mostly in the picture and touches nothing claimed."""
        m = 2 * self.px(margin_m)
        pts = np.array(corners((box[0], box[1], box[2] + m, box[3] + m, box[4])))
        visible = np.array(corners(box))
        ok = np.mean((visible[:, 0] > 0) & (visible[:, 0] < self.w) & (visible[:, 1] > 0) & (visible[:, 1] < self.h))
        if ok < inside:
            return False
        mask = np.zeros_like(self.occupied)
        cv2.fillPoly(mask, [np.round(pts).astype(np.int32)], 1)
        if (self.occupied & mask).any():
            return False
        if claim:
            self.occupied |= mask
        return True

    def add(self, label, box):
        """Registers an object; returns its instance number."""
        self.objects.append({'label': label, 'box': tuple(float(v) for v in box)})
        return len(self.objects)


def local(box, points):
    """Points given in units of half width and half height, in pixels."""
    cx, cy, w, h, t = box
    c, s = math.cos(math.radians(t)), math.sin(math.radians(t))
    return [(cx + u * w / 2 * c - v * h / 2 * s, cy + u * w / 2 * s + v * h / 2 * c) for u, v in points]


def ellipse(cx, cy, rx, ry, theta=0.0, n=28):
    a = np.linspace(0, 2 * math.pi, n, endpoint=False)
    return local((cx, cy, 2 * rx, 2 * ry, theta), list(zip(np.cos(a), np.sin(a))))


def ground(cv, material):
    mean, amp = MATERIALS[material]
    base = cv.colour(material)
    cv.image[:] = base + (amp * cv.fine + 1.6 * amp * cv.coarse)[..., None]
    if material in ('grass', 'dry grass', 'soil', 'field'):
        patch = np.clip(value_noise(cv.rng, *cv.ids.shape, 30 / cv.gsd), 0, 1.5)[..., None] / 1.5
        cv.image[:] = cv.image * (1 - 0.6 * patch) + 0.6 * patch * cv.colour(str(cv.rng.choice(['soil', 'dry grass', 'grass'])))
    if material == 'field':
        yy, xx = np.mgrid[0:cv.ids.shape[0], 0:cv.ids.shape[1]].astype(np.float32)
        t = cv.rng.uniform(0, math.pi)
        period = cv.px(cv.rng.uniform(1.5, 5)) * SUPER
        cv.image[:] += (8 * np.sin((xx * math.cos(t) + yy * math.sin(t)) * 2 * math.pi / max(period, 3)))[..., None]
    cv.present |= {{'grass': 'grass', 'dry grass': 'grass', 'soil': 'bare-soil', 'sand': 'sand', 'field': 'field'}.get(material, 'pavement')}


def road(cv, cx, cy, theta, width_m, material='asphalt', marks=True, claim=True):
    w = cv.px(width_m)
    long = 2.5 * (cv.w + cv.h)
    box = (cx, cy, long, w, theta)
    cv.paint([corners(box)], cv.colour(material, 0.06), 4)
    if marks and w > 8:
        dash = cv.px(3.0)
        n = int(long / dash / 2)
        for i in range(n):
            u = (i + 0.5) / n * 2 - 1
            x, y = local(box, [(u, 0)])[0]
            if -dash < x < cv.w + dash and -dash < y < cv.h + dash:
                cv.paint([corners((x, y, dash, max(0.6, cv.px(0.25)), theta))], (225, 222, 200, 215), 2, alpha=0.8)
    if claim:
        mask = np.zeros_like(cv.occupied)
        cv2.fillPoly(mask, [np.round(corners(box)).astype(np.int32)], 1)
        cv.occupied |= mask
    cv.present.add('pavement')
    return box


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
    mask = np.zeros_like(cv.occupied)
    cv2.fillPoly(mask, [np.round(corners(lot)).astype(np.int32)], 1)
    cv.occupied |= mask
    return True


def anywhere(cv, margin=0.05):
    return cv.rng.uniform(-margin, 1 + margin) * cv.w, cv.rng.uniform(-margin, 1 + margin) * cv.h


def area_m2(cv):
    return cv.w * cv.h * cv.gsd ** 2


def draw_airfield(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['concrete', 'concrete', 'asphalt', 'dark asphalt', 'grass'])))
    t = rng.uniform(0, 180)
    if rng.random() < 0.6:
        road(cv, *anywhere(cv), t + 90, rng.uniform(12, 25), 'dark asphalt', claim=False)
    for _ in range(int(rng.integers(0, 4))):
        x, y = anywhere(cv)
        cv.paint([corners((x, y, 4 * cv.w, max(0.6, cv.px(0.4)), t + rng.choice([0, 90]) + rng.normal(0, 3)))], (205, 180, 70, 190), 1, alpha=0.8)
    if rng.random() < 0.5:
        building(cv, *anywhere(cv), t, rng.uniform(25, 70), rng.uniform(18, 40), 9)
    small = rng.random() < 0.4
    n = int(rng.integers(1, 2 + int(area_m2(cv) / (700 if small else 2600))))
    for _ in range(n * 4):
        if sum(o['label'] == 'airplane' for o in cv.objects) >= n:
            break
        length = rng.uniform(9, 17) if small else rng.uniform(18, 46)
        heading = t + rng.choice([0, 90, 180, 270]) + rng.normal(0, 8) if rng.random() < 0.6 else rng.uniform(0, 360)
        airplane(cv, *anywhere(cv), heading % 180 if rng.random() < 0.5 else (heading % 180) + 180, length)
    for o in cv.objects:  # a heading is kept in the drawing; the label's angle is modulo 180
        o['box'] = (*o['box'][:4], o['box'][4] % 180)
    for _ in range(int(rng.integers(0, 9))):
        car(cv, *anywhere(cv), rng.uniform(0, 180))
    return 'airplane'


def draw_tanks(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['soil', 'concrete', 'grass', 'dry grass', 'asphalt'])))
    t = rng.uniform(0, 180)
    if rng.random() < 0.7:
        road(cv, *anywhere(cv), t, rng.uniform(5, 9))
    n = int(rng.integers(1, 2 + int(area_m2(cv) / 900)))
    row = rng.random() < 0.5
    d = rng.uniform(8, 36)
    x0, y0 = anywhere(cv, -0.1)
    for i in range(n * 4):
        if sum(o['label'] == 'storage_tank' for o in cv.objects) >= n:
            break
        if row and i < n:
            x, y = local((x0, y0, 2, 2, t), [((i // 2) * cv.px(d * 1.4), (i % 2) * cv.px(d * 1.4))])[0]
            tank(cv, x, y, d)
        else:
            tank(cv, *anywhere(cv), rng.uniform(6, 36))
    for _ in range(int(rng.integers(0, 4))):
        building(cv, *anywhere(cv), t + rng.choice([0, 90]), rng.uniform(8, 24), rng.uniform(6, 14))
    for _ in range(int(rng.integers(0, 6))):
        car(cv, *anywhere(cv), t + rng.choice([0, 90]))
    scatter_trees(cv, int(rng.integers(0, 8)))
    return 'storagetanks'


def draw_residential(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['grass', 'dry grass', 'soil', 'grass'])))
    t = rng.uniform(0, 180)
    spacing = rng.uniform(38, 60)
    roads = []
    offset = rng.uniform(0, spacing)
    cx, cy = cv.w / 2, cv.h / 2
    reach = math.hypot(cv.w, cv.h) * cv.gsd / 2
    for k in np.arange(-reach + offset, reach, spacing):
        x, y = local((cx, cy, 2, 2, t), [(0, cv.px(k))])[0]
        roads.append(road(cv, x, y, t, rng.uniform(6.5, 9.5)))
    density = rng.choice(['sparse', 'medium', 'dense'])
    gap = {'sparse': 30, 'medium': 19, 'dense': 13.5}[density]
    for k in np.arange(-reach + offset, reach, spacing):
        for side in (-1, 1):
            for u in np.arange(-reach, reach, gap):
                if rng.random() < (0.35 if density == 'sparse' else 0.12):
                    continue
                setback = rng.uniform(13, 16)
                x, y = local((cx, cy, 2, 2, t), [(cv.px(u + rng.normal(0, 0.8)), cv.px(k + side * setback))])[0]
                turn = rng.choice([0, 90]) if gap > 14 else 90
                if building(cv, x, y, t + turn + rng.normal(0, 1.5), rng.uniform(11, 17), rng.uniform(8, 11)) and rng.random() < 0.5:
                    dx, dy = local((cx, cy, 2, 2, t), [(cv.px(u + rng.uniform(-5, 5)), cv.px(k + side * 6.4))])[0]
                    car(cv, dx, dy, t + rng.choice([0, 90]))
            for u in np.arange(-reach, reach, 8):
                if rng.random() < 0.12:
                    # Parked at the kerb: on the road, which is claimed, so test against a copy without roads.
                    x, y = local((cx, cy, 2, 2, t), [(cv.px(u), cv.px(k + side * 2.2))])[0]
                    keep = cv.occupied.copy()
                    cv.occupied[:] = 0
                    for o in cv.objects:
                        cv2.fillPoly(cv.occupied, [np.round(corners(o['box'])).astype(np.int32)], 1)
                    car(cv, x, y, t)
                    cv.occupied |= keep
    scatter_trees(cv, int(area_m2(cv) / 250 * rng.uniform(0.2, 1.4)))
    return {'sparse': 'sparseresidential', 'medium': 'mediumresidential', 'dense': 'denseresidential'}[density]


def draw_sports(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['grass', 'grass', 'dry grass'])))
    t = rng.uniform(0, 180)
    if rng.random() < 0.4:
        road(cv, *anywhere(cv), t, rng.uniform(6, 9))
    which = rng.random()
    scene = None
    if which < 0.65:
        x0, y0 = anywhere(cv, -0.15)
        for i in range(int(rng.integers(1, 6))):
            x, y = local((x0, y0, 2, 2, t), [((i // 3) * cv.px(35), (i % 3) * cv.px(18))])[0]
            court(cv, x, y, t)
        scene = 'tenniscourt'
    if which > 0.5:
        for _ in range(int(rng.integers(1, 4))):
            diamond(cv, *anywhere(cv, -0.05), int(rng.integers(0, 4)))
        scene = 'baseballdiamond' if which > 0.65 else scene
    for _ in range(int(rng.integers(0, 3))):
        building(cv, *anywhere(cv), t, rng.uniform(8, 25), rng.uniform(6, 15))
    for _ in range(int(rng.integers(0, 6))):
        car(cv, *anywhere(cv), t)
    scatter_trees(cv, int(rng.integers(0, 20)))
    return scene


def draw_parking(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['asphalt', 'concrete', 'grass', 'dark asphalt', 'soil'])))
    t = rng.uniform(0, 180)
    if rng.random() < 0.4:
        building(cv, *anywhere(cv), t, rng.uniform(20, 50), rng.uniform(15, 35), 8)
    for _ in range(int(rng.integers(1, 3 + area_m2(cv) / 3000))):
        parking_block(cv, *anywhere(cv, -0.1), t + rng.choice([0, 90]), int(rng.integers(1, 4)), int(rng.integers(3, 12)), rng.uniform(0.15, 0.9))
    scatter_trees(cv, int(rng.integers(0, 10)), (1.0, 2.5))
    return 'parkinglot'


def draw_rural(cv):
    rng = cv.rng
    kind = rng.choice(['field', 'forest', 'grass', 'soil'])
    ground(cv, 'grass' if kind == 'forest' else str(kind))
    if rng.random() < 0.4:
        road(cv, *anywhere(cv), rng.uniform(0, 180), rng.uniform(4, 9), str(rng.choice(['asphalt', 'soil', 'concrete'])))
    for _ in range(int(rng.integers(0, 3))):
        building(cv, *anywhere(cv), rng.uniform(0, 180), rng.uniform(9, 30), rng.uniform(7, 14))
    scatter_trees(cv, int(area_m2(cv) / (22 if kind == 'forest' else 500) * rng.uniform(0.5, 1.2)), clear_of_objects=True)
    return {'field': 'agricultural', 'forest': 'forest'}.get(str(kind))


def draw_mixed(cv):
    rng = cv.rng
    ground(cv, str(rng.choice(['grass', 'dry grass', 'soil', 'concrete', 'asphalt', 'sand', 'field'])))
    t = rng.uniform(0, 180)
    for _ in range(int(rng.integers(0, 3))):
        road(cv, *anywhere(cv), t + rng.choice([0, 90]), rng.uniform(5, 12))
    makers = [lambda: airplane(cv, *anywhere(cv), rng.uniform(0, 180), rng.uniform(9, 40)),
              lambda: tank(cv, *anywhere(cv), rng.uniform(6, 34)), lambda: court(cv, *anywhere(cv), rng.uniform(0, 180)),
              lambda: diamond(cv, *anywhere(cv), int(rng.integers(4))),
              lambda: building(cv, *anywhere(cv), t + rng.choice([0, 90]), rng.uniform(8, 32), rng.uniform(7, 18)),
              lambda: car(cv, *anywhere(cv), rng.uniform(0, 180))]
    for _ in range(int(rng.integers(2, 6 + area_m2(cv) / 1000))):
        makers[rng.choice(6, p=[0.2, 0.16, 0.1, 0.08, 0.2, 0.26])]()
    scatter_trees(cv, int(rng.integers(0, 15)))
    return None


DRAW = dict(airfield=draw_airfield, tanks=draw_tanks, residential=draw_residential, sports=draw_sports,
            parking=draw_parking, rural=draw_rural, mixed=draw_mixed)


def visible_objects(objects, ids, width, height):
    """Keeps objects of which at least 35 % is in the picture and not covered; adds the visible fraction."""
    kept = []
    for i, o in enumerate(objects):
        mask = ids == i + 1
        pixels = int(mask.sum())
        box_area = o['box'][2] * o['box'][3]
        pts = np.array(corners(o['box']), np.float32)
        frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        inter, _ = cv2.intersectConvexConvex(cv2.convexHull(pts), frame)
        if pixels >= 4 and box_area > 0 and inter / box_area >= 0.35:
            kept.append({**o, 'id': i + 1, 'inside': float(inter / box_area)})
    return kept


def generate(seed, width=256, height=256, gsd=0.3, kind=None):
    """Returns dict(image u8[H,W,4], ids i16[H,W], objects, scene, present, gsd, kind)."""
    rng = np.random.default_rng(seed)
    kind = kind or str(rng.choice(KINDS, p=[0.2, 0.16, 0.17, 0.13, 0.14, 0.06, 0.14]))
    cv = Canvas(rng, width, height, gsd)
    scene = DRAW[kind](cv)
    image = cv2.GaussianBlur(cv.image, (0, 0), SUPER * rng.uniform(0.35, 0.75))
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    image += rng.normal(0, rng.uniform(0.5, 4), image.shape)
    ids = cv.ids[SUPER // 2::SUPER, SUPER // 2::SUPER]
    return dict(image=np.clip(image, 0, 255).astype(np.uint8), ids=ids.copy(), scene=scene, gsd=gsd, kind=kind,
                objects=visible_objects(cv.objects, ids, width, height), present=sorted(cv.present))
