"""What changed between two pictures of one place, on features of the frozen tower.

    python -m training.stages.change pairs --checkpoint WHOLE.pt --teacher RELEASED.pt --pairs 1200 --out pairs.pt       # features of composed pairs
    python -m training.stages.change train --checkpoint WHOLE.pt --teacher RELEASED.pt --train pairs.pt --val val.pt --out CHANGE.pt
    python -m training.stages.change items --checkpoint CHANGE.pt --train pairs.pt --out items.pt       # for stages.language; pairs with --evidence

With --val the decision is moved at the end, so that as many held-out pairs are called changed as are. With --teacher, the row that tells
the language model of it is fitted to the teacher's, as that model would have said the same decision.
"""
import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..core import boxes
from ..core.config import CHANGE_PROPOSALS
from ..core.normalise import normalise
from ..data.pairs import Pairs
from ..data.targets import targets
from ..inference import measure
from ..inference.evidence import change_inputs
from ..learning.language_features import EVIDENCE
from ..learning.losses import box_loss, heat_loss
from ..learning.parallel import add_processes, average_gradients, mapped, share_of, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import load, load_fitting, save
from ..model.precision import autocast

JOB = 200  # pairs that a process makes at a time


@torch.no_grad()
def cache(model, teacher, pairs, first, count, evidence=False, batch=8):
    """List of dict(before, after: {neck f16 [F,32,32], with `evidence` also EVIDENCE}, changes, and with a teacher its `seen` [64])."""
    out = []
    for i in range(first, first + count, batch):
        part = [pairs.compose(j) for j in range(i, min(i + batch, first + count))]
        x = torch.from_numpy(np.stack([normalise(p[k], p['nir']) for k in ('before', 'after') for p in part]))
        n = len(part)
        with autocast('cpu'):
            features = model.tower(x)
            ev = model.connector.evidence(*features) if evidence else {'neck': model.connector.neck(*features[:2])}
            old = teacher.connector.neck(*teacher.tower(x)) if teacher else None
        if evidence:
            ev['count'] = ev['density'].sum((2, 3))
        seen = teacher.change(old[:n], old[n:])['seen'] if teacher else [None] * n
        for j, p in enumerate(part):
            side = lambda k: {**{e: ev[e][k].float() for e in (EVIDENCE if evidence else ())}, 'neck': ev['neck'][k].half()}
            out.append(dict(before=side(j), after=side(n + j), changes=p['changes'], old_seen=seen[j]))
    return out


def job(path, teacher, seed, part, labelled, evidence, first, count):
    """`cache` of the checkpoints at these paths, for learning.parallel.mapped."""
    return cache(load(path), load(teacher) if teacher else None, Pairs(seed, part, labelled), first, count, evidence)


def loss_of(net, part, swap, noise=0.15):
    """Sum of heat, box and changed-or-not losses, and how many pairs were judged right. Pairs in `swap` are shown the other
    way round; channels are dropped in both pictures alike, since a few thousand pairs are soon memorised."""
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


