"""Connector rows, proposal tokens and the language model, on cached features of a frozen tower.

    python -m training.stages.language features --checkpoint CALIBRATED.pt --tiles 5600 --out features.pt
    python -m training.stages.language train --checkpoint CHANGE.pt --train features.pt items.pt --steps 3000 --out LANGUAGE.pt

Proposals in the features are those over the checkpoint's least heats and scores, so calibrate first. The last part of the steps
runs through 4-bit weights, so that the export loses nothing.
"""
import argparse
import os
import time

import numpy as np
import torch
from torch import distributed

from ..core.names import CLASSES, PRESENCE
from ..data.samples import Samples
from ..inference.prompt import generate
from ..language.tokenizer import tokenizer
from ..learning.language_batch import FOCUS, POOL, assemble, batch_loss, make_example, pool_of
from ..learning.language_features import MIX, cache
from ..learning.parallel import add_processes, average_gradients, spread
from ..learning.schedule import set_rate
from ..model.checkpoint import load_fitting, part_of, save


def train(model, items, steps, batch=32, lr=1e-3, quantise_from=0.7, seed=3, warm=100, llm=True, accumulate=1, out=None):
    """Trains the language part of the model; llm=False leaves the language model itself as it is. Resumes from `out`.state where a run
    was cut off. Where several processes run it (parallel.py), each learns from its own batches of every step, and number 0 writes."""
    rank, world = (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)
    say = print if rank == 0 else lambda *_, **__: None
    params = [p for n, p in model.named_parameters() if part_of(n) == 'language' and (llm or not n.startswith('llm.'))]
    for p in model.parameters():
        p.requires_grad_(False)
    for p in params:
        p.requires_grad_(True)
    say(f'{sum(p.numel() for p in params) / 1e6:.2f} M parameters trained', flush=True)
    opt = torch.optim.AdamW([dict(params=[p for p in params if p.ndim >= 2], weight_decay=0.02), dict(params=[p for p in params if p.ndim < 2], weight_decay=0.0)],
                            lr=lr, betas=(0.9, 0.98), fused=True)
    start, saved = 0, f'{out}.state'
    if out and os.path.exists(saved):
        state = torch.load(saved, map_location=params[0].device)
        model.load_state_dict(state['model'])
        opt.load_state_dict(state['opt'])
        start = state['step']
        say(f'resumed at step {start}', flush=True)
    model.train()
    model.tower.eval()
    model.llm.quantise(start > int(steps * quantise_from))
    began, window, pool = time.time(), [], []
    for step in range(start, steps):
        if step == int(steps * quantise_from):
            model.llm.quantise(True)
        rate = set_rate(opt, lr, step, steps, warm)
        opt.zero_grad(set_to_none=True)
        for part in range(accumulate):
            number = step * accumulate + part
            if not pool or number % POOL == 0:
                pool = pool_of(items, seed, number // POOL * world + rank, batch)
            loss, right = batch_loss(model, pool[number % POOL])
            (loss / accumulate).backward()
            window.append((loss.item(), right))
        average_gradients(params)
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            say(f'{time.strftime("%H:%M:%S")} step {step + 1} lr {rate:.1e} loss {m[0]:.4f} token accuracy {m[1]:.4f} '
                  f'{(step + 1 - start) * batch * accumulate * world / (time.time() - began):.1f} examples/s', flush=True)
            window = []
        if out and rank == 0 and (step + 1) % 200 == 0:
            torch.save(dict(model=model.state_dict(), opt=opt.state_dict(), step=step + 1), saved + '.tmp')
            os.replace(saved + '.tmp', saved)
    model.llm.quantise(False)
    if out and rank == 0:
        save(model, out)
        if os.path.exists(saved):
            os.remove(saved)
    return model


@torch.no_grad()
def try_out(model, items, n=40, seed=9, verbose=10):
    """Greedy answers on cached items: share of exact answers by task."""
    rng = np.random.default_rng(seed)
    tok = tokenizer()
    model.eval()
    right = {}
    for i in range(n):
        ex = make_example(rng, items[i % len(items)])
        item, question, answer, region, task = ex
        embeds, labels = assemble(model, [ex])
        start = int((labels[0] >= 0).nonzero()[0]) + 1
        text, _ = generate(model, embeds[:, :start], 160)
        ok = text.strip() == tok.decode(tok.encode(answer).ids, skip_special_tokens=False).strip()
        right.setdefault(task, []).append(ok)
        if i < verbose:
            print(f'  {task}: {question}\n    got  {text}\n    want {answer}')
    print('exact answers:', {k: f'{sum(v)}/{len(v)}' for k, v in sorted(right.items())}, flush=True)


def say_evidence(item):
    """Makes the evidence's own decisions the record of a tile: arg-max scene, p > 0.5 labels, all proposals. The
    heads were taught with the labels; taught with them again, the language model learns to distrust the heads where they
    err on training tiles, and then reads them less surely on tiles that it never saw."""
    if 'before' in item:
        return item
    record = dict(item['record'], evidence=True)
    record['scene'] = int(item['scene'].argmax())
    record['present'] = {PRESENCE[k][0]: bool(v > 0) for k, v in enumerate(item['presence'])}
    record['complete'] = [True] * len(CLASSES)
    record['proposals'] = [dict(p, truth=True) for p in record['proposals']]
    return dict(item, record=record)


def start_presence_rows(model):
    """Presence rows start as the words of their labels plus the difference of "Yes" and "No", which is close to what must be said."""
    table, encode = model.llm.embed.weight, tokenizer().encode
    mean = lambda text: table[encode(text).ids].mean(0)
    with torch.no_grad():
        for k, (_, _, many) in enumerate(PRESENCE):
            model.connector.presence_rows[0, k] = mean(' ' + many) + mean('No')
            model.connector.presence_rows[1, k] = 0
            model.connector.presence_rows[2, k] = mean('Yes') - mean('No')


def carry_words(model, state, old_path):
    """Embedding and output rows of tokens that an older tokenizer has too; the others start from its average."""
    from tokenizers import Tokenizer
    old, new = Tokenizer.from_file(old_path).get_vocab(), tokenizer().get_vocab()
    for mine, key in ((model.llm.embed.weight, 'llm.embed.weight'), (model.llm.head.weight, 'llm.head.weight')):
        with torch.no_grad():
            for word, i in new.items():
                if word in old:
                    mine[i] = state[key][old[word]]
    print(f'{sum(w in old for w in new)} of {len(new)} words carried over', flush=True)


def cache_features(args):
    model = load_fitting(args.checkpoint)
    samples = Samples(1000 + args.seed, 10 ** 6, 256, args.part, [(args.only, 1.0)] if args.only else MIX, clean=0.8, spoilt=0.45)
    items = []
    for i in range(args.first, args.first + args.tiles, 400):
        items += cache(model, samples, i, min(400, args.first + args.tiles - i))
        print(f'{time.strftime("%H:%M:%S")} {len(items)} of {args.tiles}', flush=True)
    torch.save(items, args.out)


def run(rank, args):
    """One of args.processes (parallel.py), each with its own batches; number 0 writes and tries the model out."""
    if args.focus:
        FOCUS.update((task, float(share)) for task, share in (part.split(':') for part in args.focus.split(',')))
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = load_fitting(args.checkpoint)
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    if args.say_evidence:
        items = [say_evidence(it) for it in items]
    if args.start_presence_rows:
        start_presence_rows(model)
    if args.old_tokenizer:
        carry_words(model, torch.load(args.checkpoint)['model'], args.old_tokenizer)
    model.to(args.device).llm.checkpointing = args.checkpointing
    torch.manual_seed(1000 * args.seed + rank)  # what is hidden differs from process to process
    train(model, items, args.steps, args.batch, args.lr, args.quantise_from, args.seed, llm=args.stage == 'all', accumulate=args.accumulate, out=args.out)
    if rank:
        return
    model.to('cpu').llm.quantise(True)
    held = torch.load(args.val, weights_only=False) if args.val else items
    try_out(model, [say_evidence(it) for it in held] if args.say_evidence else held, args.try_out)


def parse():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = ap.add_subparsers(dest='command', required=True)
    features = commands.add_parser('features', help='cache features of tiles')
    learn = commands.add_parser('train', help='train on cached features')
    for command in (features, learn):
        command.add_argument('--checkpoint', required=True)
        command.add_argument('--out', required=True)
        command.add_argument('--seed', type=int, default=3)
    features.add_argument('--tiles', type=int, required=True)
    features.add_argument('--first', type=int, default=0)
    features.add_argument('--only', help='tiles of one kind, such as trees')
    features.add_argument('--part', choices=['train', 'val'], default='train')
    learn.add_argument('--train', nargs='+', required=True, help='cached features, and items of stages.change')
    learn.add_argument('--val', help='cached features of held-out tiles, to try the model out on')
    learn.add_argument('--old-tokenizer', help="tokenizer.json that the checkpoint was trained with: rows of words that both know are carried over")
    learn.add_argument('--say-evidence', action='store_true', help="answers follow the evidence's decisions instead of the labels")
    learn.add_argument('--start-presence-rows', action='store_true', help='start the presence rows as the words of their labels')
    learn.add_argument('--steps', type=int, default=2000)
    learn.add_argument('--batch', type=int, default=32)
    learn.add_argument('--lr', type=float, default=1e-3)
    learn.add_argument('--quantise-from', type=float, default=0.7, help='share of the steps after which weights are 4-bit; 2 is never')
    learn.add_argument('--stage', choices=['connector', 'all'], default='all', help='connector: the rows alone, before a language model that stays as it is')
    learn.add_argument('--accumulate', type=int, default=1, help='batches a step')
    learn.add_argument('--checkpointing', action='store_true', help='recompute activations in the backward pass: less memory, a third more time')
    learn.add_argument('--try-out', type=int, default=120, help='answers to write and judge at the end')
    learn.add_argument('--focus', help='tasks to ask more often, as TASK:SHARE,TASK:SHARE')
    learn.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    add_processes(learn)
    return ap.parse_args()


def main():
    args = parse()
    if args.command == 'features':
        torch.set_num_threads(1)
        torch.manual_seed(args.seed)
        cache_features(args)
    else:
        spread(run, args)


if __name__ == '__main__':
    main()
