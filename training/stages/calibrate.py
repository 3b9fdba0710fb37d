"""Least heats, least scores and the calibration of scores, found on held-out tiles and written into the checkpoint.

    python -m training.stages.calibrate --checkpoint REFINER.pt --out CALIBRATED.pt

A class's least heat is the lowest at which F1 of its boxes, as the app would show them, is within one object of the best. Boxes of
FITTED classes are scored after fitting, so theirs is a least score. The calibration turns a score into the probability that the box is right at IoU 0.5. Both
come from held-out tiles of train/. Generated scenes are easier than real ones, so they count only for classes that have few real boxes.
"""
import argparse

import numpy as np

from ..core.config import FITTED
from ..core.names import CLASSES
from ..inference import measure
from ..inference.judge import held_out_sets, judged
from ..model.checkpoint import load_fitting, save

STEPS = np.round(np.r_[0.04:0.14:0.01, 0.16:0.82:0.04], 2)
LEAST_SLOPE = 0.2
ENOUGH = 100  # from this many real boxes of a class on, generated ones are left out


def f1_by_step(scores, right, n):
    """F1 [STEPS] of boxes kept from each step up, of n true ones."""
    return np.array([measure.f1((right & (scores >= s)).sum(), (scores >= s).sum(), n) for s in STEPS])


def least_step(scores, right, n):
    """The lowest score from which F1 is within one object of its best, 1 / n: of a few boxes the best step alone is chance, and a lower
    one loses fewer objects elsewhere. None where no box is right."""
    f1 = f1_by_step(scores, right, n)
    return round(float(STEPS[np.argmax(f1 >= f1.max() - 1 / n)]), 2) if f1.max() > 0 else None


def log_odds(scores, right, steps=100, fixed=False):
    """(slope, offset) of the logistic regression of right [N] on the log odds of scores [N], by Newton's method in steps that never
    make it worse. A weak prior towards slope 1 and offset 0 keeps classes of a few objects in bounds. A slope below LEAST_SLOPE, which
    such a class can still get by chance, would rank boxes by nothing or the wrong way round: then it is 1, and the offset is fitted alone."""
    a = np.stack([np.log(scores / (1 - scores)), np.ones_like(scores)], 1)
    w, prior, mean = np.array([1.0, 0.0]), np.diag([1e9 if fixed else 1.0, 0.05]), np.array([1.0, 0.0])
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
    if w[0] < LEAST_SLOPE and not fixed:
        return log_odds(scores, right, steps, fixed=True)
    return [round(float(v), 2) for v in w]


def judged_by_class(model, limit):
    """[(scores [N], right [N], true boxes)] a class. Prints F1 by step for each class and set."""
    real, made = ([[[], [], 0] for _ in CLASSES] for _ in range(2))
    print('least score'.ljust(34), *(f'{s:.2f}' for s in STEPS))
    for name, items in held_out_sets(limit).items():
        for c, (scores, right, n) in judged(model, items).items():
            pool = (made if name == 'generated' else real)[c]
            pool[0] += scores
            pool[1] += right
            pool[2] += n
            if n:
                f1 = f1_by_step(np.array(scores), np.array(right, bool), n)
                print(f'{CLASSES[c][0]}, {name} ({n})'.ljust(34), *(f'{v:.2f}' for v in f1), flush=True)
    out = []
    for a, b in zip(real, made):
        pool = a if a[2] >= ENOUGH else [x + y for x, y in zip(a, b)]
        out.append((np.array(pool[0], float), np.array(pool[1], bool), pool[2]))
    return out


def calibrate(model, limit=None):
    """Sets model.calibration. A class of which no box is right keeps what it has."""
    held = model.calibration
    heat, least, slope, offset = held.heats(), held.scores(), held.slope.tolist(), held.offset.tolist()
    for c, (scores, right, n) in enumerate(judged_by_class(model, limit)):
        name, step = CLASSES[c][0], least_step(scores, right, n)
        heat[c] = FITTED.get(name, step if step is not None else heat[c])
        if name in FITTED and step is not None:
            least[name] = step
        kept = scores >= least.get(name, heat[c])
        if right[kept].any():
            slope[c], offset[c] = log_odds(scores[kept].clip(1e-6, 1 - 1e-6), right[kept])
        print(f'{name}: least {"score" if name in FITTED else "heat"} {least.get(name, heat[c])}, slope {slope[c]}, offset {offset[c]}; '
              f'right {right[kept].sum()} of {kept.sum()}, {n} true', flush=True)
    held.set(least_heat=heat, least_score=list(least.values()), slope=slope, offset=offset)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--tiles', type=int, help='of each held-out set at most')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    model = load_fitting(args.checkpoint)
    calibrate(model, args.tiles)
    save(model, args.out)


if __name__ == '__main__':
    main()
