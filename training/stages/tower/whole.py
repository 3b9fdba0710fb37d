"""A whole model of a new tower and a released one: the language model stays as it is, and what stands between the two is fitted on tiles.

    python -m training.stages.tower.whole --teacher RELEASED.pt --checkpoint TOWER.pt --out WHOLE.pt

- Rows of what was decided (scene, presence, density, quality) have the teacher's layers; patch rows and the row of the whole image are fitted.
- A linear map from the new neck to the teacher's is fitted and folded into what reads necks: refiner, change, the tokens of proposals and
  changes. They start where the teacher's were.
- Tokens of proposals and regions are fitted to the teacher's tokens of the same boxes. Classes that the language model never learned of
  are given the token of a region in which nothing is.
"""
import argparse
import time

import torch

from ...core.config import CONFIG
from ...data.samples import Samples
from ...learning.parallel import add_processes, mapped
from ...model.checkpoint import load, save
from ...model.nadir import Nadir
from ...model.pyramid.dense import ROWS, load_encoder
from .rows import explained, fit_rows
from .seen import cache, joined
from .tokens import change_pairs, fit_tokens, pairs, start_tokens

SHARED = tuple(name for name in ROWS if name not in ('merge', 'global_row'))
HELD = [('ucm', 0.5), ('oam', 0.2), ('kit', 0.1), ('trees', 0.2)]  # mix of the held-out tiles
JOB = 100  # tiles that a process makes at a time


def neck_map(known, held, ridge=1e-3):
    """(weight [F,F], bias [F]) of the linear map from cells of the new neck [N,F] to those of the teacher's; prints how much it explains."""
    new, old = known
    mean = new.mean(0), old.mean(0)
    x, y = new - mean[0], old - mean[1]
    gram = x.T @ x / len(x)
    weight = torch.linalg.solve(gram + ridge * gram.diagonal().mean() * torch.eye(len(gram)), x.T @ y / len(x)).T
    bias = mean[1] - weight @ mean[0]
    print(f'{time.strftime("%H:%M:%S")} held-out variance of the teacher\'s neck explained by a linear map: {explained((held[0] @ weight.T + bias)[:, None], held[1][:, None]):.3f}', flush=True)
    return weight, bias


@torch.no_grad()
def fold(layer, weight, bias=None):
    """Makes a layer that reads the teacher's neck (in its last F inputs) read the new one. `bias` None: it reads differences of necks."""
    own = layer.weight.flatten(1)[:, -len(weight):].clone()
    layer.weight.flatten(1)[:, -len(weight):] = own @ weight
    if bias is not None:
        layer.bias += own @ bias


@torch.no_grad()
def assemble(teacher, encoder):
    """Nadir with the encoder's tower and heads; all else is the teacher's, as far as shapes fit."""
    model = Nadir({**CONFIG, **encoder.cfg})
    own, theirs = model.state_dict(), teacher.state_dict()
    state = {name: value for name, value in theirs.items() if not name.startswith(('tower.', 'connector.', 'calibration.')) and own[name].shape == value.shape}
    state |= {f'connector.{name}': value for name, value in teacher.connector.state_dict().items() if name.startswith(SHARED)}
    state |= {name: value for name, value in encoder.state_dict().items() if not name.removeprefix('connector.').startswith(ROWS)}
    model.load_state_dict({**own, **state})
    start_tokens(model.proposals, teacher.proposals, [model.boxes.index(name) for name in teacher.boxes], len(model.boxes))
    return model.eval()


def seen_by_both(teacher, checkpoint, seed, part, first, count):
    """`cache` of the checkpoints at these paths, for learning.parallel.mapped."""
    teacher = load(teacher)
    mix = dict(mix=HELD) if part == 'val' else {}
    return cache(teacher, assemble(teacher, load_encoder(checkpoint)), Samples(seed, 10 ** 6, part=part, wide=True, **mix), first, count)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--teacher', required=True, help='a checkpoint of a whole model')
    ap.add_argument('--checkpoint', required=True, help='of stages.tower.train')
    ap.add_argument('--out', required=True)
    ap.add_argument('--tiles', type=int, default=800)
    add_processes(ap)
    ap.add_argument('--steps', type=int, default=1200)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=2e-3)
    ap.add_argument('--seed', type=int, default=51)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    teacher = load(args.teacher)
    model = assemble(teacher, load_encoder(args.checkpoint))
    job = (args.teacher, args.checkpoint, args.seed)
    jobs = [(*job, part, i, min(JOB, n - i)) for part, n in (('train', args.tiles), ('val', max(8, args.tiles // 8))) for i in range(0, n, JOB)]
    made = mapped(seen_by_both, jobs, args.processes)
    known, held = (joined([m for m, j in zip(made, jobs) if j[3] == part]) for part in ('train', 'val'))
    print(f'{time.strftime("%H:%M:%S")} {len(known["tiles"][0])} tiles, {len(held["tiles"][0])} held out', flush=True)
    weight, bias = neck_map(known['cells'], held['cells'])
    fold(model.change.read, weight, bias)
    fold(model.refiner.feature, weight, bias)
    fold(model.proposals.fc1, weight, bias)
    fold(model.change_proposals.fc1, weight)
    fit_rows(model.connector, known['tiles'], held['tiles'], args.steps, args.lr, args.batch, args.seed)
    theirs = [model.boxes.index(name) for name in teacher.boxes]
    fit_tokens(model.proposals, *(pairs(teacher.proposals, part, theirs, len(model.boxes)) for part in (known, held)), args.steps, args.lr, args.seed)
    fit_tokens(model.change_proposals, *(change_pairs(teacher.change_proposals, part) for part in (known, held)), args.steps // 2, args.lr / 2, args.seed)
    save(model, args.out)


if __name__ == '__main__':
    main()
