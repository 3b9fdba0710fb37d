"""Stage 1c: what changed between two pictures of one place, on features of the frozen tower.

    python -m training.train_change --encoder ENC.pt --pairs 1600 --cache pairs.pt           # compose pairs, keep their features
    python -m training.train_change --encoder ENC.pt --train pairs.pt --steps 2000 --out change.pt
    python -m training.train_change --encoder ENC.pt --change change.pt --train pairs.pt --items items.pt   # for train_language

A part of the pairs are real ones, the same place in different years, labelled by eye (labels/naip_change.jsonl: places of
`train/` only). Into the others changes are drawn: objects pasted in or out, ground replaced by other ground, ground cleared;
nobody labelled those, so a few hold a true change besides.
"""
import argparse
import json
import math
import os
import re
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from . import boxes, language, measure, pipeline
from .augment import colour, finish_objects, similarity, transform
from .compose import targets
from .cutouts import cut_outs, paste
from .data import BUILDING, DATA, OBB, UPRIGHT, load
from .language_features import EVIDENCE
from .model import Change, Nadir
from .normalise import normalise
from .parallel import autocast
from .schedule import set_rate
from .train_encoder import box_loss, heat_loss


class Pairs:
    """Endless, deterministic: pair i depends on (seed, i) only."""

    def __init__(self, seed, part='train', labelled=0.45):
        """`labelled`: share of real pairs with labels; 1 gives nothing else."""
        self.seed, self.share = seed, labelled
        tiles = {it['row']['file']: it for half in ('train', 'val') for it in load('naip', half) if part_of(it['row']['file']) == part}
        known = [r for r in labelled_pairs() if r['before'] in tiles]
        changed = {(r['before'], r['after']) for r in known if r['changed']}
        self.years = [(tiles[r['before']], tiles[r['after']]) for r in json_lines('naip_trees/pairs.jsonl')
                      if r['before'] in tiles and r['after'] in tiles and (r['before'], r['after']) not in changed]
        self.real = [(tiles[r['before']], tiles[r['after']], [upright(c['box']) for c in r['changes']]) for r in known if r['sure']]
        self.tiles = list(tiles.values())
        self.others = load('ucm', part)
        small = lambda cuts: [c for c in cuts if min(c['w'], c['h']) >= 16]
        self.cuts = cut_outs(self.others)
        self.buildings = small(cut_outs(load('oam', part))) + small(cut_outs([dict(it, objects=[o for o in it['objects'] if o[0] == BUILDING]) for it in load('gen', part)[:150]]))

    def compose(self, i, size=256):
        """dict(before, after u8[S,S,4], nir, changes [(0, cx, cy, w, h, theta, OBB)])."""
        rng = np.random.default_rng((self.seed, i))
        if rng.random() < self.share:
            return self.compose_real(rng, size)
        u = rng.random()
        a, b = self.years[rng.integers(len(self.years))]
        if u < 0.12:
            b = a
        elif u < 0.27:
            a = b = self.others[rng.integers(len(self.others))]
        if rng.random() < 0.5:
            a, b = b, a
        scale, flip, turn = float(rng.uniform(1.0, 1.35)), bool(rng.random() < 0.5), float(rng.integers(4) * 90)
        centre = 128 + rng.uniform(-1, 1, 2) * (128 - 128 / scale)
        out = []
        for it in (a, b):
            # Registration is never perfect.
            m = similarity(centre + rng.normal(0, 0.7, 2), scale, turn, flip, (size / 2, size / 2))
            out.append(transform(it['image'], [], m, scale, turn, flip, size)[0].copy())
        nir = a['has_nir'] and rng.random() < 0.5
        changes = []
        if rng.random() < 0.55:
            for _ in range(int(rng.integers(1, 4))):
                new = self.change(rng, out[int(rng.integers(2))], changes)
                if new:
                    changes.append((0, *new, OBB))
        before, after = (colour(rng, im, spoil=rng.random() < 0.3) for im in out)
        return dict(before=before, after=after, nir=nir, changes=changes)

    def compose_real(self, rng, size):
        """A labelled pair: turned, flipped, swapped, recoloured; cut little, since what is cut off would no longer be a change."""
        a, b, changes = self.real[rng.integers(len(self.real))]
        if rng.random() < 0.5:
            a, b = b, a
        scale, flip, turn = float(rng.uniform(1.0, 1.12)), bool(rng.random() < 0.5), float(rng.integers(4) * 90)
        m = similarity(128 + rng.uniform(-1, 1, 2) * (128 - 128 / scale), scale, turn, flip, (size / 2, size / 2))
        images, moved = [], []
        for it in (a, b):
            image, moved = transform(it['image'], changes, m, scale, turn, flip, size)
            images.append(image)
        nir = a['has_nir'] and b['has_nir'] and rng.random() < 0.5
        before, after = (colour(rng, im, spoil=rng.random() < 0.2) for im in images)
        whole = np.ones((1, size // 8, size // 8), bool)
        return dict(before=before, after=after, nir=nir, changes=finish_objects(moved, whole, size))

    def change(self, rng, canvas, others):
        """Draws one change into a picture; returns its box or None."""
        u = rng.random()
        if u < 0.35:
            cut = self.buildings[rng.integers(len(self.buildings))]
            longest = max(cut['w'], cut['h'])
            new = paste(rng, canvas, others, cut, (18 / longest, max(20 / longest, min(1.6, 90 / longest))))
            return new[1:6] if new else None
        if u < 0.45:
            new = paste(rng, canvas, others, self.cuts[rng.integers(len(self.cuts))], (0.3, 0.9))
            return new[1:6] if new else None
        size = canvas.shape[0]
        w, h = np.exp(rng.uniform(math.log(24), math.log(150), 2))
        box = (*rng.uniform(0.08, 0.92, 2) * size, w, h, float(rng.uniform(0, 180)))
        if any(math.hypot(o[1] - box[0], o[2] - box[1]) < (math.hypot(w, h) + math.hypot(o[3], o[4])) * 0.4 for o in others):
            return None
        pts = np.array(boxes.corners(box))
        if rng.random() < 0.5:
            pts = pts + rng.normal(0, 0.08, pts.shape) * min(w, h)
        mask = np.zeros((size, size), np.float32)
        cv2.fillPoly(mask, [np.round(pts).astype(np.int32)], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 2.0))[..., None]
        other = np.rot90(self.tiles[rng.integers(len(self.tiles))]['image'], rng.integers(4)).astype(np.float32)
        if u > 0.75:  # cleared or paved: one tone with a little texture
            y, x = rng.integers(0, 248, 2)
            tone = other[y:y + 8, x:x + 8].reshape(-1, 4).mean(0)
            other = tone + cv2.GaussianBlur(rng.normal(0, 14, other.shape).astype(np.float32), (0, 0), rng.uniform(0.6, 3)) * 2
        inside = mask[..., 0] > 0.5
        if not inside.any():
            return None
        # Ground much like the old is no change that anybody would mark.
        if np.abs(canvas[inside][:, :3].mean(0) - other[inside][:, :3].mean(0)).mean() < 16:
            return None
        canvas[:] = np.clip(canvas * (1 - mask) + other * mask, 0, 255).astype(np.uint8)
        (cx, cy), (bw, bh), t = cv2.minAreaRect(np.argwhere(inside)[:, ::-1].astype(np.float32) + 0.5)
        return boxes.long_side_first((cx, cy, max(bw, 4), max(bh, 4), t % 180))


def upright(box):
    x0, y0, x1, y1 = box
    return (0, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0.0, UPRIGHT)


def part_of(file):
    """A fourth of the places is kept for validation, data.held_out's among them."""
    return 'val' if int(re.search(r'_(\d+)\.jpg$', file)[1]) % 12 in (2, 5, 8) else 'train'


def labelled_pairs():
    with open(os.path.join(os.path.dirname(__file__), 'labels', 'naip_change.jsonl')) as f:
        return [json.loads(line) for line in f]


def json_lines(name):
    with open(f'{DATA}/train/{name}') as f:
        return [json.loads(line) for line in f]


@torch.no_grad()
def cache(model, pairs, first, count, batch=16):
    """List of dict(before, after: {EVIDENCE}, necks bf16 [F,32,32], changes)."""
    out = []
    for i in range(first, first + count, batch):
        part = [pairs.compose(j) for j in range(i, min(i + batch, first + count))]
        x = torch.from_numpy(np.stack([normalise(p[k], p['nir']) for k in ('before', 'after') for p in part]))
        with autocast('cpu'):
            tokens, fine = model.tower(x)
            ev = model.connector.evidence(tokens, fine)
        ev['count'] = ev['density'].sum((2, 3))
        n = len(part)
        for j, p in enumerate(part):
            side = lambda k: {**{e: ev[e][k].float() for e in EVIDENCE}, 'neck': ev['neck'][k].bfloat16()}
            out.append(dict(before=side(j), after=side(n + j), changes=p['changes']))
        if i % 320 < batch:
            print(f'{time.strftime("%H:%M:%S")} {len(out)} of {count}', flush=True)
    return out


def loss_of(net, part, swap, noise=0.15):
    """Sum of heat, box and changed-or-not losses, and how many pairs were judged right. Pairs in `swap` are shown the other
    way round; channels are dropped in both pictures alike: a few thousand pairs are soon known by heart."""
    a, b = (torch.stack([p[k]['neck'] for p in part]).float() for k in ('before', 'after'))
    turned = torch.from_numpy(swap)[:, None, None, None]
    keep = (torch.rand(a.shape[0], a.shape[1], 1, 1) > noise).float() / (1 - noise)
    out = net(torch.where(turned, b, a) * keep, torch.where(turned, a, b) * keep)
    made = [targets(p['changes'], np.ones((1, 32, 32), bool), 256, boxes.NECK_STRIDE) for p in part]
    heat, weight, box, bw, hull = (torch.from_numpy(np.stack(m)) for m in zip(*made))
    truth = torch.tensor([float(bool(p['changes'])) for p in part])
    changed = F.binary_cross_entropy_with_logits(out['changed'][:, 0].float(), truth)
    loss = heat_loss(out['heat'].float(), heat, weight, [1.0]) + box_loss(out['geom'], box, bw, hull, boxes.NECK_STRIDE) + changed
    return loss, int(((out['changed'][:, 0] > 0) == (truth > 0.5)).sum())


def train(net, items, steps, batch=24, lr=1.5e-3, seed=0):
    opt = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=0.2)
    rng = np.random.default_rng(seed)
    net.train()
    window, began = [], time.time()
    for step in range(steps):
        set_rate(opt, lr, step, steps, warm=100)
        part = [items[i] for i in rng.integers(len(items), size=batch)]
        with autocast('cpu'):
            loss, right = loss_of(net, part, rng.random(batch) < 0.5)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        opt.step()
        window.append((loss.item(), right / batch))
        if (step + 1) % 100 == 0:
            m = np.mean(window, 0)
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {m[0]:.3f} changed right {m[1]:.3f} {(step + 1) * batch / (time.time() - began):.0f} pairs/s', flush=True)
            window = []


