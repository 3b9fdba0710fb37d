"""Kinds that place an item of a set, join several, or paint onto one.

A kind returns `Made`. Its objects may reach over the edge and its colours are as photographed: `samples` finishes both.
"""
import dataclasses
import typing

import cv2
import numpy as np

from ...core.names import PRESENCE, PRESENCE_INDEX
from ..augment import finish_objects, place, warp_labels
from ..crowds import lots, marinas
from ..crowds.painting import stamp
from ..cutouts import paste
from ..footprints import cut_buildings
from ..items import BUILDING, C, CAR, DIAMOND, POINT, POOL, SHIP, TANK, TREE, TRUCK
from ..readers import cover

REACH = {0: (0.16, 1.1), TANK: (0.25, 1.2), 2: (0.4, 1.1), DIAMOND: (0.35, 0.9), CAR: (0.25, 1.0)}  # scales at which cut-outs are pasted
PASTED = list(REACH)
SHOWS = {0: 'airplane', TANK: 'tanks', 2: 'court', CAR: 'cars'}  # presence label of a class
BOXED = {0: 0.25, TANK: 0.25, 2: 0.2, DIAMOND: 0.3}  # classes that 'boxed' tiles of UC Merced are picked by


@dataclasses.dataclass
class Made:
    """image u8[S,S,4]; complete bool[C,S/8,S/8]; allowed u8[S,S] of cover's bits or None; points [(x, y)] of trees or None; polygons of
    buildings or None; holes: black ground without imagery."""
    image: np.ndarray
    objects: list
    complete: np.ndarray
    presence: np.ndarray
    scene: int = -1
    nir: bool = False
    points: typing.Any = None
    polygons: typing.Any = None
    holes: bool = False
    allowed: typing.Any = None

    def know(self, shown):
        """After ground was painted over: these labels of presence show, and what showed before may be gone."""
        self.presence[self.presence == 1] = -1
        for label in shown:
            self.presence[PRESENCE_INDEX[label]] = 1


def placed(s, rng, name, it, scale_range, **how):
    """An item of set `name` under a random similarity."""
    image, objects, complete, m = place(rng, it, s.size, scale_range, **how)
    allowed = cover.allowed(name, it) if s.wide else None
    if allowed is not None:
        allowed = warp_labels(allowed, m, s.size, cover.ANY)
    return Made(image, objects, complete, it['presence'].copy(), it['scene'], it['has_nir'], allowed=allowed)


def ucm(s, rng):
    return placed(s, rng, 'ucm', s.pick(rng, 'ucm'), (0.85 * max(s.size / 256, 0.85), 1.35), jitter=1.0)


def boxed(s, rng):
    those = s.having[int(rng.choice(list(BOXED), p=list(BOXED.values())))]
    return placed(s, rng, 'ucm', those[rng.integers(len(those))], (0.6, 1.35))


def handmade(s, rng):
    """A tile that has labels by eye, at scales of ground from 0.15 to 0.6 m a pixel. First one of the files is drawn, then its tile:
    there are few of some."""
    of = s.by_eye[rng.integers(len(s.by_eye))]
    name, it = of[rng.integers(len(of))]
    return cut_large(s, placed(s, rng, name, it, (0.55, 2.0) if name == 'ucm' else (0.9, 2.2)))


def hard(s, rng):
    """A tile on which something was seen that isn't there."""
    of = s.hard[rng.integers(len(s.hard))]
    name, i = of[rng.integers(len(of))][:2]
    return cut_large(s, placed(s, rng, name, s.sets[name][i], (0.8, 1.3)))


def cut_large(s, made):
    made.objects = cut_buildings(made.objects, made.complete, s.size)
    return made


def seen_buildings(objects, complete):
    """Presence of buildings in a window: 1, 0, or -1 (unknown) if only slivers are visible."""
    return 1 if objects else 0 if complete[BUILDING].all() else -1


