"""The heads of boxes alone (heat, geometry and what they see further by), on features of the frozen tower.

    python -m training.stages.boxes --checkpoint ENCODER.pt --processes 2 --out BOXES.pt

Nothing else of the model changes, so the other heads and the language model stay as they are.
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.names import CLASSES
from ..core.normalise import normalise
from ..data import sets
from ..data.samples import Samples
from ..data.targets import targets
from ..inference import measure
from ..inference.judge import judged
from ..learning.frozen import head_arguments, start_model
from ..learning.losses import box_loss, fit_quality, heat_loss
from ..learning.parallel import add_processes, average_gradients, share_of, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import part_of, save
from ..model.precision import autocast

DROPPED = 0.15  # share of the neck's channels that a tile is learned without: the same tiles are seen several times
MIX = [('oam', 0.44), ('boxed', 0.18), ('ucm', 0.1), ('kit', 0.09), ('gen', 0.1), ('paste', 0.09)]


def judge(model, limit=None):
    """F1 at its best least score of every class on held-out tiles of each set, boxes fitted where they are in the app."""
    out = {}
    for name in ('ucm', 'oam', 'kit'):
        for c, (scores, right, n) in judged(model, sets.load(name, 'val')[:limit]).items():
            if n:
                order = np.argsort(-np.array(scores))
                hits = np.cumsum(np.array(right, int)[order])
                f1 = [measure.f1(h, k + 1, n) for k, h in enumerate(hits)] or [0.0]
                out[f'{CLASSES[c][0]} {name}'] = round(float(max(f1)), 3)
    return out


def cache(model, samples, order, batch=16):
    """Necks f16 [N,F,32,32] of augmented tiles, and what is known of their boxes: [(objects, complete)]."""
    necks, known = [], []
    for i in range(0, len(order), batch):
        part = [samples.compose(j) for j in order[i:i + batch]]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part]))
        # Frozen, but not under no_grad: there gelu takes the tanh form, which is slow on a CPU.
        with autocast('cpu'):
            necks.append(model.connector.neck(*model.tower(x)).half())
        known += [(s['objects'], s['complete']) for s in part]
    return torch.cat(necks), known


def losses(model, necks, known):
    heat_, weight, box, bw, hull = (torch.from_numpy(np.stack(v)) for v in zip(*(targets(*k, 256) for k in known)))
    with autocast('cpu'):
        heat, geom = model.connector.boxes(F.dropout2d(necks.float(), DROPPED))
    quality = fit_quality(geom, box, heat_, hull)
    return heat_loss(heat.float(), heat_, weight, quality=quality), box_loss(geom, box, bw, hull)


def run(rank, args):
    """One of args.processes equal ones (parallel.py), each with its own tiles; number 0 also validates and writes."""
    model = start_model(args)
    params = [p for n, p in model.named_parameters() if part_of(n) == 'boxes']
    for p in model.parameters():
        p.requires_grad_(False)
    share, mine = share_of(args), range(rank, args.tiles, args.processes)
    necks, known = cache(model, Samples(args.seed, args.tiles, mix=MIX), mine)
    say = print if rank == 0 else lambda *_, **__: None
    say(f'{time.strftime("%H:%M:%S")} {args.tiles} tiles; validation before {judge(model, args.judge_tiles)}', flush=True)
    for p in params:
        p.requires_grad_(True)
    opt = torch.optim.AdamW(params, lr=args.lr, weight_decay=0.05, betas=(0.9, 0.98))
    rng, window = np.random.default_rng((args.seed, rank)), []
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=100)
        at = rng.integers(len(known), size=share)
        parts = losses(model, necks[torch.from_numpy(at)], [known[i] for i in at])
        opt.zero_grad(set_to_none=True)
        sum(parts).backward()
        average_gradients(params)
        torch.nn.utils.clip_grad_norm_(params, 5.0)
        opt.step()
        window.append([p.item() for p in parts])
        if (step + 1) % 50 == 0:
            say(f'{time.strftime("%H:%M:%S")} step {step + 1} heat {np.mean(window, 0)[0]:.3f} box {np.mean(window, 0)[1]:.3f}', flush=True)
            window = []
        if rank == 0 and ((step + 1) % args.eval_every == 0 or step + 1 == args.steps):
            say(f'{time.strftime("%H:%M:%S")} validation {step + 1} {judge(model, args.judge_tiles)}', flush=True)
            save(model, args.out)


def main():
    ap = head_arguments(__doc__, tiles=16000, steps=1100, lr=1.5e-3, seed=31)
    add_processes(ap)
    ap.add_argument('--eval-every', type=int, default=500)
    ap.add_argument('--judge-tiles', type=int, help='held-out tiles of each set to judge by, at most')
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
