"""Tower and dense evidence, supervised on many tasks at once and contrastively with the words of the labels.

    python -m training.stages.encoder --steps 4800 --out ENCODER.pt

A run that was stopped goes on from `--out`.
"""
import argparse
import copy
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from ..core.config import CONFIG
from ..core.names import PRESENCE, SCENES
from ..core.normalise import MEAN, STD
from ..data import sets
from ..data.samples import Samples
from ..inference import measure
from ..learning.losses import box_loss, density_loss, fit_quality, focal_loss, footprint_loss, heat_loss
from ..learning.parallel import add_processes, average_gradients, share_of, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import load_fitting, save
from ..model.connector import DenseHead
from ..model.nadir import Nadir
from ..model.precision import autocast

PRINTS = 0.5  # weight of the footprint maps' loss


def kmeans_stem(model, items, naip, seed=0):
    """Sets conv1 to whitened k-means centres of 7x7 patches: 96 from RGB tiles, 32 from RGB + NIR tiles."""
    rng = np.random.default_rng(seed)

    def centres(pool, bands, k, n=24000):
        patches = np.empty((n, 7, 7, bands), np.float32)
        for i in range(n):
            im = pool[rng.integers(len(pool))]['image']
            y, x = rng.integers(0, im.shape[0] - 7), rng.integers(0, im.shape[1] - 7)
            patches[i] = im[y:y + 7, x:x + 7, :bands]
        p = (patches / 255 - np.array(MEAN[:bands])) / np.array(STD[:bands])
        p = p.reshape(n, -1)
        mean = p.mean(0)
        values, vectors = np.linalg.eigh(np.cov((p - mean).T))
        whiten = (vectors / np.sqrt(values + 0.1)) @ vectors.T
        z = (p - mean) @ whiten
        z /= np.linalg.norm(z, axis=1, keepdims=True) + 1e-6
        c = z[rng.choice(n, k, replace=False)]
        for _ in range(12):  # spherical k-means
            a = (z @ c.T).argmax(1)
            for j in range(k):
                m = z[a == j].sum(0) if (a == j).any() else z[rng.integers(n)]
                c[j] = m / (np.linalg.norm(m) + 1e-6)
        w = (c @ whiten).reshape(k, 7, 7, bands)
        full = np.zeros((k, 4, 7, 7), np.float32)
        full[:, :bands] = w.transpose(0, 3, 1, 2)
        return full

    w = np.concatenate([centres(items, 3, 96), centres(naip, 4, 32)])
    w /= np.sqrt((w ** 2).sum((1, 2, 3), keepdims=True))
    model.tower.conv1.weight.data = torch.from_numpy(w.astype(np.float32)) * 0.8


def stack(samples):
    """Batches as NumPy arrays, which travel through the worker's pipe: both ways of sharing torch tensors stall or time out
    when the loader's core is busy."""
    return {key: np.stack([s[key] for s in samples]) for key in samples[0]}


class Teachers(torch.nn.Module):
    """Heads that are used in training only: pictures against the words of their labels, pair by pair with a sigmoid (SigLIP), and
    maps of building footprints and their outlines, which label every cell where boxes label one."""

    def __init__(self, stats=384, width=96):
        super().__init__()
        self.prints = DenseHead(CONFIG['neck'], 2)
        self.image = torch.nn.Linear(stats, width)
        self.text = torch.nn.Linear(len(SCENES) + 2 * len(PRESENCE), width)
        self.scale = torch.nn.Parameter(torch.tensor([2.0, -3.0]))

    def forward(self, stats, batch):
        """Logits [B,B] of image i against text j, and the texts [B,W]."""
        scene = F.one_hot(batch['scene'].clamp(min=0), len(SCENES)) * (batch['scene'] >= 0)[:, None]
        text = torch.cat([scene.float(), (batch['presence'] == 1).float(), (batch['presence'] == 0).float()], 1)
        a, b = F.normalize(self.image(stats), dim=-1), F.normalize(self.text(text), dim=-1)
        return a @ b.T * self.scale[0].exp() + self.scale[1], text


def contrastive_loss(teachers, stats, batch):
    logits, text = teachers(stats, batch)
    same = (text[:, None] == text[None]).all(-1).float()  # pairs with equal labels are not negatives
    full = (batch['scene'] >= 0).float()
    each = F.binary_cross_entropy_with_logits(logits, same, reduction='none') * full[:, None] * full[None]
    return each.sum() / full.sum().clamp(min=1)


def losses(model, teachers, batch):
    device = batch['image'].device
    x = batch['image'].float().div_(255)
    x = (x - torch.tensor(MEAN, device=device)) / torch.tensor(STD, device=device)
    x[..., 3] *= batch['nir'][:, None, None]
    with autocast(device.type):
        tokens, fine = model.tower(x)
        ev = model.connector.evidence(tokens, fine)
        prints = teachers.prints(ev['neck'])
    out = {}
    known = batch['scene'] >= 0
    out['scene'] = focal_loss(ev['scene'].float()[known], batch['scene'][known]) if known.any() else x.new_zeros(())
    has = (batch['presence'] >= 0).float()
    bce = F.binary_cross_entropy_with_logits(ev['presence'].float(), batch['presence'].clamp(min=0), reduction='none')
    out['presence'] = (bce * has).sum() / has.sum().clamp(min=1) * 3
    quality = fit_quality(ev['geom'], batch['box'], batch['heat'], batch['hull'])
    out['heat'] = heat_loss(ev['heat'].float(), batch['heat'], batch['weight'], quality=quality)
    out['box'] = box_loss(ev['geom'], batch['box'], batch['bw'], batch['hull'])
    judged = (batch['quality'] >= 0).float()
    bce = F.binary_cross_entropy_with_logits(ev['quality'].float(), batch['quality'].clamp(min=0), reduction='none')
    out['quality'] = (bce * judged).sum() / judged.sum().clamp(min=1) * 2
    out['density'] = density_loss(ev['density'][:, 0], batch['density'])
    out['words'] = contrastive_loss(teachers, ev['stats'].float(), batch) * 0.3
    out['prints'] = footprint_loss(prints, batch['prints']) * PRINTS
    right = (ev['scene'][known].argmax(-1) == batch['scene'][known]).float().mean() if known.any() else x.new_zeros(())
    return out, right


