"""Scene generator: plausible overhead imagery in four bands (R, G, B, NIR) with exact labels.

`generate(seed, width, height, gsd, kind)` draws ground, roads, buildings with shadows, trees, airplanes, tanks, courts,
diamonds and cars at twice the wanted resolution and averages down. Everything is drawn from numbers, no imagery.
"""
import math

import cv2
import numpy as np

from ..core.boxes import corners
from .canvas import SUPER, Canvas, ground, local, road
from .objects import airplane, building, car, court, diamond, parking_block, scatter_trees, tank

KINDS = ['airfield', 'tanks', 'residential', 'sports', 'parking', 'rural', 'mixed']


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
                        cv.occupy(o['box'])
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
