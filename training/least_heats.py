"""F1 of the boxes by least score, for each class and validation set, as the app would show them (fitted where it fits them), and the heat's calibration: what
language.PROPOSALS and language.CALIBRATION are set from.

    python -m training.least_heats --checkpoint CKPT [--refiner REFINER.pt]
Held-out tiles of train/ only. Share-alike photographs, which shape no weight, may shape a threshold.
"""
import argparse

import numpy as np
import torch

from . import boxes, data, measure, pipeline
from .language import PROPOSALS
from .model import Nadir
from .names import CLASSES
from .normalise import normalise
from .train_encoder import load_fitting

REAL = [4, 5]  # classes with real held-out objects enough: generated ones, which are easier, don't count
STEPS = np.round(np.r_[0.04:0.14:0.01, 0.16:0.82:0.04], 2)
FIRST = {'building': 0.1, 'car': 0.12}  # least heat before fitting


def minsk():
    """Share-alike photographs of train/, as items."""
    cars = dict(data.load_sets('train', share_alike=True))['kit']
    return [dict(it, has_nir=False, scene=-1, image=data.as_array(it)) for it in cars if 'BY-SA' in it['row']['licence']][::10]


def validation_sets():
    return {'UC Merced': data.load('ucm', 'val'), 'Nairobi': data.load('oam', 'val'), 'KIT': data.load('kit', 'val'), 'Minsk': minsk(),
            'generated': data.load('gen', 'val')[:60]}


def fits(found, polygons, upright):
    """bool for each found box, best first: is it the first at IoU 0.5 of a true one? An upright truth takes hull or box."""
    def overlap(p, q):
        v = boxes.polygon_iou(p, q)
        if upright:
            (x0, y0), (x1, y1) = np.min(p, 0), np.max(p, 0)
            v = max(v, boxes.polygon_iou([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], q))
        return v
    hits = {i for i, _, _ in boxes.match([boxes.corners(b) for b in found], polygons, 0.5, overlap)}
    return [i in hits for i in range(len(found))]


@torch.no_grad()
def judged(model, items):
    """For each class: (scores, right) of all boxes over the least step, and the number of true ones."""
    out = {c: ([], [], 0) for c in range(len(CLASSES))}
    fitted = {name: 0.0 for name in pipeline.FITTED}
    for it, r in zip(items, measure.run_dense(model, items)):
        image, objects = measure.to_tile(it)
        found = boxes.propose(r['heat'], r['geom'], 2 * PROPOSALS['max'], [FIRST.get(n, float(STEPS[0])) for n, _, _ in CLASSES], PROPOSALS['nmsIou'])
        found = pipeline.fit_proposals(model, normalise(image, it['has_nir']), r['neck'], found, fitted)
        for c in range(len(CLASSES)):
            if not it['complete'][c]:
                continue
            polygons = measure.truth_polygons(objects, c)
            mine = sorted((p for p in found if p['cls'] == c), key=lambda p: -p['score'])
            scores, right, n = out[c]
            scores += [p['score'] for p in mine]
            right += fits([p['box'] for p in mine], polygons, any(o[0] == c and o[6] != data.OBB for o in objects))
            out[c] = scores, right, n + len(polygons)
    return out


def calibration(scores, right, steps=100):
    """(slope, offset) of the logistic regression of right [N] on the log odds of scores [N] over the least heat, by Newton's method in
    steps that never make it worse; a weak prior towards slope 1 keeps classes of a few objects in bounds."""
    a = np.stack([np.log(scores / (1 - scores)), np.ones_like(scores)], 1)
    w, prior, mean = np.array([1.0, 0.0]), np.diag([1.0, 0.05]), np.array([1.0, 0.0])
    probability = lambda w: 1 / (1 + np.exp(-(a @ w).clip(-50, 50)))

    def loss(w):
        p = probability(w).clip(1e-12, 1 - 1e-12)
        return -(right * np.log(p) + (1 - right) * np.log(1 - p)).sum() + (w - mean) @ prior @ (w - mean) / 2
    for _ in range(steps):
        p = probability(w)
        step = np.linalg.solve((a * (p * (1 - p))[:, None]).T @ a + prior, a.T @ (right - p) - prior @ (w - mean))
        while np.abs(step).max() > 1e-6 and loss(w + step) > loss(w):
            step = step / 2
        w = w + step
    return [round(float(v), 2) for v in w]


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--refiner')
    args = ap.parse_args()
    model = Nadir().eval()
    load_fitting(model, torch.load(args.checkpoint)['model'])
    if args.refiner:
        model.refiner.load_state_dict(torch.load(args.refiner)['refiner'])
    pooled = {c: ([], []) for c in range(len(CLASSES))}
    print('least heat'.ljust(34), *(f'{s:.2f}' for s in STEPS))
    for name, items in validation_sets().items():
        for c, (scores, right, n) in judged(model, items).items():
            if n:
                for column, more in zip(pooled[c], (scores, right)):
                    column.extend(more if name != 'generated' or c not in REAL else [])
                scores, right = np.array(scores), np.array(right, bool)
                print(f'{CLASSES[c][0]}, {name} ({n})'.ljust(34), *(f'{measure.f1((right & (scores >= s)).sum(), (scores >= s).sum(), n):.2f}' for s in STEPS), flush=True)

    least = [pipeline.FITTED.get(n, s) for (n, _, _), s in zip(CLASSES, np.broadcast_to(PROPOSALS['minScore'], len(CLASSES)))]
    for c, (scores, right) in pooled.items():
        scores, right = np.array(scores), np.array(right, bool)
        kept = scores >= least[c]
        print(f'calibration of {CLASSES[c][0]}: slope, offset {calibration(scores[kept], right[kept])}; right {right[kept].sum()} of {kept.sum()} over {least[c]}', flush=True)


if __name__ == '__main__':
    main()
