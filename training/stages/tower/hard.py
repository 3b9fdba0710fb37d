"""Where a tower sees things that are not there: tiles of train/ to learn from again.

    python -m training.stages.tower.hard --checkpoint TOWER.pt --out hard.json
    python -m training.stages.tower.train … --hard hard.json

Training places only. Zebra crossings, roof furniture, pieces of road and shadows are rare in tiles drawn evenly, and each kind is taken for a
class of its own; what the tower takes for one is found by asking it.
"""
import argparse
import json
import math
import time

import torch

from ...core import boxes
from ...core.names import BOX_NAMES
from ...data import sets
from ...inference import measure
from ...model.pyramid.dense import load_encoder

SETS = ('ucm', 'naip', 'kit', 'maritime', 'oam')  # their labels of a class are complete or known not to be
LEAST, MOST = 0.25, 100  # heat from which a box counts as seen; boxes a class and tile
NEAR = 0.6  # a box with its middle nearer to a true one than this share of that one's longer side is a bad box of a thing that is there


def mistaken(item, result):
    """{class: boxes} that are seen where none is: of classes that the tile is fully labelled for, away from what nobody could judge."""
    out = {}
    objects = measure.to_tile(item)[1]
    scale = 256 / item['image'].shape[1]
    for c in range(result['heat'].shape[-1]):
        if not item['complete'][c]:
            continue
        doubtful = [[v * scale for v in box] for k, box in item.get('unknown', ()) if k == c]
        for p in boxes.propose(result['heat'][..., c:c + 1], result['geom'], MOST, LEAST, 0.3):
            x, y = p['box'][:2]
            there = any(o[0] == c and math.hypot(o[1] - x, o[2] - y) < NEAR * max(o[3], o[4], 12) for o in objects)
            if not there and not any(x0 - 8 <= x <= x1 + 8 and y0 - 8 <= y <= y1 + 8 for x0, y0, x1, y1 in doubtful):
                out[c] = out.get(c, 0) + 1
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--tiles', type=int, help='of each set at most')
    ap.add_argument('--sets', nargs='+', default=SETS)
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    torch.set_num_threads(1)
    model, found = load_encoder(args.checkpoint), {name: [] for name in BOX_NAMES}
    for name in args.sets:
        items = sets.load(name, 'train')
        at = measure.some(range(len(items)), args.tiles)
        squares = [measure.square(items[i]) for i in at]
        for i, item, result in zip(at, squares, measure.run_dense(model, squares)):
            for c, n in mistaken(item, result).items():
                found[BOX_NAMES[c]].append((name, i, n))
        print(f'{time.strftime("%H:%M:%S")} {name}: ' + ', '.join(f'{sum(n for s, _, n in tiles if s == name)} {label}' for label, tiles in found.items() if tiles), flush=True)
    with open(args.out, 'w') as f:
        json.dump(found, f)


if __name__ == '__main__':
    main()
