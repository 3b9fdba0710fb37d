"""The heads of scene and presence alone, on pooled statistics of the frozen tower: many passes over tiles that are hardly altered, which
teach a small head more than the tower's one pass over everything did.

    python -m training.stages.probe --checkpoint TOWER.pt --processes 2 --out PROBED.pt

At the end the logits of each group of scenes are divided by the temperature that fits held-out tiles best. The rows of the language model
read the statistics (stages.tower.whole), so this comes before them.
"""
import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core.names import PRESENCE, SCENE_SCALES
from ..core.normalise import normalise
from ..data.sets import load
from ..data.samples import Samples
from ..inference import measure
from ..learning.parallel import add_processes, mapped
from ..learning.schedule import set_rate
from ..model.checkpoint import part_of, save
from ..model.pyramid.dense import load_encoder

MIX = [('ucm', 0.74), ('eurosat', 0.2), ('oam', 0.03), ('kit', 0.03)]
SETS = ('ucm', 'eurosat')
JOB = 500  # samples that a process makes at a time
DROPPED = 0.3  # share of the statistics that a sample is learned without
TEMPERATURES = np.round(np.arange(0.3, 3.01, 0.02), 2)


@torch.no_grad()
def pooled(model, tiles, batch=16):
    """Statistics f32[N,S] before their norm of [(image u8[256,256,4], nir)]."""
    out = []
    for i in range(0, len(tiles), batch):
        tokens, fine, _, deep = model.tower(torch.from_numpy(np.stack([normalise(*tile) for tile in tiles[i:i + batch]])))
        out.append(model.connector.pooled(tokens, fine, deep))
    return torch.cat(out)


def known(items):
    """(statistics' truth) scene i64[N] and presence f32[N,17], -1 where unknown."""
    return np.array([it['scene'] for it in items]), np.stack([it['presence'] for it in items]).astype(np.float32)


def job(path, kind, seed, first, count):
    """(statistics, scene, presence) of a part of what is learned from (`kind` augmented), or of the items of a set as they are."""
    model = load_encoder(path)
    if kind == 'augmented':
        samples = Samples(seed, 10 ** 6, mix=MIX, wide=True, clean=0.7, spoilt=0.1)
        items = [samples.compose(i) for i in range(first, first + count)]
        tiles = [(s['image'], s['nir']) for s in items]
    else:
        name, part = kind
        items = load(name, part)[first:first + count]
        tiles = [(measure.to_tile(it)[0], it['has_nir']) for it in items]
    return (pooled(model, tiles).numpy(), *known(items))


def cached(args):
    """({training}, {held out by set}) as tensors (statistics, scene, presence)."""
    jobs = [('augmented', args.seed, i, min(JOB, args.tiles - i)) for i in range(0, args.tiles, JOB)]
    for name in SETS:
        for part in ('train', 'val'):
            n = min(len(load(name, part)), args.plain or 10 ** 9)
            jobs += [((name, part), 0, i, min(JOB, n - i)) for i in range(0, n, JOB)]
    made = mapped(job, [(args.checkpoint, *j) for j in jobs], args.processes)
    join = lambda chosen: [torch.from_numpy(np.concatenate(column)) for column in zip(*chosen)]
    held = {name: join([m for m, j in zip(made, jobs) if j[0] == (name, 'val')]) for name in SETS}
    return join([m for m, j in zip(made, jobs) if j[0] == 'augmented' or j[0][1] == 'train']), held


def scene_loss(logits, scene, smooth=0.05):
    """Cross entropy within the group of scales of each true scene, with smoothed labels; -1 is unknown."""
    total, n = logits.sum() * 0, 0
    for a, b, _ in SCENE_SCALES:
        at = (scene >= a) & (scene < b)
        if at.any():
            total, n = total + F.cross_entropy(logits[at, a:b], scene[at] - a, label_smoothing=smooth, reduction='sum'), n + int(at.sum())
    return total / max(1, n)


def presence_loss(logits, presence):
    there = presence >= 0
    return (F.binary_cross_entropy_with_logits(logits, presence.clamp(min=0), reduction='none') * there).sum() / there.sum().clamp(min=1)


@torch.no_grad()
def judge(connector, held):
    """{row: figure} of held-out tiles: scenes right, macro-F1 of presence."""
    out = {}
    for name, (stats, scene, presence) in held.items():
        s, p, _ = connector.scene(connector.stat_norm(stats))
        said = [measure.scene_said(row, int(truth)) for row, truth in zip(s.numpy(), scene)]
        out[f'scene {name} ({len(scene)})'] = round(float(np.mean(np.array(said) == scene.numpy())), 3)
        if (presence >= 0).all(1).any():
            full = (presence >= 0).all(1)
            out[f'presence {name}'] = round(measure.macro_f1(presence[full].numpy() > 0.5, p[full].numpy() > 0), 3)
    return out


def train(connector, known, held, args):
    params = [p for name, p in connector.named_parameters() if part_of(f'connector.{name}') == 'scene']
    opt = torch.optim.AdamW(params, lr=args.lr, weight_decay=args.decay)
    rng = np.random.default_rng(args.seed)
    stats, scene, presence = known
    with torch.no_grad():
        stats = connector.stat_norm(stats)
    connector.train()
    for step in range(args.steps):
        set_rate(opt, args.lr, step, args.steps, warm=max(1, args.steps // 20))
        at = torch.from_numpy(rng.integers(len(scene), size=args.batch))
        s, p, _ = connector.scene(F.dropout(stats[at], DROPPED))
        loss = scene_loss(s, scene[at]) + 3 * presence_loss(p, presence[at])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if (step + 1) % max(1, args.steps // 6) == 0:
            connector.eval()
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {loss.item():.3f} held out {judge(connector, held)}', flush=True)
            connector.train()
    connector.eval()


@torch.no_grad()
def cool(connector, held):
    """Makes the probabilities of each group of scenes as sure as held-out tiles say that they may be."""
    for name, (a, b, _) in zip(SETS, SCENE_SCALES, strict=True):
        stats, scene, _ = held[name]
        logits = connector.scene(connector.stat_norm(stats))[0][:, a:b]
        best = float(min(TEMPERATURES, key=lambda t: F.cross_entropy(logits / float(t), scene - a).item()))
        connector.cool(a, b, best)
        print(f'{name}: temperature {best}, {len(scene)} held-out tiles', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True, help='of stages.tower.train')
    ap.add_argument('--out', required=True)
    ap.add_argument('--tiles', type=int, default=8000, help='augmented tiles, beside all as they are')
    ap.add_argument('--plain', type=int, help='tiles of a set as they are, at most')
    ap.add_argument('--steps', type=int, default=3000)
    ap.add_argument('--batch', type=int, default=256)
    ap.add_argument('--lr', type=float, default=1e-3)
    ap.add_argument('--decay', type=float, default=0.3)
    ap.add_argument('--seed', type=int, default=61)
    add_processes(ap)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = load_encoder(args.checkpoint)
    known_, held = cached(args)
    print(f'{time.strftime("%H:%M:%S")} {len(known_[0])} tiles of {len(PRESENCE)} labels; before {judge(model.connector, held)}', flush=True)
    train(model.connector, known_, held, args)
    cool(model.connector, held)
    save(model, args.out)


if __name__ == '__main__':
    main()
