"""The refiner, box to mask, on the frozen tower's neck features and the pixels inside the box.

    python -m training.stages.refiner --checkpoint QUALITY.pt --steps 1000 --out REFINER.pt

It goes on from the refiner that the checkpoint holds.
"""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.names import CLASSES
from ..core.normalise import normalise
from ..data.masks import NO_CLASS, jitter, tiles
from ..inference.fit_box import bilinear, frame_grid, refiner_inputs
from ..learning.frozen import head_arguments, start_model
from ..learning.parallel import add_processes, average_gradients, share_of, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import save
from ..model.precision import autocast


@torch.no_grad()
def with_neck(model, source, batch=16):
    out, part = [], []

    def flush():
        x = torch.from_numpy(np.stack([normalise(t['image'], t['nir']) for t in part]))
        with autocast('cpu'):
            tokens, fine = model.tower(x)
            neck = model.connector.neck(tokens, fine)
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


def example(rng, tile, exact=False):
    """(crop, features, label, target, inside) of one box of a tile; `exact`: of an object's own."""
    i = int(rng.integers(len(tile['objects'])))
    cls, box = tile['objects'][i][0], tile['objects'][i][1:6]
    box = box if exact else jitter(rng, box)
    pixels = normalise(tile['image'], tile['nir'])
    crop, features = refiner_inputs(pixels, tile['neck'].astype(np.float32), box)
    x, y, _, _ = frame_grid(box, 64)
    target = bilinear(tile['masks'][i][..., None].astype(np.float32) / 255, x, y)[..., 0]
    inside = (x >= 0) & (x <= 256) & (y >= 0) & (y <= 256)
    label = np.zeros(len(CLASSES), np.float32) if cls == NO_CLASS else np.eye(len(CLASSES), dtype=np.float32)[cls]
    return crop, features, label, target, inside.astype(np.float32)


def run(rank, args):
    """One of args.processes equal ones (parallel.py), each with its own tiles; number 0 writes."""
    model = start_model(args)
    say = print if rank == 0 else lambda *_, **__: None
    share = share_of(args)
    cached = with_neck(model, tiles((args.seed, rank), args.tiles // args.processes))
    say(f'{time.strftime("%H:%M:%S")} {len(cached)} tiles of {args.processes}', flush=True)
    rng = np.random.default_rng((args.seed, rank))
    net = model.refiner
    opt = torch.optim.AdamW(net.parameters(), lr=args.lr, weight_decay=0.01)
    window = []
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=50)
        # np.stack keeps the transposed strides of its parts, which make the backward pass five times slower.
        crop, features, label, target, inside = (torch.from_numpy(np.stack(v)).contiguous() for v in zip(*[example(rng, cached[rng.integers(len(cached))]) for _ in range(share)]))
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
        hard, want = (logits > 0) & (inside > 0), (target > 0.5) & (inside > 0)
        window.append((loss.item(), ((hard & want).sum((1, 2)) / (hard | want).sum((1, 2)).clamp(min=1)).mean().item()))
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            say(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {m[0]:.4f} IoU {m[1]:.3f}', flush=True)
            window = []
    if rank == 0:
        save(model, args.out)


def main():
    ap = head_arguments(__doc__, tiles=2400, steps=1000, lr=2e-3, seed=5)
    add_processes(ap)
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
