"""Augmented training samples, with everything that is known of them."""
import numpy as np

from ..core.names import PRESENCE, PRESENCE_INDEX
from . import defects
from .augment import colour, finish_objects, place
from .cutouts import car_cut_outs, cut_outs, paste
from .footprints import Footprints, cut_buildings
from .sets import BUILDING, CAR, DIAMOND, POINT, TANK, TREE, C, load
from .targets import density_target, footprint_maps, targets

REACH = {0: (0.16, 1.1), TANK: (0.25, 1.2), 2: (0.4, 1.1), DIAMOND: (0.35, 0.9), CAR: (0.25, 1.0)}  # scales at which cut-outs are pasted
PASTED = list(REACH)
SHOWS = {0: 'airplane', TANK: 'tanks', 2: 'court', CAR: 'cars'}  # presence label of a class


def seen_buildings(objects, complete):
    """Presence of buildings in a window: 1, 0, or -1 (unknown) if only slivers are visible."""
    return 1 if objects else 0 if complete[BUILDING].all() else -1


class Samples:
    """Endless, deterministic: sample i depends on (seed, i) only."""
    MIX = [('ucm', 0.23), ('paste', 0.09), ('oam', 0.31), ('kit', 0.08), ('gen', 0.09), ('mosaic', 0.05), ('trees', 0.15)]
    BOXED = {0: 0.25, TANK: 0.25, 2: 0.2, DIAMOND: 0.3}  # classes that 'boxed' tiles of UC Merced are picked by

    def __init__(self, seed, length, size=256, part='train', mix=None, clean=0.6, spoilt=0.4):
        """`clean`: share of tiles whose colours change without slight blur or noise; only these are judged for quality.
        `spoilt`: share of the clean ones that get a defect."""
        self.seed, self.length, self.size = seed, length, size
        self.clean, self.spoilt = clean, spoilt
        self.sets = {n: load(n, part) for n in ('ucm', 'oam', 'kit', 'naip', 'gen')}
        self.ground = Footprints(self.sets['oam'])
        self.cuts = cut_outs(self.sets['ucm'])
        self.by_class = {k: [c for c in self.cuts if c['cls'] == k] for k in range(4)}
        self.by_class[CAR] = car_cut_outs(self.sets['kit'])
        names, p = zip(*(mix or self.MIX))
        self.names, self.p = names, np.array(p) / sum(p)
        self.having = {k: [it for it in self.sets['ucm'] if any(o[0] == k for o in it['objects'])] for k in self.BOXED}
        self.plain = [it for it in self.sets['ucm'] if not it['objects'] and it['complete'][0] and it['complete'][1]]

    def __len__(self):
        return self.length

    def pick(self, rng, name):
        items = self.sets[name]
        return items[rng.integers(len(items))]

    def compose(self, i):
        """Augmented image with what is known of it: dict(image, nir, scene, presence, objects, complete, ids)."""
        rng = np.random.default_rng((self.seed, i))
        size = self.size
        zoom = size / 256
        kind = str(rng.choice(self.names, p=self.p))
        scene, nir, points, polygons, holes = -1, False, None, None, False
        if kind == 'ucm':
            it = self.pick(rng, 'ucm')
            image, objects, complete = place(rng, it, size, (0.85 * max(zoom, 0.85), 1.35), jitter=1.0)
            scene, presence = it['scene'], it['presence'].copy()
        elif kind == 'boxed':
            those = self.having[int(rng.choice(list(self.BOXED), p=list(self.BOXED.values())))]
            it = those[rng.integers(len(those))]
            image, objects, complete = place(rng, it, size, (0.6, 1.35))
            scene, presence = it['scene'], it['presence'].copy()
        elif kind == 'oam':
            image, objects, complete, polygons = self.ground.window(rng, size)
            holes = not image[..., :3].any(-1).all()
            presence = self.sets['oam'][0]['presence'].copy()
            presence[PRESENCE_INDEX['buildings']] = seen_buildings(objects, complete)
        elif kind in ('kit', 'gen'):
            it = self.pick(rng, kind)
            image, objects, complete = place(rng, it, size, {'kit': (0.3, 1.5), 'gen': (0.6, 2.0)}[kind])
            objects = cut_buildings(objects, complete, size)
            nir, presence = it['has_nir'], it['presence'].copy()
            scene = it['scene']
        elif kind == 'paste':
            it = self.pick(rng, 'naip') if rng.random() < 0.6 else self.plain[rng.integers(len(self.plain))]
            image, objects, complete = place(rng, it, size, (0.8, 1.6))
            nir, presence = it['has_nir'], it['presence'].copy()
            objects = list(objects)
            cls = int(rng.choice(PASTED, p=[0.38, 0.17, 0.13, 0.16, 0.16]))
            most = 20 if cls == CAR else 5 if rng.random() < 0.6 else 10
            for _ in range(int(rng.integers(1, most))):
                new = paste(rng, image, objects, self.by_class[cls][rng.integers(len(self.by_class[cls]))], REACH[cls])
                if new:
                    objects.append(new)
                if rng.random() < 0.15:
                    cls = int(rng.choice(PASTED))
            for o in objects:
                if o[0] in SHOWS:
                    presence[PRESENCE_INDEX[SHOWS[o[0]]]] = 1
        elif kind == 'trees':
            it = self.pick(rng, 'naip')
            it = dict(it, objects=[(TREE, x, y, 8.0, 8.0, 0.0, POINT) for x, y in it['row']['tree_points']])
            image, objects, complete = place(rng, it, size, (0.95, 1.25), free_turn=0.0)
            points = [(o[1], o[2]) for o in objects if 0 <= o[1] < size and 0 <= o[2] < size]
            objects, nir, presence = [], True, it['presence'].copy()
        else:
            image = np.zeros((size, size, 4), np.uint8)
            complete = np.zeros((C, size // 8, size // 8), bool)
            objects, presence = [], np.full(len(PRESENCE), -1, np.int8)
            half = size // 2
            for q in range(4):
                name = str(rng.choice(['ucm', 'ucm', 'oam', 'gen']))
                if name == 'oam':
                    im, obs, com, _ = self.ground.window(rng, half, (0.6, 1.2), whole=0)
                else:
                    im, obs, com = place(rng, self.pick(rng, name), half, (0.42, 0.75), free_turn=0.2)
                    obs = cut_buildings(obs, com, half)
                obs = finish_objects(obs, com, half)
                oy, ox = (q // 2) * half, (q % 2) * half
                image[oy:oy + half, ox:ox + half] = im
                complete[:, oy // 8:(oy + half) // 8, ox // 8:(ox + half) // 8] = com
                objects += [(o[0], o[1] + ox, o[2] + oy, *o[3:]) for o in obs]
        objects = finish_objects(objects, complete, size)
        clean = rng.random() < self.clean  # on the others slight blur or noise may or may not count as a defect
        image = colour(rng, image, spoil=not clean)
        image, quality = defects.maybe(rng, image, self.spoilt if clean else 0.0)
        if not clean or holes:
            quality[:] = -1  # black ground without a tile looks like missing data and isn't
        if nir and rng.random() < (0.35 if kind == 'trees' else 0.5):
            nir = False
        return dict(image=image, nir=bool(nir), scene=int(scene), presence=presence, objects=objects, complete=complete, kind=kind,
                    points=points, quality=quality, polygons=polygons)

    def __getitem__(self, i):
        s = self.compose(i)
        heat, weight, box, bw, hull = targets(s['objects'], s['complete'], self.size)
        g = self.size // 8
        density = np.full((g, g), -1, np.float32) if s['points'] is None else density_target(s['points'], self.size)
        prints = np.full((2, 2 * g, 2 * g), -1, np.float32) if s['polygons'] is None else footprint_maps(s['polygons'], self.size)
        return dict(image=s['image'], nir=np.float32(s['nir']), prints=prints, scene=np.int64(s['scene']), presence=s['presence'].astype(np.float32),
                    heat=heat, weight=weight, box=box, bw=bw, hull=hull, density=density, quality=s['quality'].astype(np.float32))
