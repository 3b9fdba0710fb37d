"""Stage 1: vision tower and dense evidence, supervised on many tasks at once.

    python -m training.train_encoder --steps 4800 --out training/checkpoints/encoder.pt
"""
import argparse
import copy
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from . import boxes, data, measure
from .boxes import STRIDE
from .compose import Samples
from .model import DenseHead, Nadir
from .model_config import CONFIG
from .names import PRESENCE, SCENES
from .normalise import MEAN, STD
from .parallel import add_processes, autocast, average_gradients, share_of, spread
from .schedule import set_rate


RARE = [1.5, 2.0, 1.5, 3.0, 1.0, 1.2]  # heat loss weight of each class
GRADED = [data.BUILDING, data.CAR]  # classes whose boxes are loose enough that heat should say how well they fit
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


def load_fitting(model, state):
    """Takes over every tensor whose name and shape still fit; says what did not."""
    own = model.state_dict()
    fits = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fits, strict=False)
    print('new or changed: ' + ', '.join(sorted({k.rsplit('.', 1)[0] for k in own if k not in fits and k.startswith(('tower', 'connector'))})), flush=True)


def stack(samples):
    """Batches as NumPy arrays, which travel through the worker's pipe: both ways of sharing torch tensors stall or time out
    when the loader's core is busy."""
    return {key: np.stack([s[key] for s in samples]) for key in samples[0]}


def heat_loss(logits, target, weight, rarity=RARE, quality=None):
    """CenterNet's penalty-reduced focal loss; cells without a known answer weigh nothing. `quality` [B,C,g,g]: what the heat of an
    object's own cell is to say, 1 where it is left out: with the overlap of the box that the cell predicts, heat orders boxes by
    how well they fit (generalised focal loss, Li et al. 2020)."""
    p = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    positive = (target > 0.999).float()
    q = torch.ones_like(p) if quality is None else quality
    pos = -(q * torch.log(p) + (1 - q) * torch.log(1 - p)) * (q - p) ** 2 * positive
    neg = -torch.log(1 - p) * p ** 2 * (1 - target) ** 4 * (1 - positive)
    # Rare classes would drown among buildings and cars.
    rare = torch.tensor(rarity, device=logits.device).view(1, -1, 1, 1)
    return ((pos + neg) * weight * rare).sum() / positive.sum().clamp(min=4.0)


def covariance(w, h, sin2, cos2):
    """(xx, yy, xy) of the uniform density on a turned w x h rectangle; the angle comes doubled."""
    a, b = w ** 2 / 12, h ** 2 / 12
    return (a + b) / 2 + (a - b) / 2 * cos2, (a + b) / 2 - (a - b) / 2 * cos2, (a - b) / 2 * sin2


def gaussian_overlap(dx, dy, p, q):
    """Hellinger distance 0..1 of two boxes seen as Gaussians (ProbIoU, Llerena et al. 2021): smooth in the angle, and it
    punishes an offset by what it costs at the object's own size. p, q: covariances; dx, dy: offset of the centres."""
    a, b, c = (u + v for u, v in zip(p, q))
    det = (a * b - c * c).clamp(min=1e-4)
    mahalanobis = (b * dx * dx - 2 * c * dx * dy + a * dy * dy) / det / 2
    dets = [(u[0] * u[1] - u[2] ** 2).clamp(min=1e-4) for u in (p, q)]
    distance = (mahalanobis + torch.log(det / (4 * torch.sqrt(dets[0] * dets[1]))) / 2).clamp(1e-4, 50)
    return torch.sqrt(1 - torch.exp(-distance) + 1e-4)


def upright_overlap(dx, dy, p, q):
    """1 - GIoU of two upright boxes; p, q: (width, height); dx, dy: offset of the centres."""
    near = [torch.minimum(u / 2, d + v / 2) - torch.maximum(-u / 2, d - v / 2) for d, u, v in ((dx, p[0], q[0]), (dy, p[1], q[1]))]
    far = [torch.maximum(u / 2, d + v / 2) - torch.minimum(-u / 2, d - v / 2) for d, u, v in ((dx, p[0], q[0]), (dy, p[1], q[1]))]
    inter = near[0].clamp(min=0) * near[1].clamp(min=0)
    union = p[0] * p[1] + q[0] * q[1] - inter
    hull = far[0] * far[1]
    return 1 - inter / union.clamp(min=1e-3) + (hull - union) / hull.clamp(min=1e-3)


