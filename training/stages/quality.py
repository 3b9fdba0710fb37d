"""The quality head alone, on features of the frozen tower: defects in half of the tiles, instead of in a quarter.

    python -m training.stages.quality --checkpoint DENSITY.pt --out QUALITY.pt
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.names import DEFECTS
from ..core.normalise import normalise
from ..data import defects
from ..data.samples import Samples
from ..data.sets import load
from ..learning.frozen import head_arguments, start_model
from ..learning.schedule import set_rate
from ..model.checkpoint import part_of, save
from ..model.precision import autocast


@torch.no_grad()
def features(model, images, nir, batch=16):
    """u8[N,256,256,4], bool[N] -> what the quality head reads: statistics f32[N,S] and cells f16[N,4096,C]."""
    stats, cells = [], []
    for i in range(0, len(images), batch):
        x = torch.from_numpy(np.stack([normalise(im, n) for im, n in zip(images[i:i + batch], nir[i:i + batch])]))
        with autocast('cpu'):
            tokens, fine, finer, deep = model.tower(x)
            stats.append(model.connector.stat_norm(model.connector.pooled(tokens, fine, deep)).float())
        cells.append(finer.half())
    return torch.cat(stats), torch.cat(cells)


def spoilt(seed, count, part='train', batch=320):
    """Yields (images, nir, truth f32[n,7]) of augmented tiles."""
    samples = Samples(seed, 10 ** 6, part=part, clean=1.0, spoilt=0.6)
    for i in range(0, count, batch):
        made = [s for j in range(i, min(i + batch, count)) if ((s := samples.compose(j))['quality'] >= 0).all()]
        yield [s['image'] for s in made], [s['nir'] for s in made], np.stack([s['quality'] for s in made]).astype(np.float32)


def pictures(seed, part='val'):
    """Held-out pictures as they are, clean and with either of two defects: nothing else is done to them."""
    rng = np.random.default_rng(seed)
    images, truth = [], []
    for it in load('ucm', part):
        for kind in [None, *rng.choice(len(DEFECTS), 2, replace=False)]:
            images.append(it['image'] if kind is None else defects.spoil(rng, it['image'], int(kind)))
            truth.append(np.eye(len(DEFECTS), dtype=np.float32)[kind] if kind is not None else np.zeros(len(DEFECTS), np.float32))
    return images, [False] * len(images), np.stack(truth)


@torch.no_grad()
def judge(model, stats, cells, truth):
    """Share of pictures whose defects are all named and nothing else; recall of each defect; share of clean ones called spoilt."""
    said = torch.cat([model.connector.quality(s, c.float()) for s, c in zip(stats.split(64), cells.split(64))]).numpy() > 0
    true = truth.numpy() > 0.5
    clean = ~true.any(1)
    return dict(right=round(float((said == true).all(1).mean()), 3), false_alarm=round(float(said[clean].any(1).mean()), 3),
                recall={n: round(float(said[true[:, k], k].mean()), 2) for k, (n, _) in enumerate(DEFECTS)}, pictures=len(true))


def main():
    args = head_arguments(__doc__, tiles=1600, steps=800, lr=1e-3, seed=12).parse_args()
    model = start_model(args)
    made = [(*features(model, im, nir), torch.from_numpy(t)) for im, nir, t in spoilt(args.seed, args.tiles)]
    stats, cells, truth = (torch.cat(column) for column in zip(*made))
    images, nir, t = pictures(args.seed)
    held = (*features(model, images, nir), torch.from_numpy(t))
    print(f'{time.strftime("%H:%M:%S")} before {judge(model, *held)}', flush=True)
    params = [p for n, p in model.named_parameters() if part_of(n) == 'quality']
    opt = torch.optim.AdamW(params, lr=args.lr, weight_decay=0.1)
    rng = np.random.default_rng(args.seed)
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=max(1, args.steps // 20))
        at = torch.from_numpy(rng.integers(len(truth), size=args.batch))
        with autocast('cpu'):
            said = model.connector.quality(F.dropout(stats[at], 0.1), cells[at].float())
        loss = F.binary_cross_entropy_with_logits(said.float(), truth[at])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if (step + 1) % max(1, args.steps // 3) == 0:
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {loss.item():.3f} held out {judge(model, *held)}', flush=True)
    save(model, args.out)


if __name__ == '__main__':
    main()
