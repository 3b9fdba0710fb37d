"""What numbers of things are worth, found on held-out tiles of train/ and written into the checkpoint: the recall of each class, how much
places differ, and the error of densities.

    python -m training.stages.counts --checkpoint CALIBRATED.pt --judged judged.pt --out COUNTS.pt

The app turns them into 90 % intervals of counts (src/plan/run/chances.ts, which `number` repeats). Thresholds and calibration stay as they are. A set tells
of a class if it holds any: tiles that are known only because they show none of it were chosen by what they show.
"""
import argparse
import math
from statistics import NormalDist

import numpy as np
import torch

from ..core.names import DENSITY
from ..data import sets
from ..inference import measure
from ..inference.judge import judged_sets
from ..model.checkpoint import load_fitting, save

ENOUGH = 100  # from this many real boxes of a class on, generated ones don't count for its recall
NEAR = 1.0  # a spread whose log likelihood is within this of the best is as good
SPREADS = np.round(np.arange(0, 1.51, 0.1), 1)
TREE = [name for name, *_ in DENSITY].index('tree')


def parts(n):
    """Middles of n equally likely parts of the standard normal distribution."""
    return [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]


PLACES, FINE = parts(10), parts(60)  # the app's, and enough for a smooth likelihood


def exactly(probabilities):
    """Chances of 0, 1, … right ones among independent ones."""
    out = np.ones(1)
    for p in probabilities:
        out = np.convolve(out, [1 - p, p])
    return out


def poisson(mean):
    k = np.arange(math.ceil(mean + 10 * math.sqrt(mean) + 10))
    factorial = np.array([math.lgamma(i + 1) for i in k])
    return np.exp(k * math.log(mean) - mean - factorial) if mean > 0 else np.ones(1)


def average(each):
    out = np.zeros(max(map(len, each)))
    for chances in each:
        out[:len(chances)] += chances / len(each)
    return out


def number(probabilities, recall=None, spread=0.0, missed_spread=None, places=PLACES):
    """Chances of 0, 1, … real things where those with these probabilities [N] were found. `spread`: by how much the log odds of the
    probabilities, and of the recall, differ from place to place, each by itself."""
    places = places if spread > 0 else [0.0]
    odds = [np.exp(spread * x) for x in places]
    right = average([exactly(probabilities * o / (1 - probabilities + probabilities * o)) for o in odds])
    if recall is None or len(probabilities) == 0:
        return right
    missed = (right * np.arange(len(right))).sum() * (1 - recall) / recall
    return np.convolve(right, average([poisson(missed * math.exp((missed_spread or spread) * x)) for x in places]))


def interval(chances):
    """(low, high): leaves out at most 5 % at either end."""
    below = np.cumsum(chances)
    return int(np.argmax(below >= 0.05 - 1e-9)), int(np.argmax(below >= min(0.95, below[-1]) - 1e-9))


def kept_tiles(model, tiles):
    """{class: {set: [(probabilities [N] of what the app shows, how many are right, true boxes)] a tile}}, of sets that hold the class. `tiles`:
    judge.judged_sets."""
    held = model.calibration
    heats, scores, slope, offset = held.heats(), held.scores(), held.slope.tolist(), held.offset.tolist()
    out = {c: {} for c in range(len(model.boxes))}
    for name, of_set in tiles.items():
        for tile in of_set:
            for c, (found, right, n) in tile.items():
                found, right = np.array(found, float), np.array(right, bool)
                kept = found >= scores.get(model.boxes[c], heats[c])
                s = found[kept].clip(1e-6, 1 - 1e-6)
                p = 1 / (1 + np.exp(-(slope[c] * np.log(s / (1 - s)) + offset[c])))
                out[c].setdefault(name, []).append((p, int(right[kept].sum()), n))
    return {c: {name: tiles for name, tiles in by_set.items() if sum(n for _, _, n in tiles)} for c, by_set in out.items()}


def recall_of(tiles):
    """By the rule of succession: of a few objects that were all found the next may be missed."""
    return (sum(right for _, right, _ in tiles) + 1) / (sum(n for _, _, n in tiles) + 2)


def chosen(by_set):
    """The tiles that a class's recall is measured on: real ones if they hold ENOUGH boxes, else all."""
    real = [tile for name, tiles in by_set.items() if name != 'generated' for tile in tiles]
    enough = sum(n for _, _, n in real) >= ENOUGH
    return real if enough else real + by_set.get('generated', [])


