"""What the land cover of every pixel may be, as far as a set knows: u8[H,W] of bits, bit k for class k of COVER.

A single bit is a known class; several say what it isn't ("not water", "trees or grass"), and all of them say nothing. Labels are loose
by some pixels, so a rim along each of their edges is left unknown. `one_class` makes a mask of classes of it.
"""
import cv2
import numpy as np

from ...core.names import COVER, COVER_UNKNOWN, SCENES, SCENES_10M
from .older import OPEN_GROUND

WATER, TREES, LOW, BARE, BUILT, PAVED = (1 << k for k in range(len(COVER)))
ANY = (1 << len(COVER)) - 1
GREEN, SEALED = TREES | LOW, BUILT | PAVED
LAND = ANY & ~WATER

# Classes of a single bit, by its value; the rest is unknown.
ONE = np.full(256, COVER_UNKNOWN, np.uint8)
for k in range(len(COVER)):
    ONE[1 << k] = k


def one_class(allowed):
    """u8[...] of bits -> u8[...] of classes, COVER_UNKNOWN where there is more than one or none."""
    return ONE[allowed]


def blur_edges(labels, allowed, px):
    """Sets `allowed` to ANY within `px` of where two labels meet, in place."""
    kernel = np.ones((2 * px + 1, 2 * px + 1), np.uint8)
    allowed[cv2.dilate(labels, kernel) != cv2.erode(labels, kernel)] = ANY
    return allowed


def by_table(labels, table, rim):
    """`table`: what each label of u8[H,W] may be."""
    lut = np.full(256, ANY, np.uint8)
    lut[:len(table)] = table
    return blur_edges(labels, lut[labels], rim)


def dubai(it):
    """Of the tiles 7 and 8 "building" is whole blocks with their yards and streets; "vegetation" of tile 6 is mangroves and shallow
    water. "Land" is sand with scrub, yards and sheds: sand alone is bright and smooth."""
    place, labels = it['group'][-1], it['mask']
    building = LAND if place in '78' else BUILT
    allowed = by_table(labels, [ANY, building, LAND & ~TREES, PAVED, GREEN | WATER if place == '6' else GREEN, WATER], 4)
    light = it['image'][..., :3].mean(-1).astype(np.float32)
    smooth = np.sqrt(np.maximum(cv2.blur(light * light, (9, 9)) - cv2.blur(light, (9, 9)) ** 2, 0)) < 12
    built = cv2.dilate(np.isin(labels, (1, 3)).astype(np.uint8), np.ones((31, 31), np.uint8)) > 0
    allowed[(allowed == LAND & ~TREES) & smooth & (light > 110) & ~built] = BARE
    return allowed


def fields(it):
    return by_table(it['mask'], [ANY, LOW | BARE], 4)


def water_mask(it):
    return by_table(it['mask'], [LAND, WATER], 2)


def world_cover(it):
    """ESA WorldCover at 30 m; cropland may lie bare, and what is built-up is mixed with gardens."""
    return by_table(it['mask'], [ANY, TREES, GREEN, LOW, LOW | BARE, SEALED | LOW, BARE, ANY, WATER, WATER | GREEN, TREES | WATER, LOW | BARE], 1)


EUROSAT = {'forest': TREES, 'sea_lake': WATER, 'annual_crop': LOW | BARE, 'pasture': GREEN, 'herbaceous_vegetation': GREEN | BARE, 'permanent_crop': GREEN | BARE,
           'residential': LAND, 'highway': LAND}


def eurosat(it):
    """Of a whole chip, where one kind of ground fills it. Edges are left out: a neighbour may begin there."""
    allowed = np.full(it['image'].shape[:2], ANY, np.uint8)
    allowed[4:-4, 4:-4] = EUROSAT.get(SCENES_10M[it['scene'] - len(SCENES)][0], ANY)
    return allowed


def index(a, b):
    """Normalised difference of two bands, f32[H,W] in -1..1."""
    return (a - b) / (a + b + 1)


