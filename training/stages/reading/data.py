"""What a reader learns from, whichever way it gives its plan: generated questions as tensors, and what is right."""
import itertools
import re

import torch
from torch.nn import functional as F

from ...reading.model import INTENTS, ORDER, QUANTITY, SENTENCE, TAGS, THING, WHERE, mask_of


def bare(question):
    return re.sub(r'[\W_]+', '', question.lower())


def labels_of(row):
    kind = lambda value: value.split(':')[0] if value else None
    return [INTENTS.index(row['intent']), WHERE.index(kind(row['where'])), ORDER.index(kind(row['order'])), QUANTITY.index(row['quantity']), THING.index(row['indirect'])]


def tags_of(row, reading):
    """A tag a token, -100 where it is no word's."""
    unit = []
    for _, a, b in reading.units:
        role = next((r for s, e, r, _ in row['spans'] if a >= s and b <= e or (a < e and b > s and min(b, e) - max(a, s) > (b - a) / 2)), 'O')
        unit.append(TAGS.index(role))
    return [unit[o] if o >= 0 else -100 for o in reading.owner]


class Set:
    """Rows as tensors, sorted by length into batches. `alike`: the questions of a batch have one length."""

    def __init__(self, made, text, size=32, alike=False):
        self.rows = made
        self.readings = [text.read(r['q']) for r in made]
        self.labels = torch.tensor([labels_of(r) for r in made])
        self.tags = [tags_of(r, reading) for r, reading in zip(made, self.readings)]
        order = sorted(range(len(made)), key=lambda i: len(self.readings[i].ids))
        runs = [list(run) for _, run in itertools.groupby(order, lambda i: len(self.readings[i].ids))] if alike else [order]
        self.batches = [run[i:i + size] for run in runs for i in range(0, len(run), size)]

    def batch(self, which, rng=None, lose=0.0, unknown=1):
        """ids, feats, mask, labels, tags of the rows `which`. `lose`: share of tokens shown as unknown."""
        lengths = torch.tensor([len(self.readings[i].ids) for i in which])
        t = int(lengths.max())
        pad = lambda values, fill: torch.tensor([list(v) + [fill] * (t - len(v)) for v in values])
        ids = pad([self.readings[i].ids for i in which], 0)
        if lose:
            ids = torch.where((torch.rand(ids.shape, generator=rng) < lose) & (ids > 4), unknown, ids)
        return ids, pad([self.readings[i].feats for i in which], 0), mask_of(lengths, t), self.labels[which], pad([self.tags[i] for i in which], -100)


def loss_of(out, labels, tags):
    total = F.cross_entropy(out['intent'], labels[:, 0], label_smoothing=0.05) * 1.5
    for i, name in enumerate(list(SENTENCE)[1:], 1):
        total = total + F.cross_entropy(out[name], labels[:, i]) * (0.5 if name == 'thing' else 1)
    return total + F.cross_entropy(out['tags'].reshape(-1, len(TAGS)), tags.reshape(-1), ignore_index=-100)


def score(data, plans):
    """Share of rows right, by field."""
    right = {k: [] for k in ('intent', 'subjects', 'where', 'order', 'quantity')}
    for row, plan in zip(data.rows, plans):
        for k in right:
            if k == 'intent' or k == 'subjects' and row['intent'] in ('find', 'count', 'exists', 'compare', 'extreme', 'measure', 'attribute', 'change') or k not in ('intent', 'subjects') and row[k]:
                right[k].append(plan[k] == row[k])
    return {k: round(sum(v) / max(len(v), 1), 4) for k, v in right.items()}