def oam(s, rng):
    image, objects, complete, polygons = s.ground.window(rng, s.size)
    presence = s.sets['oam'][0]['presence'].copy()
    presence[PRESENCE_INDEX['buildings']] = seen_buildings(objects, complete)
    allowed = cover.footprints(image.shape[:2], [p for parts in polygons for p in parts], image) if s.wide else None
    return Made(image, objects, complete, presence, polygons=polygons, holes=not image[..., :3].any(-1).all(), allowed=allowed)


def cut(name, scale_range):
    """A kind whose buildings are cut at the tile's edge."""
    def kind(s, rng):
        return cut_large(s, placed(s, rng, name, s.pick(rng, name), scale_range))
    return kind


def pasted(s, rng):
    name = 'naip' if rng.random() < 0.6 else 'ucm'
    it = s.pick(rng, 'naip') if name == 'naip' else s.plain[rng.integers(len(s.plain))]
    out = placed(s, rng, name, it, (0.8, 1.6))
    out.scene, out.objects = -1, list(out.objects)
    cls = int(rng.choice(PASTED, p=[0.38, 0.17, 0.13, 0.16, 0.16]))
    most = 20 if cls == CAR else 5 if rng.random() < 0.6 else 10
    for _ in range(int(rng.integers(1, most))):
        new = paste(rng, out.image, out.objects, s.by_class[cls][rng.integers(len(s.by_class[cls]))], REACH[cls])
        if new:
            out.objects.append(new)
            if out.allowed is not None:
                forget(out.allowed, new)
        if rng.random() < 0.15:
            cls = int(rng.choice(PASTED))
    for o in out.objects:
        if o[0] in SHOWS:
            out.presence[PRESENCE_INDEX[SHOWS[o[0]]]] = 1
    return out


def forget(allowed, o):
    """Nothing is known of the ground around an object that was pasted onto it."""
    r = max(o[3], o[4]) / 2 + 4
    allowed[max(0, int(o[2] - r)):int(o[2] + r), max(0, int(o[1] - r)):int(o[1] + r)] = cover.ANY


def trees(s, rng):
    it = s.pick(rng, 'naip')
    it = dict(it, objects=[(TREE, x, y, 8.0, 8.0, 0.0, POINT) for x, y in it['row']['tree_points']])
    out = placed(s, rng, 'naip', it, (0.95, 1.25), free_turn=0.0)
    out.points = [(o[1], o[2]) for o in out.objects if 0 <= o[1] < s.size and 0 <= o[2] < s.size]
    out.objects, out.nir = [], True
    return out