@torch.no_grad()
def fit_quality(geom, box, heat, hull):
    """[B,C,g,g]: at the own cell of a building or car, the IoU of the predicted box with the true one (with an upright truth, of
    the hull or the box, whichever is more), at least 0.2; 1 elsewhere."""
    quality = torch.ones_like(heat)
    own = (heat > 0.999) & (torch.arange(heat.shape[1], device=heat.device).view(1, -1, 1, 1) == box[..., 5][:, None])
    for b, c, row, col in own[:, GRADED].nonzero().tolist():
        c = GRADED[c]
        said = boxes.decode_cell(row, col, geom[b, :, row, col].float().tolist())
        true = boxes.corners(box[b, row, col, :5].tolist())
        polygon = boxes.corners(said)
        fit = boxes.polygon_iou(polygon, true)
        if hull[b, row, col] != data.OBB:
            (x0, y0), (x1, y1) = np.min(polygon, 0), np.max(polygon, 0)
            fit = max(fit, boxes.polygon_iou([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], true))
        quality[b, c, row, col] = max(fit, 0.2)
    return quality


def box_loss(geom, box, bw, hull, stride=STRIDE):
    """geom [B,6,g,g]; box [B,g,g,6] = (cx, cy, w, h, theta, cls). Rotated labels directly; upright hulls of a rotated
    object through the hull of the predicted box (an airplane is a cross, so its hull is smaller than its box's)."""
    at = bw > 0
    if not at.any():
        return geom.sum() * 0
    g = geom.permute(0, 2, 3, 1)[at].float()
    t, w, kind = box[at], bw[at], hull[at]
    _, rows, cols = torch.nonzero(at, as_tuple=True)
    tx, ty = t[:, 0] / stride - 0.5 - cols, t[:, 1] / stride - 0.5 - rows
    size = (t[:, 2] * t[:, 3]).clamp(min=16).sqrt()
    centre = (F.smooth_l1_loss(g[:, 0], tx, reduction='none', beta=0.1) + F.smooth_l1_loss(g[:, 1], ty, reduction='none', beta=0.1)) * (16 / size).clamp(0.25, 2)
    lw, lh = torch.log(t[:, 2].clamp(min=2) / stride), torch.log(t[:, 3].clamp(min=2) / stride)
    sides = F.smooth_l1_loss(g[:, 2], lw, reduction='none', beta=0.1) + F.smooth_l1_loss(g[:, 3], lh, reduction='none', beta=0.1)
    a2 = torch.deg2rad(t[:, 4]) * 2
    cls = t[:, 5]
    # The angle matters as far as the box is long; airplanes are nearly square but their w axis is the fuselage.
    weight = torch.where(cls == 0, torch.ones_like(w), ((lw - lh).abs() * 2.5).clamp(0.1, 1.5))
    angle = ((g[:, 4] - torch.sin(a2)) ** 2 + (g[:, 5] - torch.cos(a2)) ** 2) * weight
    norm = torch.sqrt(g[:, 4] ** 2 + g[:, 5] ** 2 + 1e-4)
    cos2 = g[:, 5] / norm
    c, s = torch.sqrt(((1 + cos2) / 2).clamp(min=1e-4)), torch.sqrt(((1 - cos2) / 2).clamp(min=1e-4))
    pw, ph = torch.exp(g[:, 2].clamp(-2, 4.6)), torch.exp(g[:, 3].clamp(-2, 4.6))
    cross = torch.where(cls == 0, torch.full_like(w, 0.8), torch.zeros_like(w))
    hw = cross * torch.maximum(pw * c, ph * s) + (1 - cross) * (pw * c + ph * s)
    hh = cross * torch.maximum(pw * s, ph * c) + (1 - cross) * (pw * s + ph * c)
    hulls = F.smooth_l1_loss(torch.log(hw), lw, reduction='none', beta=0.1) + F.smooth_l1_loss(torch.log(hh), lh, reduction='none', beta=0.1)
    # A car is about 2.3 times as long as wide: a prior that settles the hull's free direction.
    prior = torch.where(cls == data.CAR, F.smooth_l1_loss(g[:, 2] - g[:, 3], torch.full_like(w, 0.83), reduction='none', beta=0.2), torch.zeros_like(w))
    tw, th = torch.exp(lw), torch.exp(lh)
    sin2 = g[:, 4] / norm
    fit = gaussian_overlap(tx - g[:, 0], ty - g[:, 1], covariance(pw, ph, sin2, cos2), covariance(tw, th, torch.sin(a2), torch.cos(a2)))
    hull_fit = upright_overlap(tx - g[:, 0], ty - g[:, 1], (hw, hh), (tw, th))
    per = centre + torch.where(kind == data.AABB, hulls + 0.5 * prior + hull_fit, sides + angle + fit)
    return (per * w).sum() / w.sum().clamp(min=4.0)


