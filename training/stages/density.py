"""The density head alone, on features of the frozen tower, since tree tiles are a tenth of the encoder's diet.

    python -m training.stages.density --checkpoint TOWER.pt --out DENSITY.pt

At the end `density_scale` is set so that held-out tiles are counted too high as often as too low.
"""
import time

import numpy as np
import torch

from ..core.names import DENSITY
from ..core.normalise import normalise
from ..data import sets
from ..data.samples import Samples
from ..data.targets import density_target
from ..inference import measure
from ..learning.frozen import head_arguments, start_model
from ..learning.losses import density_loss
from ..learning.schedule import set_rate
from ..model.checkpoint import part_of, save
from ..model.precision import autocast

TREE = [name for name, *_ in DENSITY].index('tree')


@torch.no_grad()
def cache(model, samples, count, batch=16):
    """Necks f16 [N,F,32,32] and density targets f32 [N,32,32] of augmented tree tiles."""
    necks, truth = [], []
    for i in range(0, count, batch):
        part = [samples.compose(j) for j in range(i, min(i + batch, count))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part]))
        with autocast('cpu'):
            necks.append(model.connector.neck(*model.tower(x)[:2]).half())
        truth += [density_target(s['points'], 256) for s in part]
    return torch.cat(necks), torch.from_numpy(np.stack(truth))


def judge(model, necks, truth):
    """Share of tiles whose number is within 20 %, and the mean absolute error."""
    with torch.no_grad():
        said = torch.cat([model.connector.density(n.float()).sum((1, 2, 3)) for n in necks.split(64)])
    true = truth.sum((1, 2))
    some = true >= 1
    off = (said - true).abs()[some]
    return dict(within20=round(float((off <= 0.2 * true[some]).float().mean()), 3), mae=round(float(off.mean()), 1), tiles=int(some.sum()))


def said_and_true(model, items):
    """Numbers of trees that the model says, and true ones, of tiles as they are."""
    return np.array([r['count'][TREE] for r in measure.run_dense(model, items)]), np.array([len(it['row']['tree_points']) for it in items], float)


def calibrate(model, items):
    """Sets density_scale so that as many of these tiles, as they are, are counted too low as too high. Augmented ones won't do: they are
    sharper or softer than what the app shows, and their trees are fewer. Unscaled, new places get too few."""
    said, true = said_and_true(model, items)
    some = (true >= 8) & (said > 0)
    if some.any():
        model.connector.density_scale[TREE] *= float(np.median(true[some] / said[some]))


def main():
    args = head_arguments(__doc__, tiles=1600, steps=500, lr=1e-3, seed=8).parse_args()
    model = start_model(args)
    only = [('trees', 1.0)]
    necks, truth = cache(model, Samples(args.seed, 10 ** 6, mix=only), args.tiles)
    val = cache(model, Samples(args.seed + 1, 10 ** 6, part='val', mix=only), min(160, 4 * args.tiles))
    print(f'{time.strftime("%H:%M:%S")} before {judge(model, *val)}', flush=True)
    params = [p for n, p in model.named_parameters() if part_of(n) == 'density' and n != 'connector.density_scale']
    opt = torch.optim.AdamW(params, lr=args.lr, weight_decay=0.05)
    rng = np.random.default_rng(args.seed)
    model.train()
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=max(1, args.steps // 20))
        at = torch.from_numpy(rng.integers(len(truth), size=args.batch))
        with autocast('cpu'):
            map_ = model.connector.density(necks[at].float())[:, 0]
        loss = density_loss(map_, truth[at])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if (step + 1) % max(1, args.steps // 4) == 0:
            model.eval()
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {loss.item():.3f} validation {judge(model, *val)}', flush=True)
            model.train()
    model.eval()
    held = measure.some(sets.load('naip', 'val'), 4 * args.tiles)
    calibrate(model, held)
    said, true = said_and_true(model, held)
    print(f'{time.strftime("%H:%M:%S")} calibrated by {model.connector.density_scale.tolist()}: {np.mean(np.abs(said - true) <= 0.2 * true):.3f} of {len(held)} tiles as they are within 20 %', flush=True)
    save(model, args.out)


if __name__ == '__main__':
    main()