@torch.no_grad()
def judge(net, items):
    """Accuracy of changed-or-not and box counts at IoU 0.5 on cached pairs."""
    net.eval()
    right, total = 0, np.zeros(3, int)
    for it in items:
        proposals, _, changed, _ = propose(net, it)
        right += (changed > 0) == bool(it['changes'])
        keep = sorted((p for p in proposals if p['score'] > 0.4), key=lambda p: -p['score']) if changed > 0 else []
        total += measure.box_counts([p['box'] for p in keep], [boxes.corners(o[1:6]) for o in it['changes']])
    return dict(accuracy=round(right / len(items), 3), f1=round(measure.f1(*map(int, total)), 3), pairs=len(items), changed=sum(bool(i['changes']) for i in items))


@torch.no_grad()
def calibrate(net, items):
    """Moves the decision so that as many held-out real pairs are called changed as are: half of what it learned from are drawn
    changes, which are plainer than real ones."""
    net.eval()
    said = np.array([propose(net, it)[2] for it in items])
    share = np.mean([bool(it['changes']) for it in items])
    net.changed2.bias -= float(np.quantile(said, 1 - share))


@torch.no_grad()
def propose(net, it):
    """(proposals, heat [32,32,1], changed logit, seen [64]) of one cached pair."""
    out = net(*(it[k]['neck'].float()[None] for k in ('before', 'after')))
    heat = torch.sigmoid(out['heat'])[0].permute(1, 2, 0).numpy()
    p = language.CHANGE_PROPOSALS
    found = boxes.propose(heat, out['geom'][0].permute(1, 2, 0).numpy(), p['max'], p['minScore'], p['nmsIou'], boxes.NECK_STRIDE)
    return found, heat, float(out['changed']), out['seen'][0]


