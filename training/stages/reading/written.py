"""Heads or a decoder? `python -m training.stages.reading.written --lang en --exclude dev.jsonl --judge dev.jsonl --out readings-en.jsonl`.

Three ways from the same token states (of the released encoder, as it is) to a plan learn from the same generated questions: the sentence heads and
tags; the embedded language model, restored and trained further, which writes the plan after the states as it writes answers after an image; and a
fresh decoder of two layers with cross-attention. Both decoders write under the grammar of `reading.written`. Prints what held-out templates and
the questions of `--judge` say (nothing is chosen by those), and writes each reading of these as a line."""
import argparse
import json
import time

import torch
from torch import distributed, nn
from torch.nn import functional as F

from ...export.reading import restore
from ...export.restore import load_llm
from ...language.tokenizer import tokenizer
from ...learning.parallel import add_processes, average_gradients, spread
from ...model.plan_writer import Crossed, PlanWriter, Prefixed, greedy, loss_of as writer_loss, mask_of, share_of
from ...reading.generate.rows import rows
from ...reading.model import SENTENCE, TAGS, Heads, mask_of as padding
from ...reading.plan import plan_of
from ...reading.text import language_of
from ...reading.written import TOKENS, following, items_of, plan_written, write
from .data import Set, bare, loss_of, score

DROP = 0.1
# Words for the same place or order, as `cli/plan/score.ts` counts them.
SAME = {'top half': 'north', 'bottom half': 'south', 'left half': 'west', 'right half': 'east', 'leftmost': 'westernmost', 'rightmost': 'easternmost',
        'topmost': 'northernmost', 'bottommost': 'southernmost', 'shortest': 'smallest'}


def mine(data, all_busy=False):
    """This process's share of each batch. `all_busy`: only of batches that have rows for every process."""
    rank, count = (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)
    return [which[rank::count] for which in data.batches if len(which) >= (count if all_busy else rank + 1)]


def everyones(lines):
    """All processes' lines."""
    if not distributed.is_initialized():
        return lines
    parts = [None] * distributed.get_world_size()
    distributed.all_gather_object(parts, lines)
    return [line for part in parts for line in part]


@torch.no_grad()
def states_of(reader, data):
    """The encoder's states of this process's rows: f16[tokens, width]."""
    out = [None] * len(data.rows)
    for which in mine(data):
        ids, feats, mask, _, _ = data.batch(which)
        x = reader.states(reader.below(ids, mask), feats, mask).half()
        for k, i in enumerate(which):
            out[i] = x[k]
    return out


class Headed(nn.Module):
    """Learns and reads as the released heads do."""
    body = None

    def __init__(self, width):
        super().__init__()
        self.heads = Heads(width)

    def loss(self, data, which, x):
        _, _, mask, labels, tags = data.batch(which)
        return loss_of(self.heads(x, mask, DROP), labels, tags)

    def read(self, data, which, x):
        out = self.heads(x, padding(torch.full((len(which),), x.shape[1]), x.shape[1]))
        for k, i in enumerate(which):
            logits = {name: out[name][k].tolist() for name in [*SENTENCE, 'tags']}
            yield i, plan_of(data.readings[i], logits), {'logits': logits}


class Written(nn.Module):
    """Learns and reads by writing tokens."""

    def __init__(self, width, body):
        super().__init__()
        self.writer, self.body, self.kept = PlanWriter(width, body), body, {}

    def wanted(self, data, which):
        """(share, mask, ids that come before, ids) of a batch that all learn from."""
        key = which[0]
        if key not in self.kept:
            readings, plans = [data.readings[i] for i in which], [write(data.rows[i], data.readings[i]) or [] for i in which]
            share, most = share_of(readings, len(readings[0].ids)), max(map(len, plans))
            items = [items_of(r) for r in readings]
            mask = torch.stack([torch.stack([mask_of(following(p[:n], own) if n < len(p) else [0], share.shape[1]) for n in range(most)]) for p, own in zip(plans, items)])
            ids = torch.tensor([p + [-100] * (most - len(p)) for p in plans])
            self.kept[key] = share, mask, ids[:, :-1].clamp(min=0), ids
        return self.kept[key]

    def loss(self, data, which, x):
        share, mask, before, ids = self.wanted(data, which)
        return writer_loss(self.writer(F.dropout(x, DROP), share, before), mask, ids)

    def read(self, data, which, x):
        for i, (ids, sure, could) in zip(which, greedy(self.writer, x, [data.readings[i] for i in which])):
            yield i, plan_written(ids, data.readings[i]), {'written': ids, 'sure': sure, 'second': could[1].tolist(), 'items': items_of(data.readings[i])}


