"""The pyramid tower and all its heads, from ImageNet's weights, in phases: heads on frozen stages, then from stride 16 up, then all.

    python -m training.stages.tower.train --phases heads:300,upper:2400,all:900 --processes 2 --out TOWER.pt

A run that was stopped goes on from `--out`. `--checkpoint` starts from another tower instead of ImageNet.
"""
import argparse
import copy
import json
import math
import os
import time

import numpy as np
import torch
from torch.utils.data import DataLoader

from ...core.config import PYRAMID
from ...core.normalise import MEAN, STD
from ...data.samples import Samples
from ...learning.parallel import add_processes, average_gradients, share_of, spread
from ...learning.tower_losses import losses
from ...model.checkpoint import save
from ...model.pyramid.dense import ROWS, Encoder
from ...model.lite import imagenet_state, read_imagenet
from .judge import judge

FROZEN = {'heads': 7, 'upper': 3, 'all': 0}  # stages of EfficientNet-Lite, with its stem, that learn nothing in a phase
UNREAD = ('prints', 'cover')  # parts of a sample that this tower doesn't learn from
WATCHED = ('ucm', 'oam', 'kit')  # sets that are validated on the way
STAGES_RATE = 0.25  # learning rate of the pre-trained stages over that of the rest


def phases(text):
    """'heads:300,all:900' -> [(name, first step, step after the last)]"""
    out, at = [], 0
    for part in text.split(','):
        name, steps = part.split(':')
        if name not in FROZEN:
            raise argparse.ArgumentTypeError(f'there is no phase "{name}": {", ".join(FROZEN)}')
        out.append((name, at, at + int(steps)))
        at += int(steps)
    return out


def stack(samples):
    """Batches as NumPy arrays, which travel through the worker's pipe: both ways of sharing torch tensors stall or time out
    when the loader's core is busy."""
    return {key: np.stack([s[key] for s in samples]) for key in samples[0] if key not in UNREAD}


def learning(model, frozen):
    """([parameters of the stages], [the others]) that learn while `frozen` stages don't."""
    lite = [] if frozen else list(model.tower.lite.stem.parameters())
    for stage in model.tower.lite.stages[frozen:]:
        lite += stage.parameters()
    others = [p for name, p in model.named_parameters() if not name.startswith(('tower.lite.', *(f'connector.{r}' for r in ROWS))) and p.requires_grad]
    return lite, others


@torch.no_grad()
def follow(ema, model, keep):
    torch._foreach_lerp_(list(ema.parameters()), list(model.parameters()), 1 - keep)


def start(args):
    """A new encoder, or that of --checkpoint."""
    model = Encoder(dict(PYRAMID, variant=args.variant))
    if args.checkpoint:
        own, state = model.state_dict(), torch.load(args.checkpoint, map_location='cpu')['model']
        fits = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
        model.load_state_dict(fits, strict=False)
        print(f'{len(own) - len(fits)} of {len(own)} tensors start anew', flush=True)
    else:
        read_imagenet(model.tower.lite, imagenet_state(args.variant), MEAN, STD)
    return model


