"""The rows of the language model for a new tower, fitted to those of a released one, so that the language model goes on as it is.

    python -m training.stages.tower.rows --teacher RELEASED.pt --checkpoint TOWER.pt --out ROWS.pt

Rows of scene, presence, density and quality are made of what was decided; their layers are the teacher's. Patch rows and the row of
the whole image are made of features, so their layers are fitted on cached features of augmented training tiles.
"""
import argparse
import time

import numpy as np
import torch

from ...core.names import SCENES
from ...core.normalise import normalise
from ...data.samples import Samples
from ...learning.schedule import set_rate
from ...model.checkpoint import load_fitting, save
from ...model.pyramid.dense import ROWS, load_encoder

SHARED = tuple(name for name in ROWS if name not in ('merge', 'global_row'))

HELD = [('ucm', 0.5), ('oam', 0.2), ('kit', 0.1), ('trees', 0.2)]  # mix of the held-out tiles


@torch.no_grad()
def cache(teacher, model, samples, tiles, batch=8):
    """(tokens f16[N,256,D] and stats [N,384] of the new tower, rows f16[N,65,H] of the teacher: patches, whole image)."""
    tokens, stats, rows = [], [], []
    for i in range(0, tiles, batch):
        made = [samples.compose(j) for j in range(i, min(tiles, i + batch))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in made]))
        seen = teacher.tower(x)
        ev = teacher.connector.evidence(*seen)
        rows.append(torch.cat([teacher.connector.patch_rows(seen[0]), teacher.connector.global_row(ev['stats'].float())[:, None]], 1).half())
        out = model.tower(x)
        tokens.append(out[0].half())
        stats.append(model.connector.evidence(*out)['stats'].float())
    return torch.cat(tokens), torch.cat(stats), torch.cat(rows)


def explained(made, wanted):
    """Share of the variance of rows [N,R,H] about their mean that other rows explain."""
    return 1 - ((made - wanted) ** 2).sum().item() / ((wanted - wanted.mean((0, 1))) ** 2).sum().item()


def fit(connector, known, held, steps, lr, batch, seed):
    """Fits merge1, merge2 and global_row; prints the explained variance of held-out tiles, patches and whole image."""
    params = [p for layer in (connector.merge1, connector.merge2, connector.global_row) for p in layer.parameters()]
    for p in params:
        p.requires_grad_(True)
    opt = torch.optim.AdamW(params, lr=lr, weight_decay=0.01)
    rng = np.random.default_rng(seed)
    spread = known[2].float().std()
    for step in range(steps):
        set_rate(opt, lr, step, steps, warm=max(1, steps // 20))
        at = torch.from_numpy(rng.integers(len(known[0]), size=min(batch, len(known[0]))))
        tokens, stats, wanted = (v[at].float() for v in known)
        loss = (((connector.patch_rows(tokens) - wanted[:, :-1]) / spread) ** 2).mean() + 0.1 * (((connector.global_row(stats) - wanted[:, -1]) / spread) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if (step + 1) % max(1, steps // 5) == 0 or step + 1 == steps:
            with torch.no_grad():
                tokens, stats, wanted = (v.float() for v in held)
                patches, whole = explained(connector.patch_rows(tokens), wanted[:, :-1]), explained(connector.global_row(stats)[:, None], wanted[:, -1:])
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {loss.item():.4f}; held-out variance explained: patch rows {patches:.3f}, whole image {whole:.3f}', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--teacher', required=True, help='a checkpoint of a whole model')
    ap.add_argument('--checkpoint', required=True, help='of stages.tower.train')
    ap.add_argument('--out', required=True)
    ap.add_argument('--tiles', type=int, default=1200)
    ap.add_argument('--steps', type=int, default=1500)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=2e-3)
    ap.add_argument('--seed', type=int, default=51)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    teacher, model = load_fitting(args.teacher), load_encoder(args.checkpoint)
    own, theirs = model.connector.state_dict(), teacher.connector.state_dict()
    for name in own:
        if name.startswith(SHARED):
            own[name].copy_(theirs[name])
    known = cache(teacher, model, Samples(args.seed, args.tiles, wide=True), args.tiles)
    held = cache(teacher, model, Samples(args.seed, args.tiles, part='val', mix=HELD), max(8, args.tiles // 10))
    print(f'{time.strftime("%H:%M:%S")} {len(known[0])} tiles, {len(held[0])} held out; {len(SCENES)} scenes of the teacher stay the first', flush=True)
    fit(model.connector, known, held, args.steps, args.lr, args.batch, args.seed)
    save(model, args.out, cfg=model.cfg)


if __name__ == '__main__':
    main()