def left_out(tiles):
    """[(probabilities, recall on all other sets, true boxes, number of other sets)] for every class and set, each taken as one place."""
    out = []
    for by_set in tiles.values():
        for name, mine in by_set.items():
            others = [tile for other, some in by_set.items() if other != name for tile in some]
            if others:
                out.append((np.concatenate([p for p, _, _ in mine]), recall_of(others), sum(n for _, _, n in mine), len(by_set) - 1))
    return out


def fit_spread(places):
    """The least spread between places under which the numbers of sets, told from the other sets' recall, are nearly as likely as can be.
    A recall that comes from m other places differs from a place's own by more than the spread: √(1 + 1/m) times."""
    losses = []
    for spread in SPREADS:
        told = [(number(p, recall, spread, spread * math.sqrt(1 + 1 / m), FINE), n) for p, recall, n, m in places]
        losses.append(-sum(math.log(max(1e-12, chances[n] if n < len(chances) else 0)) for chances, n in told))
        inside = [low <= n <= high for (low, high), n in ((interval(chances), n) for chances, n in told)]
        print(f'spread {spread}: -log likelihood {losses[-1]:.2f}, {sum(inside)} of {len(inside)} totals inside', flush=True)
    return float(SPREADS[np.argmax(np.array(losses) <= min(losses) + NEAR)])


def report(tiles, names, recalls, spread):
    """Prints how many tiles of each set, among those where something was found, have the true number inside the interval."""
    variants = {'scores alone': (False, 0.0), 'with recall': (True, 0.0), 'and spread': (True, spread)}
    for c, by_set in tiles.items():
        for name, mine in by_set.items():
            some, shown = [tile for tile in mine if len(tile[0])], []
            for title, (uses_recall, s) in variants.items():
                found = [(interval(number(p, recalls[c] if uses_recall else None, s)), n) for p, _, n in some]
                inside, width = sum(low <= n <= high for (low, high), n in found), np.mean([high - low for (low, high), _ in found] or [0])
                shown.append(f'{title} {inside} (width {width:.1f})')
            right, true = sum(r for _, r, _ in mine), sum(n for _, _, n in mine)
            print(f'{names[c]}, {name}: recall {right} of {true}; inside of {len(some)} tiles: {", ".join(shown)}', flush=True)


def density_error(model, limit=None):
    """Standard deviation of a normal distribution whose 90 % interval holds the relative errors (true - said) / said of nine tenths of
    held-out tree tiles, as they are and without near infrared. Few tiles are off by far: their variance would say more than most are."""
    items = measure.some(sets.load('naip', 'val'), limit)
    plain = [dict(it, has_nir=False) for it in items]
    true = np.array([len(it['row']['tree_points']) for it in items] * 2, float)
    said = np.array([r['count'][TREE] for r in measure.run_dense(model, items + plain)], float)
    told = said >= 8
    error = np.abs(true - said)[told] / said[told]
    if not len(error):
        return math.nan
    sd = float(np.quantile(error, 0.9) / NormalDist().inv_cdf(0.95))
    bias = [(said[part].sum() / true[part].sum()) for part in (slice(0, len(items)), slice(len(items), None))]
    print(f'trees: {len(error)} tiles, said / true {bias[0]:.2f} with near infrared, {bias[1]:.2f} without; relative error {sd:.2f}', flush=True)
    return round(sd, 2)


def measure_counts(model, judged, limit=None):
    """Sets recall, place_spread and density_error of model.calibration. What no tile tells of keeps what it has."""
    held = model.calibration
    tiles = kept_tiles(model, judged)
    recalls = held.recall.tolist()
    for c, by_set in tiles.items():
        if by_set:
            recalls[c] = round(recall_of(chosen(by_set)), 2)
            print(f'{model.boxes[c]}: recall {recalls[c]} of {sum(n for _, _, n in chosen(by_set))}', flush=True)
    places = left_out(tiles)
    spread = fit_spread(places) if places else held.place_spread.item()
    report(tiles, model.boxes, recalls, 0.0 if math.isnan(spread) else spread)
    errors = held.density_error.tolist()
    errors[TREE] = density_error(model, limit)
    held.set(recall=recalls, place_spread=spread, density_error=errors)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--tiles', type=int, help='of each held-out set at most')
    ap.add_argument('--judged', help='what stages.calibrate found on the tiles, so that they needn\'t be looked at again')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    model = load_fitting(args.checkpoint)
    judged = torch.load(args.judged, weights_only=False) if args.judged else judged_sets(model, args.tiles)
    measure_counts(model, judged, args.tiles)
    save(model, args.out)


if __name__ == '__main__':
    main()
