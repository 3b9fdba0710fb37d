"""The canvas of generated scenes, at twice the wanted resolution: texture, shadows, an instance map and which ground is taken. Also
the ground and the roads. Colours are digital numbers in four bands (R, G, B, NIR); lengths are in metres."""
import math

import cv2
import numpy as np

from ..core.boxes import corners

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
        """True if the box (grown by a margin) lies mostly in the picture and touches nothing that is taken."""
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

    def occupy(self, box):
        """Claims a box, whether or not it was free."""
        cv2.fillPoly(self.occupied, [np.round(corners(box)).astype(np.int32)], 1)

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
        cv.occupy(box)
    cv.present.add('pavement')
    return box
