"""Kinds of training samples in which things are small: coarser imagery, and cut-outs at all scales."""
import math

import numpy as np

from ...core.names import PRESENCE, PRESENCE_INDEX
from ..augment import finish_objects, place
from ..crowds.painting import stamp
from ..footprints import cut_buildings
from ..items import C, CAR, DIAMOND, TANK, UPRIGHT
from .placed import BOXED, SHOWS, Made, forget, ground, simple

# Scales at which cut-outs are strewn: airplanes down to light ones in 1 m imagery. Then the share of tiles that begin with each.
STREWN = {0: (0.1, 1.1), TANK: (0.15, 1.2), 2: (0.2, 1.1), DIAMOND: (0.3, 0.9), CAR: (0.18, 1.0)}
FIRST = [0.44, 0.16, 0.12, 0.14, 0.14]


def paste_at(rng, image, objects, cutout, scale):
    """Blends a cut-out into u8[S,S,4] at a free place, at `scale` but at least 12 px long; returns the new object, or None."""
    size, cls = image.shape[0], cutout['cls']
    scale = max(scale, 12 / max(cutout['w'], cutout['h']))
    w, h = cutout['w'] * scale, cutout['h'] * scale
    for _ in range(6):
        cx, cy = rng.uniform(0.03, 0.97, 2) * size
        if all(math.hypot(o[1] - cx, o[2] - cy) > math.hypot(w, h) * 0.4 + math.hypot(o[3], o[4]) * 0.4 for o in objects):
            break
    else:
        return None
    theta = float(rng.integers(4) * 90) if cls == DIAMOND else float(rng.uniform(0, 360))
    patch = np.dstack([cutout['patch'], cutout['patch'][..., 0]])
    new = stamp(rng, image, dict(cutout, patch=patch, nir=False), cx, cy, theta, scale)
    if cls == TANK:
        return (cls, cx, cy, w, h, 0.0, UPRIGHT)
    if cls == DIAMOND:
        return (cls, cx, cy, *((w, h) if theta % 180 == 0 else (h, w)), 0.0, UPRIGHT)
    return new


def strewn(s, rng):
    """Cut-outs at all scales; those of one tile at nearly one, as in a picture of one resolution."""
    out = ground(s, rng)
    out.scene, out.objects = -1, list(out.objects)
    cls = int(rng.choice(list(STREWN), p=FIRST))
    low, high = STREWN[cls]
    scale = float(np.exp(rng.uniform(math.log(low), math.log(high))))
    most = 24 if cls == CAR or scale < 0.3 else 5 if rng.random() < 0.6 else 10
    for _ in range(int(rng.integers(1, most))):
        new = paste_at(rng, out.image, out.objects, s.by_class[cls][rng.integers(len(s.by_class[cls]))], min(high, scale * float(rng.uniform(0.8, 1.25))))
        if new:
            out.objects.append(new)
            if new[0] in SHOWS:
                out.presence[PRESENCE_INDEX[SHOWS[new[0]]]] = 1
            if out.allowed is not None:
                forget(out.allowed, new)
        if rng.random() < 0.1:
            cls = int(rng.choice(list(STREWN)))
    return out


def far(s, rng):
    """Several pictures side by side, shrunk, so that objects are small: tiles that nearly all hold objects of one class, tiles of all
    kinds, streets, or shores."""
    source = str(rng.choice(['alike', 'mixed', 'kit', 'maritime'], p=[0.42, 0.23, 0.25, 0.1]))
    n = int(rng.choice([1, 2], p=[0.4, 0.6]) if source in ('kit', 'maritime') else rng.choice([2, 3, 4], p=[0.5, 0.3, 0.2]))
    part = s.size // n // 8 * 8
    side = part * n
    image = np.zeros((s.size, s.size, 4), np.uint8)
    complete, objects = np.zeros((C, s.size // 8, s.size // 8), bool), []
    alike = s.having[int(rng.choice(list(BOXED)))]
    for q in range(n * n):
        oy, ox = q // n * part, q % n * part
        if source == 'mixed' and rng.random() < 0.3:
            im, obs, com, _ = s.ground.window(rng, part, (max(0.35, part / 256), 1.2), whole=0)
        else:
            it = (s.pick(rng, source) if source in s.sets else alike[rng.integers(len(alike))] if source == 'alike' and rng.random() < 0.7
                  else s.pick(rng, str(rng.choice(['ucm', 'gen'], p=[0.75, 0.25]))))
            fill = part / min(it['image'].shape[:2])
            im, obs, com, _ = place(rng, it, part, (fill, fill * 1.6), free_turn=0.2)
            obs = cut_buildings(obs, com, part)
        obs = finish_objects(obs, com, part)
        image[oy:oy + part, ox:ox + part] = im
        complete[:, oy // 8:(oy + part) // 8, ox // 8:(ox + part) // 8] = com
        objects += [(o[0], o[1] + ox, o[2] + oy, *o[3:]) for o in obs]
    if side < s.size:
        image[side:], image[:, side:] = image[side - 1:side], image[:, side - 1:side]
    return Made(image, objects, complete, np.full(len(PRESENCE), -1, np.int8), holes=side < s.size)


KINDS = {'strewn': strewn, 'far': far, 'ucm-wide': simple('ucm', (0.7, 1.7))}
SETS_OF = {'strewn': ('ucm', 'naip', 'kit'), 'far': ('ucm', 'oam', 'gen', 'kit', 'maritime'), 'ucm-wide': ('ucm',)}
