"""Least heats, least scores and the calibration of scores, found on held-out tiles and written into the checkpoint.

    python -m training.stages.calibrate --checkpoint REFINER.pt --judged judged.pt --out CALIBRATED.pt

With --judged, what was found on the tiles is kept for stages.counts.

A class's least heat is the lowest at which F1 of its boxes, as the app would show them, is within one object of the best. Boxes of FITTED
classes are scored after fitting, so theirs is a least score. The calibration turns a score into the probability that the box is right at IoU
0.5. Both come from held-out tiles of train/. Generated scenes are easier than real ones, so they count only for classes that they hold and
that have next to no real boxes. A class with few boxes is held near what all classes together say; one with next to none is doubted besides.
"""
import argparse

import numpy as np
import torch

from ..core.config import FITTED
from ..inference import measure
from ..inference.judge import judged_sets, pooled
from ..model.checkpoint import load_fitting, save

STEPS = np.round(np.r_[0.01:0.14:0.01, 0.16:0.82:0.04], 2)
LEAST_SLOPE = 0.2
LEAST_TRUE = 10  # with fewer true boxes nobody can say what a class's scores are worth
UNSURE = 0.3  # its least heat is no lower than this
CAUTION = 1.0  # what is then taken from the log odds
FEW = 150  # boxes of a class that speak for what classes have in common
PRIOR = (4.0, 2.0)  # precision of a class's slope and offset about those of all classes


def f1_by_step(scores, right, n):
    """F1 [STEPS] of boxes kept from each step up, of n true ones."""
    return np.array([measure.f1((right & (scores >= s)).sum(), (scores >= s).sum(), n) for s in STEPS])


def least_step(scores, right, n):
    """The lowest score from which F1 is within one object of its best, 1 / n, but no more than a tenth of it lower: of a few boxes the best
    step alone is chance, and a lower one loses fewer objects elsewhere. None where no box is right."""
    f1 = f1_by_step(scores, right, n)
    return round(float(STEPS[np.argmax(f1 >= f1.max() - min(1 / n, 0.1 * f1.max()) - 1e-9)]), 2) if f1.max() > 0 else None


def fit(scores, right, mean, precision, steps=100):
    """[slope, offset] of the logistic regression of right [N] on the log odds of scores [N], by Newton's method in steps that never make it
    worse, with a normal prior."""
    a = np.stack([np.log(scores / (1 - scores)), np.ones_like(scores)], 1)
    w, mean, prior = np.array(mean, float), np.array(mean, float), np.diag(precision)
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
    return w


def log_odds(scores, right, mean=(1.0, 0.0), precision=(1.0, 0.05)):
    """(slope, offset) of a class. The prior keeps classes of a few objects in bounds: without other classes, slope 1 and offset 0. A slope
    below LEAST_SLOPE, which such a class can still get by chance, would rank boxes by nothing or the wrong way round: then it is the
    prior's, and the offset is fitted alone."""
    w = fit(scores, right, mean, precision)
    if w[0] < LEAST_SLOPE:
        w = fit(scores, right, mean, (1e9, precision[1]))
    return [round(float(v), 2) for v in w]


def probability(scores, slope, offset):
    return 1 / (1 + np.exp(-(slope * np.log(scores / (1 - scores)) + offset)))


def ece(p, right, bins=10):
    """Expected calibration error of probabilities in bins of equal width."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[at == k].mean() - right[at == k].mean()) * (at == k).mean() for k in range(bins) if (at == k).any())


def by_class(model, tiles):
    """[(scores [N], right [N], true boxes)] a class of judge.judged_sets. Prints F1 by step for each class and set."""
    real, made = ([[[], [], 0] for _ in model.boxes] for _ in range(2))
    print('least score'.ljust(34), *(f'{s:.2f}' for s in STEPS))
    for name, of_set in tiles.items():
        for c, (scores, right, n) in pooled(of_set).items():
            pool = (made if name == 'generated' else real)[c]
            pool[0] += scores
            pool[1] += right
            pool[2] += n
            if n:
                f1 = f1_by_step(np.array(scores), np.array(right, bool), n)
                print(f'{model.boxes[c]}, {name} ({n})'.ljust(34), *(f'{v:.2f}' for v in f1), flush=True)
    out = []
    for a, b in zip(real, made):
        pool = [x + y for x, y in zip(a, b)] if a[2] < LEAST_TRUE and b[2] else a
        out.append((np.array(pool[0], float), np.array(pool[1], bool), pool[2]))
    return out


def kept_boxes(scores, right, least):
    """Scores [N] and right [N] of the boxes from `least` up."""
    kept = scores >= least
    return scores[kept].clip(1e-6, 1 - 1e-6), right[kept].astype(float)


def calibrate(model, tiles):
    """Sets model.calibration by what was found on `tiles` (judge.judged_sets). A class of which no box is right keeps its least heat, or has none of its boxes trusted."""
    held = model.calibration
    heat, least, slope, offset = held.heats(), held.scores(), held.slope.tolist(), held.offset.tolist()
    judged_, chosen = by_class(model, tiles), {}
    for c, (scores, right, n) in enumerate(judged_):
        name, step = model.boxes[c], least_step(scores, right, n)
        if step is not None and n < LEAST_TRUE:
            step = max(step, UNSURE)
        heat[c] = FITTED.get(name, step if step is not None else heat[c])
        if name in FITTED and step is not None:
            least[name] = step
        chosen[c] = kept_boxes(scores, right, least.get(name, heat[c]))
    # What the classes have in common that aren't fitted, whose scores are another thing. Each weighs as much as FEW boxes at most.
    rng = np.random.default_rng(0)
    some = [(s[at], r[at]) for c, (s, r) in chosen.items() if len(s) and model.boxes[c] not in FITTED for at in [rng.permutation(len(s))[:FEW]]]
    common = log_odds(*(np.concatenate(v) for v in zip(*some))) if some else [1.0, 0.0]
    print(f'classes that are not fitted, together: slope {common[0]}, offset {common[1]}', flush=True)
    for c, (scores, right, n) in enumerate(judged_):
        s, r = chosen[c]
        name, doubted = model.boxes[c], n < LEAST_TRUE
        if name in FITTED and len(s):
            slope[c], offset[c] = log_odds(s, r)
        elif len(s):
            slope[c], offset[c] = log_odds(s, r, common, PRIOR)
        else:
            slope[c], offset[c] = common
        if doubted:  # nobody can say what its scores are worth
            offset[c] = round(offset[c] - CAUTION, 2)
        p = probability(s, slope[c], offset[c])
        print(f'{name}: least {"score" if name in FITTED else "heat"} {least.get(name, heat[c])}, slope {slope[c]}, offset {offset[c]}; right {int(r.sum())} of {len(s)}, '
              f'{n} true{", too few: doubted" if doubted else ""}; F1 {measure.f1(r.sum(), len(s), n):.2f}, mean probability {p.mean() if len(p) else 0:.2f}, ECE {ece(p, r):.3f}', flush=True)
    held.set(least_heat=heat, least_score=list(least.values()), slope=slope, offset=offset)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--tiles', type=int, help='of each held-out set at most')
    ap.add_argument('--judged', help='file to write')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    model = load_fitting(args.checkpoint)
    tiles = judged_sets(model, args.tiles)
    if args.judged:
        torch.save(tiles, args.judged)
    calibrate(model, tiles)
    save(model, args.out)


if __name__ == '__main__':
    main()