def focal_loss(logits, target, gamma=1.5, smooth=0.05):
    """Cross entropy that counts what is already right for less (Lin et al. 2017), with smoothed labels."""
    log_p = F.log_softmax(logits, -1)
    p = log_p.gather(1, target[:, None])[:, 0].exp()
    ce = F.cross_entropy(logits, target, label_smoothing=smooth, reduction='none')
    return ((1 - p) ** gamma * ce).mean() * 2


def density_loss(map_, target):
    """Squared error of the cells, so that faint trees count for their mean and not for their median, which is nothing; and
    the error of the sum in log steps. Images without labels carry -1."""
    known = target[:, 0, 0] >= 0
    if not known.any():
        return map_.sum() * 0
    m, t = map_[known], target[known]
    cells = 4 * ((m - t) ** 2).sum((1, 2)) / t.sum((1, 2)).clamp(min=8)
    total = F.smooth_l1_loss(torch.log1p(m.sum((1, 2))), torch.log1p(t.sum((1, 2))), beta=0.1)
    return cells.mean() + total


class Teachers(torch.nn.Module):
    """What only teaches the tower: pictures against the words of their labels, pair by pair with a sigmoid (SigLIP), and
    maps of building footprints and their outlines, which say of every cell what boxes say of one."""

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


def footprint_loss(logits, target):
    """Cross entropy of both maps and Dice of the footprints, over images that have them; the others carry -1."""
    known = target[:, 0, 0, 0] >= 0
    if not known.any():
        return logits.sum() * 0
    x, t = logits[known].float(), target[known]
    p = torch.sigmoid(x[:, 0])
    dice = 1 - (2 * (p * t[:, 0]).sum((1, 2)) + 50) / (p.sum((1, 2)) + t[:, 0].sum((1, 2)) + 50)
    return F.binary_cross_entropy_with_logits(x, t) * 2 + dice.mean()


def contrastive_loss(teachers, stats, batch):
    logits, text = teachers(stats, batch)
    same = (text[:, None] == text[None]).all(-1).float()  # equal labels are no negatives
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
    model, teachers = Nadir(), Teachers()
    samples = Samples(args.seed, args.steps * args.batch)
    val = data.load('ucm', 'val') + data.load('kit', 'val') + data.load('oam', 'val') + data.load('gen', 'val')[:40] + data.load('naip', 'val')[:64]
    if args.init:
        load_fitting(model, torch.load(args.init)['model'])
    else:
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
        torch.save(dict(model=ema.state_dict(), raw=model.state_dict(), teachers=teachers.state_dict(), opt=opt.state_dict(), step=step), args.out + '.tmp')
        os.replace(args.out + '.tmp', args.out)

    # Two phases by crop size; sample numbers go on, so that a resumed run sees what it would have seen.
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
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--steps', type=int, default=8000)
    ap.add_argument('--batch', type=int, default=16)
    ap.add_argument('--lr', type=float, default=6e-4)
    ap.add_argument('--small-until', type=float, default=0.55, help='share of the steps run on 192-pixel crops')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--out', default='training/checkpoints/encoder.pt')
    ap.add_argument('--init', help='start from this checkpoint')
    ap.add_argument('--eval-every', type=int, default=600)
    ap.add_argument('--workers', type=int, default=0, help='processes that make samples; on a CPU making one costs a tenth of learning from it')
    add_processes(ap)
    ap.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    ap.add_argument('--ema', type=float, default=0.999)
    args = ap.parse_args()
    spread(run, args)


if __name__ == '__main__':
    main()
