"""Training examples of the language stage: features of a frozen tower and connector, cached with each tile's record (what is known
about it), its proposals marked right or wrong, and regions that a user might draw."""
import math

import numpy as np
import torch

from ..core import boxes
from ..core.names import CLASSES, DENSITY_STEPS, PRESENCE, SCENES
from ..core.normalise import normalise
from ..inference.evidence import proposal_inputs, propose, region_inputs, spoken
from ..inference.fit_proposals import fit_proposals
from ..model.precision import autocast

MIX = [('ucm', 0.42), ('paste', 0.12), ('oam', 0.10), ('kit', 0.05), ('gen', 0.22), ('mosaic', 0.02), ('trees', 0.07)]
EVIDENCE = ('stats', 'scene', 'presence', 'quality', 'count')


def truth_of(proposals, sample):
    """Marks proposals right or wrong where labels are complete at their cell; None where labels are incomplete."""
    polygons = {}
    for o in sample['objects']:
        polygons.setdefault(o[0], []).append(boxes.corners(o[1:6]))
    grid = sample['complete'].shape[1]
    for cls in {p['cls'] for p in proposals}:
        mine = sorted((p for p in proposals if p['cls'] == cls), key=lambda p: -p['score'])
        hits = {i for i, _, _ in boxes.match([boxes.corners(p['box']) for p in mine], polygons.get(cls, []), 0.3, boxes.polygon_iou)}
        for i, p in enumerate(mine):
            col, row = (min(grid - 1, max(0, int(v / 8))) for v in p['box'][:2])
            known = sample['complete'][cls, row, col]
            p['truth'] = True if i in hits else (False if known else None)


def regions_of(rng, sample, heat, neck):
    """Up to three boxes a user might draw: jittered objects, and background where every class is labelled."""
    out = []
    objects = [sample['objects'][i] for i in rng.permutation(len(sample['objects']))[:2]]
    for o in objects:
        grow = rng.uniform(0.85, 1.4, 2)
        shift = rng.normal(0, 0.08, 2)
        box = (o[1] + shift[0] * o[3], o[2] + shift[1] * o[4], o[3] * grow[0], o[4] * grow[1], o[5] if rng.random() < 0.5 else 0.0)
        if box[4] == 0.0 and o[5] % 90:  # an upright drawing around a turned object
            pts = np.array(boxes.corners(o[1:6]))
            lo, hi = pts.min(0), pts.max(0)
            box = (*(lo + hi) / 2, *((hi - lo) * grow), 0.0)
        out.append((region_inputs(box, heat, neck), int(o[0])))
    if sample['complete'].mean() > 0.99:
        for _ in range(8):
            w, h = rng.uniform(20, 70, 2)
            box = (*rng.uniform(30, 226, 2), w, h, 0.0)
            if all(math.hypot(o[1] - box[0], o[2] - box[1]) > (math.hypot(w, h) + math.hypot(o[3], o[4])) / 2 for o in sample['objects']):
                out.append((region_inputs(box, heat, neck), None))
                break
    return out


def record_of(sample, evidence):
    """Labels where there are any, else what the encoder is sure of. Defects and tree numbers are always the encoder's own
    reading, since the language model only repeats them."""
    scene = sample['scene']
    p = torch.softmax(evidence['scene'][:len(SCENES)], -1)
    if scene < 0 and p.max() > 0.6:
        scene = int(p.argmax())
    present = {}
    for k, v in enumerate(sample['presence']):
        q = float(torch.sigmoid(evidence['presence'][k]))
        if v >= 0 or q > 0.85 or q < 0.1:
            present[PRESENCE[k][0]] = bool(v) if v >= 0 else q > 0.5
    near = (torch.log1p(evidence['count'][0]) - torch.log1p(torch.tensor(DENSITY_STEPS, dtype=torch.float32))).abs().argmin()
    return dict(scene=scene if scene >= 0 else None, present=present, trees=DENSITY_STEPS[int(near)],
                quality=[int(i) for i in (evidence['quality'] > 0).nonzero()[:, 0]])


@torch.no_grad()
def cache(model, samples, first, count, batch=16):
    """List of dict(tokens f16, stats, scene, presence logits, proposals inputs, record, regions)."""
    out = []
    for i in range(first, first + count, batch):
        part = [samples.compose(j) for j in range(i, min(i + batch, first + count))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part]))
        with autocast('cpu'):
            features = model.tower(x)
            ev = model.connector.evidence(*features)
        heat = torch.sigmoid(ev['heat'].float()).permute(0, 2, 3, 1).contiguous().numpy()
        geom = ev['geom'].float().permute(0, 2, 3, 1).contiguous().numpy()
        neck = ev['neck'].float().permute(0, 2, 3, 1).contiguous().numpy()
        ev['count'] = ev['density'].sum((2, 3))
        for j, s in enumerate(part):
            proposals = spoken(model, fit_proposals(model, x[j].numpy(), neck[j], propose(model, heat[j], geom[j])))
            truth_of(proposals, s)
            g, sc, f = proposal_inputs(proposals, heat[j], neck[j])
            rng = np.random.default_rng((77, i + j))
            complete = [bool(c) for c in s['complete'].reshape(len(CLASSES), -1).mean(1) > 0.97]
            mine = {k: ev[k][j].float() for k in EVIDENCE}
            record = dict(proposals=[dict(cls=q['cls'], score=q['score'], truth=q['truth']) for q in proposals], complete=complete,
                          **record_of(s, mine))
            out.append(dict(tokens=features[0][j].half(), **mine, geometry=torch.from_numpy(g), scores=torch.from_numpy(sc),
                            features=torch.from_numpy(f).half(), record=record, regions=regions_of(rng, s, heat[j], neck[j]), kind=s['kind']))
    return out