def language_item(net, it):
    """What train_language needs of one pair."""
    proposals, heat, changed, seen = propose(net, it)
    difference = (it['after']['neck'].float() - it['before']['neck'].float()).permute(1, 2, 0).numpy()
    g, s, f = pipeline.change_inputs(proposals, heat, difference)
    hits = {i for i, _, _ in boxes.match([boxes.corners(p['box']) for p in proposals], [boxes.corners(o[1:6]) for o in it['changes']], 0.25, boxes.polygon_iou)}
    # The evidence decides: the language model only has to say it, and to leave out proposals that look wrong.
    record = dict(change=changed > 0, proposals=[dict(truth=i in hits or p['score'] > 0.5) for i, p in enumerate(proposals)])
    strip = lambda side: {k: v for k, v in side.items() if k != 'neck'}
    return dict(before=strip(it['before']), after=strip(it['after']), seen=seen, changed=torch.tensor([changed]), geometry=torch.from_numpy(g),
                scores=torch.from_numpy(s), features=torch.from_numpy(f).half(), record=record, kind='change')


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--encoder', required=True)
    ap.add_argument('--pairs', type=int, default=1600)
    ap.add_argument('--part', default='train')
    ap.add_argument('--labelled', type=float, default=0.45, help='share of real, labelled pairs')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--cache')
    ap.add_argument('--train', nargs='*')
    ap.add_argument('--val')
    ap.add_argument('--steps', type=int, default=1500)
    ap.add_argument('--change')
    ap.add_argument('--items')
    ap.add_argument('--out')
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    if args.cache:
        model = Nadir()
        model.load_state_dict(torch.load(args.encoder)['model'], strict=False)
        torch.save(cache(model.eval(), Pairs(args.seed, args.part, args.labelled), 0, args.pairs), args.cache)
        return
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    net = Change()
    if args.change:
        net.load_state_dict(torch.load(args.change)['change'])
    if args.items:
        torch.save([language_item(net.eval(), it) for it in items], args.items)
        return
    if args.steps:
        train(net, items, args.steps)
    if args.val:
        held = torch.load(args.val, weights_only=False)
        print('validation', judge(net, held), flush=True)
        calibrate(net, held)
        print('decision moved', judge(net, held), flush=True)
    torch.save(dict(change=net.state_dict()), args.out)


if __name__ == '__main__':
    main()
