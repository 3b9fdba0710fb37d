"""Stage 1b: the dense heads alone (heat and geometry), on cached neck features of the frozen tower. Sharpens boxes
without moving the features that the language model and the refiner read.

    python -m training.train_heads --encoder ENC.pt --samples 3000 --steps 1500 --out ENC2.pt
"""
import argparse
import math
import time

import numpy as np
import torch

from . import data
from .model import Nadir, gelu
from .normalise import normalise
from .train_encoder import box_loss, heat_loss

HEADS = ('connector.heat1.', 'connector.heat2.', 'connector.geom1.', 'connector.geom2.')
MIX = [('ucm', 0.22), ('paste', 0.14), ('oam', 0.12), ('kit', 0.14), ('gen', 0.34), ('mosaic', 0.04)]


@torch.no_grad()
def cache(model, samples, first, count, batch=16):
    necks, targets = [], []
    for i in range(first, first + count, batch):
        part = [samples.compose(j) for j in range(i, min(i + batch, first + count))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part]))
        with torch.autocast('cpu', torch.bfloat16):
            tokens, fine = model.tower(x)
            neck = model.connector.evidence(tokens, fine)['neck']
        necks.append(neck.bfloat16().contiguous(memory_format=torch.channels_last))
        targets += [data.targets(s['objects'], s['complete'], 256) for s in part]
        if i % 400 < batch:
            print(f'{time.strftime("%H:%M:%S")} {i + len(part)}', flush=True)
    return torch.cat(necks), targets


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--encoder', required=True)
    ap.add_argument('--samples', type=int, default=3000)
    ap.add_argument('--steps', type=int, default=1500)
    ap.add_argument('--batch', type=int, default=16)
    ap.add_argument('--lr', type=float, default=6e-4)
    ap.add_argument('--seed', type=int, default=41)
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = Nadir()
    model.load_state_dict(torch.load(args.encoder)['model'])
    model.eval()
    necks, targets = cache(model, data.Samples(args.seed, 10 ** 6, 256, mix=MIX), 0, args.samples)
    c = model.connector
    params = [p for n, p in model.named_parameters() if n.startswith(HEADS)]
    opt = torch.optim.AdamW(params, lr=args.lr, weight_decay=0.02)
    rng = np.random.default_rng(args.seed)
    window = []
    for step in range(args.steps):
        for g in opt.param_groups:
            g['lr'] = args.lr * min(1, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / args.steps)))
        pick = rng.integers(0, len(targets), args.batch)
        heat_t, weight, box, bw, hull = (torch.from_numpy(np.stack(v)) for v in zip(*[targets[i] for i in pick]))
        with torch.autocast('cpu', torch.bfloat16):
            neck = necks[torch.from_numpy(pick)]
            heat = c.heat2(gelu(c.heat1(neck)))
            geom = c.geom2(gelu(c.geom1(neck)))
        a, b = heat_loss(heat.float(), heat_t, weight), box_loss(geom, box, bw, hull)
        opt.zero_grad(set_to_none=True)
        (a + b).backward()
        opt.step()
        window.append((a.item(), b.item()))
        if (step + 1) % 100 == 0:
            m = np.mean(window, 0)
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} heat {m[0]:.3f} box {m[1]:.3f}', flush=True)
            window = []
    torch.save(dict(model=model.state_dict()), args.out)


if __name__ == '__main__':
    main()
