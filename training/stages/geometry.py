"""Sides and angles of boxes alone, on features of the frozen tower. Heat and land cover stay as they are.

    python -m training.stages.geometry --checkpoint QUALITY.pt --processes 2 --out GEOMETRY.pt
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.normalise import normalise
from ..data import sets
from ..data.samples import Samples
from ..data.targets import targets
from ..inference import measure
from ..learning.frozen import head_arguments
from ..learning.losses import box_loss
from ..learning.parallel import add_processes, mapped
from ..learning.schedule import set_rate
from ..model.checkpoint import load_fitting, part_of, save
from .tower.judge import box_rows

MIX = [('oam', 0.5), ('boxed', 0.16), ('ucm', 0.06), ('kit', 0.1), ('strewn', 0.08), ('lot', 0.03), ('maritime', 0.03), ('handmade', 0.04)]
DROPPED = 0.1  # share of the neck's channels that a tile is learned without: the same tiles are seen several times
JOB = 200  # tiles that a process makes at a time


@torch.no_grad()
def cache(path, seed, first, count, batch=8):
    """[(neck f16 [F,32,32], trunk f16 [T,64,64], objects, complete)] of augmented tiles."""
    model, samples, out = load_fitting(path), Samples(seed, 10 ** 6, mix=MIX, wide=True), []
    for i in range(first, first + count, batch):
        part = [samples.compose(j) for j in range(i, min(i + batch, first + count))]
        tokens, fine, finer, _ = model.tower(torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part])))
        neck = model.connector.neck(tokens, fine)
        trunk = model.connector.trunk(neck, finer)
        out += [(n.half(), t.half(), s['objects'], s['complete']) for n, t, s in zip(neck, trunk, part)]
    return out


def loss_of(connector, part):
    """Box loss of `cache`'s tiles; whole channels of neck and trunk are hidden from each."""
    neck, trunk = (F.dropout2d(torch.stack([p[k] for p in part]).float(), DROPPED) for k in (0, 1))
    _, _, box, bw, hull = (torch.from_numpy(np.stack(v)) for v in zip(*(targets(objects, complete, 256) for _, _, objects, complete in part)))
    return box_loss(connector.geometry(trunk, neck), box, bw, hull)


def judge(model):
    """{row: (F1 at its best least heat, average precision)} of raw boxes on held-out tiles."""
    out = {}
    for name in ('ucm', 'oam', 'kit'):
        items = sets.load(name, 'val')
        out |= {row: tuple(round(v, 3) for v in figures) for row, figures in box_rows(name, items, measure.run_dense(model, items)).items()}
    return out


def main():
    ap = head_arguments(__doc__, tiles=1400, steps=700, lr=1e-3, seed=71)
    add_processes(ap)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = load_fitting(args.checkpoint)
    jobs = [(args.checkpoint, args.seed, i, min(JOB, args.tiles - i)) for i in range(0, args.tiles, JOB)]
    tiles = [tile for part in mapped(cache, jobs, args.processes) for tile in part]
    print(f'{time.strftime("%H:%M:%S")} {len(tiles)} tiles; before {judge(model)}', flush=True)
    params = [p for name, p in model.named_parameters() if part_of(name) == 'geometry']
    opt, rng, window = torch.optim.AdamW(params, lr=args.lr, weight_decay=0.03), np.random.default_rng(args.seed), []
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=max(1, args.steps // 20))
        loss = loss_of(model.connector, [tiles[i] for i in rng.integers(len(tiles), size=args.batch)])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 5.0)
        opt.step()
        window.append(loss.item())
        if (step + 1) % 100 == 0 or step + 1 == args.steps:
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} box loss {np.mean(window):.3f}', flush=True)
            window = []
    print(f'{time.strftime("%H:%M:%S")} after {judge(model)}', flush=True)
    save(model, args.out)


if __name__ == '__main__':
    main()