def mosaic(s, rng):
    size, half = s.size, s.size // 2
    image = np.zeros((size, size, 4), np.uint8)
    complete = np.zeros((C, size // 8, size // 8), bool)
    objects = []
    for q in range(4):
        name = str(rng.choice(['ucm', 'ucm', 'oam', 'gen']))
        if name == 'oam':
            im, obs, com, _ = s.ground.window(rng, half, (0.6, 1.2), whole=0)
        else:
            im, obs, com, _ = place(rng, s.pick(rng, name), half, (0.42, 0.75), free_turn=0.2)
            obs = cut_buildings(obs, com, half)
        obs = finish_objects(obs, com, half)
        oy, ox = (q // 2) * half, (q % 2) * half
        image[oy:oy + half, ox:ox + half] = im
        complete[:, oy // 8:(oy + half) // 8, ox // 8:(ox + half) // 8] = com
        objects += [(o[0], o[1] + ox, o[2] + oy, *o[3:]) for o in obs]
    return Made(image, objects, complete, np.full(len(PRESENCE), -1, np.int8))


def ground(s, rng):
    """A tile to paint a crowd onto."""
    name = 'naip' if rng.random() < 0.5 else 'ucm'
    return placed(s, rng, name, s.pick(rng, 'naip') if name == 'naip' else s.plain[rng.integers(len(s.plain))], (0.8, 1.4))


def scattered(s, rng):
    """Pools or trucks where they may or may not stand; what the tile knew of other places stays."""
    out = ground(s, rng)
    out.objects, cls = list(out.objects), int(rng.choice([POOL, TRUCK]))
    for _ in range(int(rng.integers(1, 9))):
        cut = s.small_cuts[cls][rng.integers(len(s.small_cuts[cls]))]
        scale = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
        x, y = rng.uniform(0.05, 0.95, 2) * s.size
        if all(np.hypot(o[1] - x, o[2] - y) > (max(o[3:5]) + cut['w'] * scale) * 0.6 for o in out.objects):
            out.objects.append(stamp(rng, out.image, cut, x, y, float(rng.uniform(0, 360)), scale))
            if out.allowed is not None:
                forget(out.allowed, out.objects[-1])
    return out


def power(s, rng):
    """Two of three show solar panels that are boxed."""
    boxed = [it for it in s.sets['power'] if it['objects']]
    it = boxed[rng.integers(len(boxed))] if rng.random() < 0.67 else s.pick(rng, 'power')
    fill = s.size / min(it['image'].shape[:2])
    return cut_large(s, placed(s, rng, 'power', it, (fill, fill * 1.8)))


def lot(s, rng):
    return lots.lot_on(rng, ground(s, rng), s.small_cuts[CAR], s.small_cuts[TRUCK])


def marina(s, rng):
    return cut_large(s, marinas.marina_on(rng, ground(s, rng), s.small_cuts[SHIP]))


def ships(s, rng):
    """Of water without a ship nothing is known; of land well away from water it is."""
    out = placed(s, rng, 'ships', s.pick(rng, 'ships'), (1.0, 3.0))
    if out.nir:
        green, nir = (out.image[..., b].astype(np.float32) for b in (1, 3))
        dry = cv2.erode((cover.index(green, nir) < 0.0).astype(np.uint8), np.ones((25, 25), np.uint8))
        g = s.size // 8
        out.complete[SHIP] = dry.reshape(g, 8, g, 8).min((1, 3)) > 0
    return out


def whole(name, zoom=(1.0, 1.2), **how):
    """A kind of a small chip that fills the tile, however large the chip is."""
    def kind(s, rng):
        it = s.pick(rng, name)
        fill = s.size / min(it['image'].shape[:2])
        return placed(s, rng, name, it, (fill * zoom[0], fill * zoom[1]), **how)
    return kind


def simple(name, scale_range, **how):
    return lambda s, rng: placed(s, rng, name, s.pick(rng, name), scale_range, **how)


# Scales: a drone's photos of docks at 4 cm a pixel are seen at 4 to 11 cm, and smaller in `far`, ships at 8 m a pixel up to threefold.
KINDS = {'ucm': ucm, 'boxed': boxed, 'oam': oam, 'kit': cut('kit', (0.3, 1.5)), 'gen': cut('gen', (0.6, 2.0)), 'paste': pasted, 'trees': trees, 'mosaic': mosaic,
         'lot': lot, 'marina': marina, 'handmade': handmade, 'hard': hard,
         'eurosat': whole('eurosat'), 'power': power, 'scattered': scattered, 'ships': ships, 'maritime': simple('maritime', (0.35, 0.9)),
         'crowns': simple('crowns', (0.2, 1.2)), 'dubai': simple('dubai', (0.8, 1.6)), 'fields': simple('fields', (0.5, 1.1)),
         'wetlands': simple('wetlands', (1.0, 1.8)), 'pucallpa': simple('pucallpa', (1.15, 2.0))}
SETS_OF = {'hard': ('ucm', 'naip', 'kit', 'maritime', 'oam'), 'boxed': ('ucm',), 'paste': ('ucm', 'naip', 'kit'), 'lot': ('ucm', 'naip', 'kit'), 'marina': ('ucm', 'naip', 'kit'), 'handmade': ('ucm', 'naip'), 'scattered': ('ucm', 'naip', 'kit'), 'trees': ('naip',), 'mosaic': ('ucm', 'oam', 'gen')}  # of the others their own
