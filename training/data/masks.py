"""Tiles with the masks of their objects, for the refiner.

Masks come from building footprints, generated scenes, tanks (ellipses), courts, diamonds and cars (by their box), pasted
airplane cut-outs, and vegetation and water by near infrared. The last are of no class.
"""
import math

import cv2
import numpy as np

from ..core import boxes
from .augment import colour, similarity, transform
from .cutouts import cut_outs, long_cars, paste
from .footprints import Footprints
from .items import DIAMOND, OBB, TANK
from .sets import load

NO_CLASS = -1


def polygon_mask(polygons, size=256, shift=4):
    mask = np.zeros((size, size), np.uint8)
    for p in polygons:
        cv2.fillPoly(mask, [np.round((np.asarray(p, float) - 0.5) * 2 ** shift).astype(np.int32)], 255, cv2.LINE_AA, shift)
    return mask


def ellipse_points(box, power=2.0):
    a = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    cx, cy, w, h = box[:4]
    e = 2 / power
    return np.stack([cx + w / 2 * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** e, cy + h / 2 * np.sign(np.sin(a)) * np.abs(np.sin(a)) ** e], 1)


def quarter(image, objects, masks, turn, flip, scale=1.0):
    """Dihedral symmetry of a tile with its boxes and masks, scaled about its middle."""
    m = similarity((128, 128), scale, 90.0 * turn, flip, (128, 128))
    out, moved = transform(image, objects, m, scale, 90.0 * turn, flip, 256)
    m_px = m.copy()
    m_px[:, 2] += m_px[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return out, moved, [cv2.warpAffine(k, m_px, (256, 256), flags=cv2.INTER_LINEAR) for k in masks]


def index_masks(rng, image, most=5):
    """Patches of vegetation (NDVI) or water (NDWI) of u8[256,256,4]: (objects of no class, masks). The threshold is the
    tile's own (Otsu), since NAIP's digital numbers are not reflectances."""
    red, green, nir = (cv2.GaussianBlur(image[..., b].astype(np.float32), (0, 0), 1.2) for b in (0, 1, 3))
    water = rng.random() < 0.3
    index = (green - nir) / (green + nir + 1) if water else (nir - red) / (nir + red + 1)
    scaled = np.clip((index + 1) * 127.5, 0, 255).astype(np.uint8)
    least, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    found = (scaled > max(least, 127.5 * (1.2 if water else 1.05))).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    n, parts, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    objects, masks = [], []
    for k in 1 + rng.permutation(n - 1):
        if not 150 < stats[k, cv2.CC_STAT_AREA] < 14000 or len(objects) == most:
            continue
        part = (parts == k).astype(np.uint8)
        (cx, cy), (w, h), angle = cv2.minAreaRect(np.argwhere(part)[:, ::-1].astype(np.float32) + 0.5)
        if min(w, h) >= 10:
            objects.append((NO_CLASS, *boxes.long_side_first((cx, cy, w, h, angle % 180)), OBB))
            masks.append(part * 255)
    return objects, masks


def tiles(seed, limit, part='train'):
    """Yields dict(image u8, nir, objects, masks u8[256,256] one for each object)."""
    rng = np.random.default_rng(seed)
    ground = Footprints(load('oam', part))
    gen = [it for it in load('gen', part) if it['objects']]
    ucm = load('ucm', part)
    naip = load('naip', part)
    tanks = [it for it in ucm if any(o[0] in (TANK, 2, DIAMOND) for o in it['objects'])]
    planes = [c for c in cut_outs([it for it in ucm if any(o[0] == 0 for o in it['objects'])]) if c['cut']]
    cars = [(dict(it, image=it['image'][:256, :256]), near) for it in load('kit', part) if (near := [o for o in long_cars(it) if max(o[1:3]) < 246])]
    for _ in range(limit):
        kind = str(rng.choice(['oam', 'gen', 'ucm', 'paste', 'kit', 'index'], p=[0.45, 0.17, 0.09, 0.09, 0.13, 0.07]))
        masks = []
        if kind == 'oam':
            image, objects, _, polygons = ground.window(rng, 256, (0.55, 1.6), whole=0.4)
            it = dict(image=image, has_nir=False)
            masks = [polygon_mask(parts) for parts in polygons]
        elif kind == 'gen':
            it = gen[rng.integers(len(gen))]
            order = rng.permutation(len(it['objects']))[:8]
            objects = [it['objects'][i] for i in order]
            masks = [(it['ids'] == it['id_list'][i]).astype(np.uint8) * 255 for i in order]
        elif kind == 'kit':
            it, objects = cars[rng.integers(len(cars))]
            masks = [polygon_mask([boxes.corners(o[1:6])]) for o in objects]
        elif kind == 'index':
            it = naip[rng.integers(len(naip))]
            objects, masks = index_masks(rng, it['image'])
        elif kind == 'ucm':
            it = tanks[rng.integers(len(tanks))]
            objects = [o for o in it['objects'] if o[0] in (TANK, 2, DIAMOND)]
            masks = [polygon_mask([ellipse_points(o[1:6], 4.0 if o[0] == DIAMOND else 2.0)]) if o[0] != 2 else polygon_mask([boxes.corners(o[1:6])]) for o in objects]
        else:
            it = naip[rng.integers(len(naip))]
            canvas, objects, alphas = it['image'].copy(), [], []
            for _ in range(4):
                new = paste(rng, canvas, objects, planes[rng.integers(len(planes))], (0.25, 1.1), alphas)
                if new:
                    objects.append(new)
            it = {**it, 'image': canvas}
            masks = [(a * 255).astype(np.uint8) for a in alphas][:len(objects)]
        if not objects or len(masks) != len(objects):
            continue
        scale = float(np.exp(rng.uniform(math.log(0.6), math.log(1.5)))) if kind == 'kit' else 1.0
        image, objects, masks = quarter(it['image'], objects, masks, int(rng.integers(4)), bool(rng.random() < 0.5), scale)
        near = [i for i, o in enumerate(objects) if 4 < o[1] < 252 and 4 < o[2] < 252]
        if not near:
            continue
        objects, masks = [objects[i] for i in near], [masks[i] for i in near]
        yield dict(image=colour(rng, image), nir=it['has_nir'] and rng.random() < 0.5, objects=objects, masks=masks)


def jitter(rng, box, turned=0.0):
    """A box as a person might draw it, or as loose as the dense head's boxes of large roofs are, since boxes are fitted to masks. `turned`:
    share of boxes whose angle says nothing."""
    cx, cy, w, h, t = box
    if rng.random() < turned:
        # A head that can't tell the angle says sides between the two.
        t, w, h = t + rng.uniform(-45, 45), w ** 0.75 * h ** 0.25, h ** 0.75 * w ** 0.25
    k = float(rng.choice([0.3, 1.0, 2.2, 3.5], p=[0.15, 0.3, 0.3, 0.25]))
    du, dv = rng.normal(0, 0.05 * k, 2)
    c, s = math.cos(math.radians(t)), math.sin(math.radians(t))
    x, y = cx + du * w * c - dv * h * s, cy + du * w * s + dv * h * c
    gw, gh = np.exp(rng.normal(0, 0.09 * k, 2))
    return (x, y, w * gw, h * gh, t + rng.normal(0, 4 * k))
