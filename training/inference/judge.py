"""Which boxes are right on held-out tiles, as the app would show them. Thresholds and calibration are chosen from this.

Held-out tiles of train/ only. Share-alike photographs, which shape no weight, may shape a threshold.
"""
import numpy as np
import torch

from ..core import boxes
from ..core.config import FITTED, PROPOSALS
from ..core.names import CLASSES
from ..core.normalise import normalise
from ..data import sets
from ..data.items import OBB
from . import measure
from .fit_proposals import fit_proposals

LEAST = 0.04  # heat from which boxes are judged


def minsk():
    """Share-alike photographs of train/, as items."""
    return [it for it in sets.decode('kit', experiment=True) if 'BY-SA' in it['row']['licence']][::10]


def held_out_sets(limit=None):
    """{name: items}, `limit` items a set at most."""
    sets_ = {'UC Merced': sets.load('ucm', 'val'), 'Nairobi': sets.load('oam', 'val'), 'KIT': sets.load('kit', 'val'), 'Minsk': minsk(),
             'generated': sets.load('gen', 'val')[:60]}
    return {name: items[:limit] for name, items in sets_.items()}


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
    first, fitted = [FITTED.get(name, LEAST) for name, _, _ in CLASSES], {name: 0.0 for name in FITTED}
    for it, r in zip(items, measure.run_dense(model, items)):
        image, objects = measure.to_tile(it)
        found = boxes.propose(r['heat'], r['geom'], 2 * PROPOSALS['max'], first, PROPOSALS['nmsIou'])
        found = fit_proposals(model, normalise(image, it['has_nir']), r['neck'], found, fitted)
        tile = {}
        for c in range(len(CLASSES)):
            if not it['complete'][c]:
                continue
            polygons = measure.truth_polygons(objects, c)
            mine = sorted((p for p in found if p['cls'] == c), key=lambda p: -p['score'])
            right = fits([p['box'] for p in mine], polygons, any(o[0] == c and o[6] != OBB for o in objects))
            tile[c] = [p['score'] for p in mine], right, len(polygons)
        yield tile


def judged(model, items):
    """{class: (scores, right, n)} of all tiles together."""
    out = {c: ([], [], 0) for c in range(len(CLASSES))}
    for tile in judged_tiles(model, items):
        for c, (scores, right, n) in tile.items():
            out[c] = out[c][0] + scores, out[c][1] + right, out[c][2] + n
    return out
