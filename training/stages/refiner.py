"""The refiner, box to mask, on the frozen tower's neck features and the pixels inside the box.

    python -m training.stages.refiner --checkpoint WHOLE.pt --processes 2 --out REFINER.pt

It goes on from the refiner that the checkpoint holds.
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.names import BOX_NAMES
from ..core.normalise import normalise
from ..data.items import BUILDING
from ..data.masks import NO_CLASS, jitter, tiles
from ..inference.fit_box import bilinear, frame_grid, refiner_inputs
from ..learning.frozen import head_arguments, start_model
from ..learning.parallel import add_processes, average_gradients, share_of, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import save
from ..model.precision import autocast

TURNED = 0.35  # share of buildings whose box lies at any angle: the head finds their places better than their angles


@torch.no_grad()
def with_neck(model, source, batch=16):
    out, part = [], []

    def flush():
        x = torch.from_numpy(np.stack([normalise(t['image'], t['nir']) for t in part]))
        with autocast('cpu'):
            neck = model.connector.neck(*model.tower(x)[:2])
        for t, n in zip(part, neck.float().permute(0, 2, 3, 1).numpy()):
            out.append({**t, 'neck': n.astype(np.float16)})
        part.clear()
    for t in source:
        part.append(t)
        if len(part) == batch:
            flush()
    if part:
        flush()
    return out


def example(rng, tile, masks, exact=False):
    """(crop, features, label, target, inside) of one box of a tile; `masks`: names of the label's classes; `exact`: an object's own box."""
    i = int(rng.integers(len(tile['objects'])))
    cls, box = tile['objects'][i][0], tile['objects'][i][1:6]
    box = box if exact else jitter(rng, box, TURNED if cls == BUILDING else 0.0)
    pixels = normalise(tile['image'], tile['nir'])
    crop, features = refiner_inputs(pixels, tile['neck'].astype(np.float32), box)
    x, y, _, _ = frame_grid(box, 64)
    target = bilinear(tile['masks'][i][..., None].astype(np.float32) / 255, x, y)[..., 0]
    inside = (x >= 0) & (x <= 256) & (y >= 0) & (y <= 256)
    label = np.zeros(len(masks), np.float32) if cls == NO_CLASS else np.eye(len(masks), dtype=np.float32)[masks.index(BOX_NAMES[cls])]
    return crop, features, label, target, inside.astype(np.float32)


def batch_of(rng, cached, masks, size, exact=False):
    """Tensors of `example`, stacked."""
    made = [example(rng, cached[rng.integers(len(cached))], masks, exact) for _ in range(size)]
    # np.stack keeps the transposed strides of its parts, which make the backward pass five times slower.
    return [torch.from_numpy(np.stack(v)).contiguous() for v in zip(*made)]


def overlap(logits, target, inside):
    """IoU [N] of masks."""
    hard, want = (logits > 0) & (inside > 0), (target > 0.5) & (inside > 0)
    return (hard & want).sum((1, 2)) / (hard | want).sum((1, 2)).clamp(min=1)


@torch.no_grad()
def judge(model, cached, seed=7, count=320):
    """Mean IoU of masks of loose boxes on held-out tiles, and by class. Objects of no class count as the first one."""
    rng, found = np.random.default_rng(seed), {}
    for _ in range(0, count, 32):
        crop, features, label, target, inside = batch_of(rng, cached, model.masks, 32)
        for name, iou in zip(label.argmax(1).tolist(), overlap(model.refiner(crop, features, label)[:, 0], target, inside).tolist()):
            found.setdefault(model.masks[name], []).append(iou)
    return {'all': round(float(np.mean(sum(found.values(), []))), 3)} | {name: round(float(np.mean(v)), 3) for name, v in sorted(found.items())}


def run(rank, args):
    """One of args.processes equal ones (parallel.py), each with its own tiles; number 0 writes."""
    model = start_model(args)
    say = print if rank == 0 else lambda *_, **__: None
    share = share_of(args)
    cached = with_neck(model, tiles((args.seed, rank), args.tiles // args.processes))
    say(f'{time.strftime("%H:%M:%S")} {len(cached)} tiles of {args.processes}', flush=True)
    rng = np.random.default_rng((args.seed, rank))
    net = model.refiner
    held = with_neck(model, tiles(args.seed + 1, 60, 'val')) if rank == 0 else None
    if held:
        say(f'{time.strftime("%H:%M:%S")} IoU of held-out tiles before {judge(model, held)}', flush=True)
    opt = torch.optim.AdamW(net.parameters(), lr=args.lr, weight_decay=0.01)
    window = []
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=max(1, args.steps // 20))
        crop, features, label, target, inside = batch_of(rng, cached, model.masks, share)
        with autocast('cpu'):
            logits = net(crop, features, label)[:, 0].float()
        bce = (F.binary_cross_entropy_with_logits(logits, target, reduction='none') * inside).sum() / inside.sum()
        p = torch.sigmoid(logits) * inside
        dice = 1 - (2 * (p * target).sum((1, 2)) + 1) / (p.sum((1, 2)) + (target * inside).sum((1, 2)) + 1)
        loss = bce + 0.5 * dice.mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        average_gradients(list(net.parameters()))
        opt.step()
        window.append((loss.item(), overlap(logits, target, inside).mean().item()))
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            say(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {m[0]:.4f} IoU {m[1]:.3f}', flush=True)
            window = []
    if rank == 0:
        if args.steps:
            say(f'{time.strftime("%H:%M:%S")} IoU of held-out tiles {judge(model, held)}', flush=True)
        save(model, args.out)


def main():
    ap = head_arguments(__doc__, tiles=1000, steps=400, lr=1e-3, seed=5)
    add_processes(ap)
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
