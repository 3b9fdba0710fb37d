"""What a released model and a new tower make of the same tiles."""
import math

import numpy as np
import torch

from ...core.normalise import normalise
from ...inference.evidence import box_geometry, region_inputs

CELLS, BOXES, REGIONS = 96, 16, 6  # cells, made-up proposals and drawn regions that are kept of a tile


def random_box(rng):
    w, h = np.exp(rng.uniform(math.log(8), math.log(140), 2))
    return (*rng.uniform(8, 248, 2), w, h, float(rng.uniform(0, 180)))


def loosely(rng, o):
    """The box of an object as a head or a person might give it."""
    grow, shift = np.exp(rng.normal(0, 0.15, 2)), rng.normal(0, 0.08, 2)
    return (o[1] + shift[0] * o[3], o[2] + shift[1] * o[4], o[3] * grow[0], o[4] * grow[1], (o[5] + rng.normal(0, 4)) % 180)


def maps(model, x):
    """(tokens, evidence, neck and heat f32[B,rows,cols,..] as the app has them) of pixels."""
    features = model.tower(x)
    ev = model.connector.evidence(*features)
    grids = (v.permute(0, 2, 3, 1).contiguous().numpy() for v in (ev['neck'], torch.sigmoid(ev['heat'])))
    return features[0], ev, *grids


def at_box(neck, box):
    side = len(neck)
    row, col = (min(side - 1, max(0, int(v * side / 256))) for v in (box[1], box[0]))
    return neck[row, col]


def column(values):
    """Numbers or arrays of many boxes -> one tensor, i64 or f32."""
    whole = np.stack(values)
    return torch.from_numpy(whole if whole.dtype == np.int64 else whole.astype(np.float32))


@torch.no_grad()
def cache(teacher, model, samples, first, count, batch=8):
    """A dict of lists of tensors about tiles `first` to `first + count`:

    tiles    tokens f16[N,256,D], stats [N,384] of the new tower, rows f16[N,65,H] of the teacher: patches, whole image
    cells    [M,F] of the new neck, of the teacher's
    boxes    of made-up proposals: geometry [K,6], class i64[K], score [K], features [K,F] of the new neck, of the teacher's
    regions  of drawn ones: geometry [R,6], scores [R,C], features [R,F] of the new model, the same of the teacher
    """
    rng, out = np.random.default_rng((first, count)), dict(tiles=[], cells=[], boxes=[], regions=[])
    for i in range(first, first + count, batch):
        made = [samples.compose(j) for j in range(i, min(first + count, i + batch))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in made]))
        old_tokens, ev, old_neck, old_heat = maps(teacher, x)
        rows = torch.cat([teacher.connector.patch_rows(old_tokens), teacher.connector.global_row(ev['stats'])[:, None]], 1)
        tokens, ev, neck, heat = maps(model, x)
        out['tiles'] += zip(tokens.half(), ev['stats'], rows.half())
        for j, s in enumerate(made):
            at = tuple(rng.integers(neck.shape[1], size=(2, CELLS)))
            out['cells'] += zip(neck[j][at], old_neck[j][at])
            there = [s['objects'][k] for k in rng.permutation(len(s['objects']))[:BOXES // 2]]
            for o in [*there, *[None] * (BOXES - len(there))]:
                box, cls = (random_box(rng), int(rng.integers(heat.shape[-1]))) if o is None else (loosely(rng, o), o[0])
                out['boxes'].append((box_geometry(box), np.int64(cls), rng.uniform(0.05, 1), at_box(neck[j], box), at_box(old_neck[j], box)))
            for k in range(REGIONS):
                box = loosely(rng, there[k]) if k < min(len(there), REGIONS - 2) else random_box(rng)
                out['regions'].append([a[0] for given in ((heat[j], neck[j]), (old_heat[j], old_neck[j])) for a in region_inputs(box, *given)])
    return {name: [torch.stack(v) if name == 'tiles' else column(v) for v in zip(*parts)] for name, parts in out.items()}


def joined(parts):
    """Several results of `cache` as one."""
    return {name: [torch.cat(v) for v in zip(*(part[name] for part in parts))] for name in parts[0]}