def train(net, items, steps, batch=24, lr=1.5e-3, seed=0, rank=0, say=print):
    """One of several equal processes (parallel.py), each with its own `batch` pairs a step."""
    opt = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=0.2)
    rng = np.random.default_rng(seed if rank == 0 else (seed, rank))
    net.train()
    window, began = [], time.time()
    for step in range(steps):
        set_rate(opt, lr, step, steps, warm=max(1, steps // 10))
        part = [items[i] for i in rng.integers(len(items), size=batch)]
        with autocast('cpu'):
            loss, right = loss_of(net, part, rng.random(batch) < 0.5)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        average_gradients(list(net.parameters()))
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        opt.step()
        window.append((loss.item(), right / batch))
        if (step + 1) % 100 == 0:
            m = np.mean(window, 0)
            say(f'{time.strftime("%H:%M:%S")} step {step + 1} loss {m[0]:.3f} changed right {m[1]:.3f} {(step + 1) * batch / (time.time() - began):.0f} pairs/s', flush=True)
            window = []


@torch.no_grad()
def judge(net, items):
    """Accuracy of changed-or-not, and F1 of boxes at IoU 0.25 and 0.5, on cached pairs."""
    net.eval()
    right, total = 0, {0.25: np.zeros(3, int), 0.5: np.zeros(3, int)}
    for it in items:
        proposals, _, changed, _ = propose(net, it)
        right += (changed > 0) == bool(it['changes'])
        keep = sorted((p for p in proposals if p['score'] > 0.4), key=lambda p: -p['score']) if changed > 0 else []
        for iou, counts in total.items():
            counts += measure.box_counts([p['box'] for p in keep], [boxes.corners(o[1:6]) for o in it['changes']], iou)
    f1 = {f'f1 at {iou}': round(measure.f1(*map(int, counts)), 3) for iou, counts in total.items()}
    return dict(accuracy=round(right / len(items), 3), **f1, pairs=len(items), changed=sum(bool(i['changes']) for i in items))


@torch.no_grad()
def calibrate(net, items):
    """Moves the decision so that as many held-out real pairs are called changed as are: half of the changes
    it learned from are drawn, and easier to see than real ones."""
    net.eval()
    said = np.array([propose(net, it)[2] for it in items])
    share = np.mean([bool(it['changes']) for it in items])
    net.changed2.bias -= float(np.quantile(said, 1 - share))


@torch.no_grad()
def propose(net, it):
    """(proposals, heat [32,32,1], changed logit, seen [64]) of one cached pair."""
    out = net(*(it[k]['neck'].float()[None] for k in ('before', 'after')))
    heat = torch.sigmoid(out['heat'])[0].permute(1, 2, 0).numpy()
    p = CHANGE_PROPOSALS
    found = boxes.propose(heat, out['geom'][0].permute(1, 2, 0).numpy(), p['max'], p['minScore'], p['nmsIou'], boxes.NECK_STRIDE)
    return found, heat, float(out['changed']), out['seen'][0]


def language_item(net, it):
    """What stages.language needs of one pair."""
    proposals, heat, changed, seen = propose(net, it)
    difference = (it['after']['neck'].float() - it['before']['neck'].float()).permute(1, 2, 0).numpy()
    g, s, f = change_inputs(proposals, heat, difference)
    hits = {i for i, _, _ in boxes.match([boxes.corners(p['box']) for p in proposals], [boxes.corners(o[1:6]) for o in it['changes']], 0.25, boxes.polygon_iou)}
    # The evidence decides: the language model only has to say it, and to leave out proposals that look wrong.
    record = dict(change=changed > 0, proposals=[dict(truth=i in hits or p['score'] > 0.5) for i, p in enumerate(proposals)])
    strip = lambda side: {k: v for k, v in side.items() if k != 'neck'}
    return dict(before=strip(it['before']), after=strip(it['after']), seen=seen, changed=torch.tensor([changed]), geometry=torch.from_numpy(g),
                scores=torch.from_numpy(s), features=torch.from_numpy(f).half(), record=record, kind='change')


@torch.no_grad()
def fit_row(net, teacher, items, held, ridge=1e-2):
    """Fits net.row, by least squares, to the rows that the teacher's change head would give for `net`'s decisions; prints how much it explains."""
    def pairs(these):
        given, wanted = [], []
        for it in these:
            out = net(*(it[k]['neck'].float()[None] for k in ('before', 'after')))
            decision = torch.cat([torch.sigmoid(out['changed'][0]), (out['changed'][0] > 0).float()])
            given.append(torch.cat([out['seen'][0], decision, torch.ones(1)]))
            wanted.append(teacher.row(torch.cat([it['old_seen'], decision])))
        return torch.stack(given), torch.stack(wanted)
    x, y = pairs([it for it in items if it['old_seen'] is not None])
    weight = torch.linalg.solve(x.T @ x + ridge * len(x) * torch.eye(x.shape[1]), x.T @ y).T
    net.row.weight.copy_(weight[:, :-1])
    net.row.bias.copy_(weight[:, -1])
    x, y = pairs([it for it in held if it['old_seen'] is not None])
    print(f'{time.strftime("%H:%M:%S")} held-out variance of the row of change explained: {1 - ((x @ weight.T - y) ** 2).sum() / ((y - y.mean(0)) ** 2).sum():.3f}', flush=True)


def parse():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = ap.add_subparsers(dest='command', required=True)
    pairs, learning, items = (commands.add_parser(name, help=about) for name, about in (
        ('pairs', 'compose pairs and keep their features'), ('train', 'train the change head on them'), ('items', 'write what the language stage learns from')))
    for command in (pairs, learning, items):
        command.add_argument('--checkpoint', required=True)
        command.add_argument('--out', required=True)
    for command in (pairs, learning):
        command.add_argument('--teacher', help='released model whose language model is taken over')
    for command in (learning, items):
        command.add_argument('--train', nargs='+', required=True, help='features of pairs')
    pairs.add_argument('--pairs', type=int, default=1200)
    pairs.add_argument('--evidence', action='store_true', help='also what stages.language needs')
    for command in (pairs, learning):
        add_processes(command)
    pairs.add_argument('--part', choices=['train', 'val'], default='train')
    pairs.add_argument('--labelled', type=float, default=0.45, help='share of real, labelled pairs')
    pairs.add_argument('--seed', type=int, default=1)
    learning.add_argument('--val', help='features of held-out pairs')
    learning.add_argument('--steps', type=int, default=300, help='0 only moves the decision')
    learning.add_argument('--batch', type=int, default=24)
    learning.add_argument('--lr', type=float, default=5e-4)
    learning.add_argument('--seed', type=int, default=1)
    return ap.parse_args()


def learn(rank, args):
    """Trains in one of args.processes equal processes; number 0 judges, moves the decision, fits the row and writes."""
    torch.set_num_threads(1)
    torch.manual_seed(1000 * args.seed + rank)
    model = load_fitting(args.checkpoint)
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    held = torch.load(args.val, weights_only=False) if args.val and rank == 0 else None
    say = print if rank == 0 else lambda *_, **__: None
    if held:
        say('before', judge(model.change, held), flush=True)
    if args.steps:
        train(model.change, items, args.steps, share_of(args), args.lr, args.seed, rank, say)
    if rank:
        return
    if held:
        say('validation', judge(model.change, held), flush=True)
        calibrate(model.change, held)
        say('decision moved', judge(model.change, held), flush=True)
        if args.teacher:
            fit_row(model.change, load(args.teacher).change, items, held)
    save(model, args.out)


def main():
    args = parse()
    torch.set_num_threads(1)
    torch.manual_seed(getattr(args, 'seed', 0))
    if args.command == 'pairs':
        jobs = [(args.checkpoint, args.teacher, args.seed, args.part, args.labelled, args.evidence, i, min(JOB, args.pairs - i)) for i in range(0, args.pairs, JOB)]
        items = [it for part in mapped(job, jobs, args.processes) for it in part]
        torch.save(items, args.out)
        print(f'{time.strftime("%H:%M:%S")} {len(items)} pairs', flush=True)
        return
    if args.command == 'train':
        spread(learn, args)
        return
    model = load_fitting(args.checkpoint)
    items = [language_item(model.change, it) for path in args.train for it in torch.load(path, weights_only=False)]
    torch.save(items, args.out)
    print(f'{len(items)} pairs written', flush=True)


if __name__ == '__main__':
    main()