def naip(it):
    """From red, green, near infrared and tree points of 0.6 m imagery. Digital numbers are no reflectances, so thresholds are far apart,
    and shadows are left unknown."""
    red, green, blue, nir = (cv2.GaussianBlur(it['image'][..., b].astype(np.float32), (0, 0), 1.0) for b in range(4))
    ndvi, light = index(nir, red), (red + green + blue) / 3
    allowed = np.full(ndvi.shape, ANY, np.uint8)
    far = np.ones(ndvi.shape, np.uint8)
    for x, y in it['row']['tree_points']:
        far[min(255, max(0, int(y))), min(255, max(0, int(x)))] = 0
    away = cv2.distanceTransform(far, cv2.DIST_L2, 5)
    rough = np.sqrt(np.maximum(cv2.blur(nir * nir, (9, 9)) - cv2.blur(nir, (9, 9)) ** 2, 0))
    sunny, wet, alive = light > 60, index(green, nir) > 0.12, ndvi > 0.14
    allowed[sunny & ~wet] = LAND
    allowed[(ndvi < -0.02) & sunny & ~wet] = BARE | SEALED
    allowed[alive] = GREEN
    allowed[alive & (away < 4)] = TREES
    lawn = (alive & (away > 20) & (rough < 9) & sunny).astype(np.uint8)
    allowed[cv2.morphologyEx(lawn, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8)) > 0] = LOW  # hedges without points are narrow
    return allowed


def wetlands(it):
    allowed = water_mask(it)
    red, nir = (it['image'][..., b].astype(np.float32) for b in (0, 3))
    allowed[(allowed == LAND) & (index(nir, red) > 0.2)] = GREEN
    return allowed


def footprints(shape, polygons, image):
    """From complete footprints: buildings, and elsewhere anything else. Black ground holds no imagery."""
    inside = np.zeros(shape, np.uint8)
    for p in polygons:
        cv2.fillPoly(inside, [np.round((np.asarray(p, float) - 0.5) * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    allowed = by_table(inside, [ANY & ~BUILT, BUILT], 3)
    allowed[~image[..., :3].any(-1)] = ANY
    return allowed


# What the labels of UC Merced's tiles bring with them. Ships, cars and airplanes stand on what is labelled besides.
SHOWN = {'water': WATER, 'sea': WATER, 'trees': TREES, 'chaparral': GREEN | BARE, 'grass': LOW, 'field': LOW | BARE, 'bare-soil': BARE, 'sand': BARE,
         'buildings': BUILT, 'mobile-home': BUILT, 'tanks': BUILT, 'pavement': PAVED, 'court': PAVED, 'dock': SEALED, 'ship': SEALED, 'airplane': SEALED, 'cars': PAVED}


def ucm(it):
    """A tile's labels are complete: what none of them brings isn't there. Swimming pools have no label. Areas by eye are sure but for their
    rim."""
    allowed = 0 if it['row']['scene'] in OPEN_GROUND | {'parkinglot'} else WATER
    for label in it['row']['present']:
        allowed |= SHOWN[label]
    out = np.full(it['image'].shape[:2], allowed if it['row']['present'] else ANY, np.uint8)
    for k, polygon in it.get('areas', ()):
        inside = np.zeros(out.shape, np.uint8)
        cv2.fillPoly(inside, [np.array(polygon, np.int32)], 1)
        out[cv2.erode(inside, np.ones((5, 5), np.uint8), borderValue=0) > 0] = 1 << k
    return out


RULES = {'ucm': ucm, 'naip': naip, 'oam': lambda it: footprints(it['image'].shape[:2], it['polygons'], it['image']), 'dubai': dubai, 'fields': fields,
         'wetlands': wetlands, 'pucallpa': water_mask, 'hls': world_cover, 'eurosat': eurosat}


def allowed(name, it):
    """u8[H,W] of an item of set `name`; None where the set knows nothing of land cover."""
    rule = RULES.get(name)
    return None if rule is None else rule(it)