@torch.no_grad()
def follow(ema, model, keep):
    """Moves the averaged tower and connector towards the trained ones: weights, and BatchNorm's running statistics."""
    pairs = [(e, p) for part in ('tower', 'connector') for e, p in
             zip(getattr(ema, part).state_dict().values(), getattr(model, part).state_dict().values()) if e.dtype.is_floating_point]
    torch._foreach_lerp_([e for e, _ in pairs], [p for _, p in pairs], 1 - keep)


def run(rank, args):
    """One of args.processes equal ones (parallel.py); number 0 also validates and writes."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    device = torch.device(args.device)
    model, teachers = load_fitting(args.checkpoint) if args.checkpoint else Nadir(), Teachers()
    samples = Samples(args.seed, args.steps * args.batch)
    val = sets.load('ucm', 'val') + sets.load('kit', 'val') + sets.load('oam', 'val') + sets.load('gen', 'val')[:40] + sets.load('naip', 'val')[:64]
    if not args.checkpoint:
        kmeans_stem(model, samples.sets['ucm'], samples.sets['naip'])
    model.to(device), teachers.to(device)
    parts = [p for n, p in model.named_parameters() if n.startswith(('tower.', 'connector.'))] + list(teachers.parameters())
    decay = [p for p in parts if p.ndim >= 2]
    plain = [p for p in parts if p.ndim < 2]
    opt = torch.optim.AdamW([dict(params=decay, weight_decay=0.05), dict(params=plain, weight_decay=0.0)], lr=args.lr, betas=(0.9, 0.98), fused=True)
    ema = copy.deepcopy(model)
    start = 0
    if os.path.exists(args.out):
        state = torch.load(args.out, map_location=device)
        if state['step'] < args.steps and 'opt' in state:
            model.load_state_dict(state['raw'])
            teachers.load_state_dict(state['teachers'])
            ema.load_state_dict(state['model'])
            opt.load_state_dict(state['opt'])
            start = state['step']
    say = print if rank == 0 else lambda *_, **__: None
    say(f'{sum(p.numel() for p in parts) / 1e6:.2f} M parameters, {len(samples.cuts)} cut-outs, {len(val)} validation tiles, from step {start}', flush=True)

    def check(step):
        results = measure.run_dense(ema, val)
        say(f'{time.strftime("%H:%M:%S")} validation {step} ' + json.dumps(measure.summarise(val, results)), flush=True)
        save(ema, args.out, raw=model.state_dict(), teachers=teachers.state_dict(), opt=opt.state_dict(), step=step)

    # Two phases by crop size. Sample numbers go on, so that a resumed run sees the same samples.
    switch = int(args.steps * args.small_until)
    share = share_of(args)
    began, window, step = time.time(), [], start
    while step < args.steps:
        samples.size = 192 if step < switch else 256
        stop = switch if step < switch else args.steps
        order = [s * args.batch + rank * share + i for s in range(step, stop) for i in range(share)]
        loader = DataLoader(samples, share, sampler=order, num_workers=args.workers, prefetch_factor=6 if args.workers else None, collate_fn=stack)
        for batch in loader:
            model.train()
            rate = set_rate(opt, args.lr, step, args.steps, warm=300)
            parts_loss, right = losses(model, teachers, {key: torch.from_numpy(value).to(device, non_blocking=True) for key, value in batch.items()})
            loss = sum(parts_loss.values())
            opt.zero_grad(set_to_none=True)
            loss.backward()
            average_gradients(parts)
            torch.nn.utils.clip_grad_norm_(parts, 5.0)
            opt.step()
            step += 1
            if rank == 0:
                follow(ema, model, min(args.ema, (1 + step) / (20 + step)))
            window.append(torch.stack([*(v.detach() for v in parts_loss.values()), right]))
            if step % 50 == 0:
                mean = torch.stack(window).mean(0).tolist()
                speed = (step - start) * args.batch / (time.time() - began)
                shown = ' '.join(f'{name} {value:.3f}' for name, value in zip([*parts_loss, 'train-scene'], mean))
                say(f'{time.strftime("%H:%M:%S")} step {step} lr {rate:.1e} {shown} {speed:.1f} images/s', flush=True)
                window = []
            if rank == 0 and (step % args.eval_every == 0 or step == args.steps):
                check(step)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--steps', type=int, default=8000)
    ap.add_argument('--batch', type=int, default=16)
    ap.add_argument('--lr', type=float, default=6e-4)
    ap.add_argument('--small-until', type=float, default=0.55, help='share of the steps run on 192-pixel crops')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--out', required=True)
    ap.add_argument('--checkpoint', help='to go on from; without one the stem starts as k-means of patches')
    ap.add_argument('--eval-every', type=int, default=600)
    ap.add_argument('--workers', type=int, default=0, help='processes that make samples; on a CPU making one costs a tenth of learning from it')
    add_processes(ap)
    ap.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    ap.add_argument('--ema', type=float, default=0.999)
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