def way_of(name, width, model):
    if name == 'heads':
        return Headed(width)
    if name == 'crossed':
        return Written(width, Crossed())
    llm, way = load_llm(model), Written(width, Prefixed(load_llm(model)))
    with torch.no_grad():  # labels start as what the language model knows of their words
        for i, (field, label) in enumerate(TOKENS):
            words = tokenizer().encode(f' {label or field}').ids
            way.writer.embed.weight[i] = llm.embed.weight[words].mean(0)
            way.writer.label.weight[i] = llm.head.weight[words].mean(0)
    return way


@torch.no_grad()
def readings(way, data, states):
    """[(plan, more)] of all rows."""
    way.eval()
    return [(plan, more) for _, plan, more in sorted(everyones([line for which in mine(data) for line in way.read(data, which, torch.stack([states[i] for i in which]).float())]), key=lambda line: line[0])]


def train(way, data, states, epochs, rng):
    """Yields (epoch, mean loss of this process's rows)."""
    body = set() if way.body is None else {id(p) for p in way.body.parameters()}
    every = [p for p in way.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{'params': [p for p in every if id(p) in body], 'lr': 5e-4}, {'params': [p for p in every if id(p) not in body], 'lr': 1e-3}], weight_decay=0.02)
    share = mine(data, all_busy=True)
    steps = epochs * len(share)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / min(100, steps / 10)) * max(0.02, 1 - s / steps))
    for epoch in range(epochs):
        way.train()
        total = 0.0
        for b in torch.randperm(len(share), generator=rng).tolist():
            which = share[b]
            loss = way.loss(data, which, torch.stack([states[i] for i in which]).float())
            optimiser.zero_grad()
            loss.backward()
            average_gradients(every)
            torch.nn.utils.clip_grad_norm_(every, 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        yield epoch + 1, total / len(share)


def same(value):
    return value if not isinstance(value, str) else SAME.get(value, value).replace('along:', 'near:')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--lang', choices=['en', 'zh'], required=True)
    p.add_argument('--ways', nargs='+', default=['heads', 'llm', 'crossed'])
    p.add_argument('--model', default='public/models/nadir-s')
    p.add_argument('--rows', type=int, default=28000)
    p.add_argument('--held', type=int, default=3000)
    p.add_argument('--epochs', type=int, default=3)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--exclude')
    p.add_argument('--judge')
    p.add_argument('--out')
    add_processes(p)
    args = p.parse_args()
    spread(run, args)


def run(rank, args):
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    say = lambda text: rank == 0 and print(f'{time.process_time():6.0f} CPU s  {text}', flush=True)

    read = lambda path: [json.loads(line) for line in open(path, encoding='utf-8')] if path else []
    never = {bare(row['q']) for row in read(args.exclude)}
    text, reader = restore(args.model, args.lang)
    made, held = ([r for r in rows(args.lang, count, args.seed, part) if bare(r['q']) not in never] for count, part in ((args.rows, 'train'), (args.held, 'held')))
    made = [r for r in made if write(r, text.read(r['q']))]
    typed = [{**row, 'where': same(row['where']), 'order': same(row['order']), 'spans': [], 'indirect': None} for row in read(args.judge) if language_of(row['q']) == args.lang]
    data = {'train': Set(made, text, 32, alike=True), 'held out': Set(held, text, 32, alike=True), 'typed': Set(typed, text, 32, alike=True)}
    say(f'{len(made)} + {len(held)} + {len(typed)} questions')
    states = {part: states_of(reader, each) for part, each in data.items()}
    say('states of the encoder done')
    width = reader.embed.embedding_dim
    if args.out and rank == 0:
        open(args.out, 'w').close()
    for name in args.ways:
        torch.manual_seed(args.seed)  # every process begins with the same weights
        way = way_of(name, width, args.model)
        say(f'{name}: {sum(p.numel() for p in way.parameters())} parameters')
        for epoch, mean in train(way, data['train'], states['train'], args.epochs, torch.Generator().manual_seed(args.seed)):
            say(f'{name}, epoch {epoch}: loss {mean:.3f}')
        for part in ('held out', 'typed'):
            made = readings(way, data[part], states[part])
            plans = [plan for plan, _ in made]
            if part == 'typed':
                plans = [{k: same(v) for k, v in plan.items()} for plan in plans]
            say(f'{name}, {part}: {score(data[part], plans)}')
            lines = [{'way': name, 'part': part, 'row': {k: v for k, v in row.items() if k != 'spans'}, 'plan': plan, **more} for row, (plan, more) in zip(data[part].rows, made)]
            if args.out and rank == 0:
                with open(args.out, 'a', encoding='utf-8') as f:
                    f.writelines(json.dumps(line, ensure_ascii=False) + '\n' for line in lines)


if __name__ == '__main__':
    main()
