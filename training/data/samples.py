"""Augmented training samples, with everything that is known of them."""
import numpy as np

from ..core.names import CLASSES
from . import defects
from .augment import colour, finish_objects
from .crowds.painting import cuts
from .cutouts import car_cut_outs, cut_outs, long_cars
from .footprints import Footprints
from .items import CAR, POOL, SHIP, TRUCK
from .kinds import BOXED, KINDS, SETS_OF
from .readers import cover, hand
from .sets import load
from .targets import density_target, footprint_maps, targets


class Samples:
    """Endless, deterministic: sample i depends on (seed, i) only."""
    MIX = [('ucm', 0.23), ('paste', 0.09), ('oam', 0.31), ('kit', 0.09), ('gen', 0.09), ('mosaic', 0.05), ('trees', 0.15)]
    # Edition 1.0: `wide`.
    WIDE = [('ucm', 0.09), ('ucm-wide', 0.05), ('boxed', 0.08), ('far', 0.1), ('strewn', 0.08), ('lot', 0.06), ('marina', 0.03), ('handmade', 0.08), ('scattered', 0.03), ('oam', 0.4),
            ('kit', 0.09), ('gen', 0.025), ('trees', 0.06), ('eurosat', 0.04), ('ships', 0.02), ('maritime', 0.02), ('crowns', 0.01), ('dubai', 0.05),
            ('fields', 0.015), ('wetlands', 0.005), ('pucallpa', 0.005), ('power', 0.02)]

    HARD = 0.14

    def __init__(self, seed, length, size=256, part='train', mix=None, clean=0.6, spoilt=0.4, wide=False, hard=None):
        """`clean`: share of tiles whose colours change without slight blur or noise; only these are judged for quality.
        `spoilt`: share of the clean ones that get a defect. `wide`: things of BOXES and land cover; otherwise CLASSES alone.
        `hard`: {class: [(set, index, …)]} as stages.tower.hard writes it, tiles that HARD of the samples show, each class as often."""
        self.seed, self.length, self.size, self.wide = seed, length, size, wide
        self.clean, self.spoilt = clean, spoilt
        names, p = zip(*(mix or (self.WIDE if wide else self.MIX)))
        self.hard = [tiles for tiles in (hard or {}).values() if tiles]
        if self.hard:
            names, p = (*names, 'hard'), (*(v * (1 - self.HARD) / sum(p) for v in p), self.HARD)
        self.names, self.p = names, np.array(p) / sum(p)
        self.sets = {n: load(n, part) for n in dict.fromkeys(n for kind in names for n in SETS_OF.get(kind, (kind,)))}
        if 'oam' in self.sets:
            self.ground = Footprints(self.sets['oam'])
        if 'ucm' in self.sets:
            self.having = {k: [it for it in self.sets['ucm'] if any(o[0] == k for o in it['objects'])] for k in BOXED}
            self.plain = [it for it in self.sets['ucm'] if all(o[0] not in BOXED for o in it['objects']) and it['complete'][0] and it['complete'][1]]
        if 'handmade' in names:
            of = {(n, it['row']['file']): (n, it) for n in ('ucm', 'naip') for it in self.sets[n]}
            by_eye = [[of[r['set'], r['file']] for r in hand.read(name) if (r['set'], r['file']) in of] for name in hand.FILES]
            self.by_eye = [tiles for tiles in by_eye if tiles]
        if {'paste', 'strewn'} & set(names):
            self.cuts = cut_outs(self.sets['ucm'])
            self.by_class = {k: [c for c in self.cuts if c['cls'] == k] for k in range(4)}
            self.by_class[CAR] = car_cut_outs(self.sets['kit'])

        if {'lot', 'marina', 'scattered'} & set(names):
            self.small_cuts = {k: cuts([*self.sets['ucm'], *self.sets['naip']], k) for k in (CAR, TRUCK, SHIP, POOL)}
            self.small_cuts[CAR] += 4 * cuts([dict(it, objects=long_cars(it)) for it in self.sets['kit']], CAR)

    def __len__(self):
        return self.length

    def pick(self, rng, name):
        items = self.sets[name]
        return items[rng.integers(len(items))]

    def compose(self, i):
        """Augmented image with what is known of it: dict(image, nir, scene, presence, objects, complete, kind, points, quality, polygons, allowed)."""
        rng = np.random.default_rng((self.seed, i))
        kind = str(rng.choice(self.names, p=self.p))
        made = KINDS[kind](self, rng)
        objects, complete, nir = made.objects, made.complete, made.nir
        if not self.wide:
            objects, complete = [o for o in objects if o[0] < len(CLASSES)], complete[:len(CLASSES)].copy()
        objects = finish_objects(objects, complete, self.size)
        clean = rng.random() < self.clean  # on the others slight blur or noise may or may not count as a defect
        image = colour(rng, made.image, spoil=not clean)
        image, quality = defects.maybe(rng, image, self.spoilt if clean else 0.0)
        if made.allowed is not None and quality[defects.MISSING] == 1:
            made.allowed[~image[..., :3].any(-1)] = cover.ANY
        if not clean or made.holes:
            quality[:] = -1  # black ground without a tile looks like missing data and isn't
        if nir and rng.random() < (0.35 if kind == 'trees' else 0.5):
            nir = False
        return dict(image=image, nir=bool(nir), scene=int(made.scene), presence=made.presence, objects=objects, complete=complete, kind=kind,
                    points=made.points, quality=quality, polygons=made.polygons, allowed=made.allowed)

    def __getitem__(self, i):
        """Arrays of a sample. With `wide` also `allowed` u8[S,S], what each pixel's cover may be (bits), and `cover` u8[S,S], its class where that
        is one, else COVER_UNKNOWN."""
        s = self.compose(i)
        heat, weight, box, bw, hull = targets(s['objects'], s['complete'], self.size)
        g = self.size // 8
        density = np.full((g, g), -1, np.float32) if s['points'] is None else density_target(s['points'], self.size)
        prints = np.full((2, 2 * g, 2 * g), -1, np.float32) if s['polygons'] is None else footprint_maps(s['polygons'], self.size)
        out = dict(image=s['image'], nir=np.float32(s['nir']), prints=prints, scene=np.int64(s['scene']), presence=s['presence'].astype(np.float32),
                   heat=heat, weight=weight, box=box, bw=bw, hull=hull, density=density, quality=s['quality'].astype(np.float32))
        if self.wide:
            allowed = np.full((self.size, self.size), cover.ANY, np.uint8) if s['allowed'] is None else s['allowed']
            out |= dict(allowed=allowed, cover=cover.one_class(allowed))
        return out
