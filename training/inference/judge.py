"""Which boxes are right on held-out tiles, as the app would show them. Thresholds and calibration are chosen from this.

Held-out tiles of train/ only. Share-alike photographs, which shape no weight, may shape a threshold.
"""
import numpy as np
import torch

from ..core import boxes
from ..core.config import FITTED, PROPOSALS
from ..core.names import BOX_NAMES
from ..core.normalise import normalise
from ..data import sets
from ..data.items import OBB, POOL, SHIP, TRUCK
from . import measure
from .fit_proposals import fit_proposals

LEAST = 0.04  # heat from which boxes are judged


def minsk():
    """Share-alike photographs of train/, as items."""
    return [it for it in sets.decode('kit', experiment=True) if 'BY-SA' in it['row']['licence']][::10]


# Sets whose boxes of a class are all held out but not all labelled. They are judged as if they were: what is found without a label
# counts as wrong, so that a score says too little rather than too much.
CAUTIOUS = {'NEON': ('tree crown',)}


def held_out_sets(limit=None):
    """{name: items}, `limit` items a set at most. Of the photographs the square in their middle. Ships of Sentinel-2 are none of them: a ship of
    five pixels is out of the detector's scale."""
    by_eye = lambda items: [it for it in items if any(it['complete'][c] for c in (POOL, SHIP, TRUCK))]
    sets_ = {'UC Merced': sets.load('ucm', 'val'), 'Nairobi': sets.load('oam', 'val'), 'KIT': sets.load('kit', 'val'), 'Minsk': minsk(),
             'generated': sets.load('gen', 'val')[:60], 'NAIP': by_eye(sets.load('naip', 'val')), 'docks': sets.load('maritime', 'val')[::2],
             'NEON': sets.load('crowns', 'val'), 'power plants': sets.load('power', 'val')}
    out = {name: [measure.square(it) for it in measure.some(items, limit)] for name, items in sets_.items()}
    for name, labels in CAUTIOUS.items():
        out[name] = [dict(it, complete=[sure or BOX_NAMES[c] in labels for c, sure in enumerate(it['complete'])]) for it in out[name]]
    return out


def fits(found, polygons, upright):
    """bool for each found box, best first: whether it is the first at IoU 0.5 with a true one. An upright truth is compared with the box or its upright hull, whichever overlaps more."""
    def overlap(p, q):
        v = boxes.polygon_iou(p, q)
        if upright:
            (x0, y0), (x1, y1) = np.min(p, 0), np.max(p, 0)
            v = max(v, boxes.polygon_iou([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], q))
        return v
    hits = {i for i, _, _ in boxes.match([boxes.corners(b) for b in found], polygons, 0.5, overlap)}
    return [i in hits for i in range(len(found))]


@torch.no_grad()
def judged_tiles(model, items):
    """For each tile {class: (scores, right, n)} of the classes that it is fully labelled for: scores of all boxes from LEAST up, best
    first, whether each is right, and the number of true boxes."""
    first, fitted = [FITTED.get(name, LEAST) for name in model.boxes], {name: 0.0 for name in FITTED}
    for it, r in zip(items, measure.run_dense(model, items)):
        image, objects = measure.to_tile(it)
        found = boxes.propose(r['heat'], r['geom'], PROPOSALS['max'], first, PROPOSALS['nmsIou'])
        found = fit_proposals(model, normalise(image, it['has_nir']), r['neck'], found, fitted)
        tile = {}
        for c, name in enumerate(model.boxes):
            k = BOX_NAMES.index(name)
            if not it['complete'][k]:
                continue
            polygons = measure.truth_polygons(objects, k)
            mine = sorted((p for p in found if p['cls'] == c), key=lambda p: -p['score'])
            right = fits([p['box'] for p in mine], polygons, any(o[0] == k and o[6] != OBB for o in objects))
            tile[c] = [p['score'] for p in mine], right, len(polygons)
        yield tile


def judged_sets(model, limit=None):
    """{set: [tile as judged_tiles gives it]} of all held-out sets, `limit` tiles a set at most."""
    return {name: list(judged_tiles(model, items)) for name, items in held_out_sets(limit).items()}


def pooled(tiles):
    """{class: (scores, right, n)} of tiles together."""
    out = {}
    for tile in tiles:
        for c, (scores, right, n) in tile.items():
            known = out.get(c, ([], [], 0))
            out[c] = known[0] + scores, known[1] + right, known[2] + n
    return out