def run(rank, args):
    """One of args.processes equal ones (parallel.py); number 0 also validates and writes."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    device = args.device
    model = start(args).to(device, memory_format=torch.channels_last)
    total = args.phases[-1][2]
    ema, step = copy.deepcopy(model), 0
    state = torch.load(args.out, map_location=device) if os.path.exists(args.out) else None
    if state:
        ema.load_state_dict(state['model'])
        model.load_state_dict(state['raw'])
        step = state['step']
    hard = json.load(open(args.hard)) if args.hard else None
    samples, began, first = Samples(args.seed, 10 ** 8, wide=True, hard=hard), time.time(), step
    say = print if rank == 0 else lambda *_, **__: None
    say(f'{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, from step {step} of {total}', flush=True)
    share, window, kept = share_of(args), [], time.time()
    moments = state['opt'] if state else {}

    def write():
        save(ema, args.out, raw=model.state_dict(), opt={n: opt.state[p] for n, p in model.named_parameters() if p in opt.state}, step=step)

    def check():
        say(f'{time.strftime("%H:%M:%S")} validation {step} ' + json.dumps({row: [round(v, 3) for v in figures] for row, figures in judge(ema, args.judge_tiles, WATCHED).items()}), flush=True)
        write()

    for name, since, until in args.phases:
        if step >= until:
            continue
        parts = learning(model, FROZEN[name])
        # Adam's moments stay with a parameter from phase to phase and through an interruption.
        opt = torch.optim.AdamW([dict(params=parts[0], share=STAGES_RATE), dict(params=parts[1], share=1.0)], lr=args.lr, weight_decay=0.03, betas=(0.9, 0.98))
        for n, p in model.named_parameters():
            if n in moments:
                opt.state[p] = moments[n]
        both = parts[0] + parts[1]
        for p in model.parameters():
            p.requires_grad_(False)
        for p in both:
            p.requires_grad_(True)
        samples.size = args.large if step >= args.small_until * total else args.small
        say(f'phase {name}: {sum(p.numel() for p in both) / 1e6:.2f} M parameters learn, crops of {samples.size}', flush=True)
        order = [s * args.batch + rank * share + i for s in range(step, until) for i in range(share)]
        loader = DataLoader(samples, share, sampler=order, num_workers=args.workers, prefetch_factor=6 if args.workers else None, collate_fn=stack)
        for batch in loader:
            model.train()
            warm = min(1, (step - since + 1) / 100)
            rate = args.lr * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / total)))
            for group in opt.param_groups:
                group['lr'] = rate * group['share']
            parts_loss, right = losses(model, {key: torch.from_numpy(value).to(device, non_blocking=True) for key, value in batch.items()}, FROZEN[name])
            opt.zero_grad(set_to_none=True)
            sum(parts_loss.values()).backward()
            average_gradients(both)
            torch.nn.utils.clip_grad_norm_(both, 5.0)
            opt.step()
            step += 1
            if rank == 0:
                follow(ema, model, min(args.ema, (1 + step) / (20 + step)))
            window.append(torch.stack([*(v.detach() for v in parts_loss.values()), right]))
            if step % 50 == 0:
                mean = torch.stack(window).mean(0).tolist()
                shown = ' '.join(f'{n} {v:.3f}' for n, v in zip([*parts_loss, 'train-scene'], mean))
                say(f'{time.strftime("%H:%M:%S")} step {step} lr {rate:.1e} {shown} {(step - first) * args.batch / (time.time() - began):.1f} crops/s', flush=True)
                window = []
            if rank == 0 and (step % args.eval_every == 0 or step == total):
                check()
                kept = time.time()
            elif rank == 0 and time.time() - kept > args.keep_every:
                write()
                kept = time.time()
        moments = moments | {n: opt.state[p] for n, p in model.named_parameters() if p in opt.state}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--phases', type=phases, default=phases('heads:300,upper:6000,all:3000'))
    ap.add_argument('--variant', default='lite2', choices=('lite0', 'lite1', 'lite2'))
    ap.add_argument('--batch', type=int, default=16)
    ap.add_argument('--lr', type=float, default=1e-3)
    ap.add_argument('--small', type=int, default=192, help='side of the crops at first, px')
    ap.add_argument('--large', type=int, default=256, help='and from --small-until on')
    ap.add_argument('--small-until', type=float, default=1.0, help='share of the steps; a phase has one size')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--out', required=True)
    ap.add_argument('--checkpoint', help='to go on from')
    ap.add_argument('--hard', help='tiles to see more often, as stages.tower.hard writes them')
    ap.add_argument('--eval-every', type=int, default=1000)
    ap.add_argument('--keep-every', type=float, default=180, help='seconds between checkpoints')
    ap.add_argument('--judge-tiles', type=int, help='held-out tiles of each set to judge by, at most')
    ap.add_argument('--workers', type=int, default=0)
    add_processes(ap)
    ap.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    ap.add_argument('--ema', type=float, default=0.998)
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
