"""Tokens of proposals and regions for more classes and other features, fitted to those of a released model."""
import time

import numpy as np
import torch
import torch.nn.functional as F

from ...learning.schedule import set_rate
from .rows import explained
from .seen import BOXES

LOW = 0.01  # heat of every class in a region in which nothing is


@torch.no_grad()
def start_tokens(net, teacher, theirs, many):
    """`net`, of `many` classes, starts as `teacher`: what it reads of the classes `theirs` (indices, in the teacher's order) is the teacher's,
    of the others nothing."""
    net.fc1.weight.zero_()
    columns = [*range(6), *(6 + c for c in theirs), *(6 + many + c for c in theirs), *range(6 + 2 * many, net.fc1.weight.shape[1])]
    net.fc1.weight[:, columns] = teacher.fc1.weight
    for mine, theirs in ((net.fc1.bias, teacher.fc1.bias), (net.fc2.weight, teacher.fc2.weight), (net.fc2.bias, teacher.fc2.bias)):
        mine.copy_(theirs)


@torch.no_grad()
def pairs(teacher, seen, theirs, many):
    """((geometry, scores [N,many], features) of the new model, tokens [N,H] of the teacher, whose classes are `theirs` (indices), {name: rows
    of a kind})."""
    geometry, cls, score, features, old = seen['boxes']
    one, known = F.one_hot(cls, many).float() * score[:, None], torch.isin(cls, torch.tensor(theirs))
    scores = torch.where(known[:, None], one[:, theirs], torch.full((len(cls), len(theirs)), LOW))
    regions = seen['regions']
    given = [torch.cat(parts) for parts in zip((geometry, one, features), regions[:3])]
    kinds = {'proposals': torch.nonzero(known)[:, 0], 'of new classes': torch.nonzero(~known)[:, 0], 'regions': torch.arange(len(cls), len(given[0]))}
    return given, torch.cat([teacher(geometry, scores, old), teacher(*regions[3:])]), kinds


@torch.no_grad()
def change_pairs(teacher, seen):
    """As `pairs`, of changes: differences between cells of different places."""
    geometry, _, score, features, old = seen['boxes']
    apart = lambda v: v.roll(BOXES, 0) - v  # BOXES of a tile follow each other
    given = [geometry, score[:, None], apart(features)]
    return given, teacher(geometry, score[:, None], apart(old)), {'changes': torch.arange(len(score))}


def fit_tokens(net, known, held, steps, lr, seed, batch=512):
    """Fits all of `net` to `pairs`; prints the explained variance of held-out tiles' tokens, kind by kind."""
    given, wanted, _ = known
    trial, truth, kinds = held
    opt, rng, spread = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=0.01), np.random.default_rng(seed), wanted.std()

    def say(step):
        with torch.no_grad():
            made = net(*trial)
        figures = ', '.join(f'{name} {explained(made[at][:, None], truth[at][:, None]):.3f}' for name, at in kinds.items() if len(at))
        print(f'{time.strftime("%H:%M:%S")} step {step}; held-out variance of tokens explained: {figures}', flush=True)

    say(0)
    for p in net.parameters():
        p.requires_grad_(True)
    for step in range(steps):
        set_rate(opt, lr, step, steps, warm=max(1, steps // 20))
        at = torch.from_numpy(rng.integers(len(wanted), size=min(batch, len(wanted))))
        loss = (((net(*(v[at] for v in given)) - wanted[at]) / spread) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    say(steps)
