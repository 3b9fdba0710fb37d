"""An adapter for the language model, on cached features of a frozen tower and connector (stages.language makes them).

    python -m training.stages.adapter --checkpoint CKPT --model public/models/nadir-s --train features.pt --val features-val.pt \
        --style terse --rank 4 --alpha 8 --steps 400 --out OUT [--partial | --full]
LoRA trains beside the very 4-bit weights that the folder ships, so what is measured is what the app runs. --full trains
all weights of the language model instead, through their 4-bit image, for comparison; nothing is written for the app then.
The same seed gives the same adapter, also when a run was broken off and is started again.
"""
import argparse
import json
import math
import os
import re
import time
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

from ..export.restore import load_llm
from ..inference.prompt import generate
from ..language.styles import STYLES
from ..language.tokenizer import prompt_text, token_id, tokenizer
from ..learning import language_batch
from ..learning.schedule import set_rate
from ..model import lora
from ..model.checkpoint import load
from ..model.precision import autocast

POOL = 8  # steps whose examples are drawn together and sorted by length, so that little is padding


def examples_of(items, style, step, size, seed):
    """The examples of one step: a function of the seed and the step alone, so that a resumed run sees the same."""
    rng = np.random.default_rng((seed, step // POOL))
    many = [restyle(language_batch.make_example(rng, items[rng.integers(len(items))]), style) for _ in range(POOL * size)]
    many.sort(key=lambda e: len(e[0].get('geometry', ())) + len(tokenizer().encode(e[1] + e[2]).ids))
    order = rng.permutation(POOL)
    at = order[step % POOL]
    return many[at * size:(at + 1) * size]


def restyle(example, style):
    item, question, answer, region, task = example
    return item, question, STYLES[style](task, answer) if style else answer, region, task


def image_mask(examples, labels):
    """f32[B, T, 1]: 1 on the rows that stand for <image>: visual tokens, evidence and proposals. `labels` [B, T] as
    `assemble` gives them: the last label stands one row before the end of an example, which gives its length."""
    tok, token = tokenizer(), token_id('<image>')
    mask = torch.zeros(*labels.shape, 1)
    for b, (item, question, answer, _, _) in enumerate(examples):
        if item is language_batch.NOTHING_SEEN:
            continue
        prompt = tok.encode(prompt_text(question)).ids
        where, reply = prompt.index(token), tok.encode(answer + '<|im_end|>').ids
        length = int((labels[b] >= 0).nonzero()[-1]) + 2
        mask[b, where:where + length - len(reply) - (len(prompt) - 1)] = 1
    return mask


def loss_of(model, adapter, examples):
    """Sum of the cross-entropy over the answers' tokens, number of tokens, tokens right."""
    with autocast('cpu'):
        with torch.no_grad():
            embeds, labels = language_batch.assemble(model, examples)
        if adapter and adapter.rows.partial:
            adapter.rows.mask = image_mask(examples, labels)
        hidden, _ = model.llm.hidden_states(embeds)
        asked = labels >= 0
        logits = model.llm.head(hidden[asked]).float()
    return F.cross_entropy(logits, labels[asked], reduction='sum'), int(asked.sum()), int((logits.argmax(-1) == labels[asked]).sum())


def train(model, adapter, items, style, steps, batch, lr, seed=3, accumulate=1, state_file=None, stop_at=None, log=print):
    """Trains the adapter's parameters, or (adapter None) the whole LLM. Gradients are those of the mean over all answer
    tokens of `batch` examples, taken `batch / accumulate` at a time. Returns the CPU seconds spent,
    which don't depend on what else the machine runs."""
    params = adapter.parameters() if adapter else list(model.llm.parameters())
    opt = torch.optim.AdamW(params, lr=lr, betas=(0.9, 0.98), weight_decay=0.0 if adapter else 0.02)
    began, spent, first, window = time.process_time(), 0.0, 0, []
    if state_file and os.path.exists(state_file):
        state = torch.load(state_file)
        for p, v in zip(params, state['params']):
            p.data = v
        opt.load_state_dict(state['opt'])
        torch.set_rng_state(state['rng'])
        first, spent = state['step'], state['spent']
        log(f'going on from step {first}', flush=True)
    model.train()
    model.tower.eval(), model.connector.eval()
    for step in range(first, steps if stop_at is None else stop_at):
        rate = set_rate(opt, lr, step, steps, warm=30)
        examples, tokens, total, right = examples_of(items, style, step, batch, seed), 0, 0.0, 0
        opt.zero_grad(set_to_none=True)
        micro = math.ceil(batch / accumulate)
        for i in range(0, batch, micro):
            loss, n, ok = loss_of(model, adapter, examples[i:i + micro])
            loss.backward()
            tokens, total, right = tokens + n, total + loss.item(), right + ok
        for p in params:
            if p.grad is not None:
                p.grad /= tokens
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        window.append((total / tokens, right / tokens))
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            log(f'{time.strftime("%H:%M:%S")} step {step + 1} lr {rate:.1e} loss {m[0]:.4f} token accuracy {m[1]:.4f}', flush=True)
            window = []
        if state_file and ((step + 1) % 100 == 0 or step + 1 in (steps, stop_at)):
            torch.save(dict(params=[p.data for p in params], opt=opt.state_dict(), rng=torch.get_rng_state(), step=step + 1,
                            spent=spent + time.process_time() - began), state_file)
    model.eval()
    return spent + time.process_time() - began


def checkpoint_activations(llm):
    """Keeps each layer's input only and computes the rest again in the backward pass."""
    for layer in llm.layers:
        layer.forward = partial(checkpoint, layer.forward, use_reentrant=False)


def fixed_questions(items, count, style, seed=9):
    rng = np.random.default_rng(seed)
    return [restyle(language_batch.make_example(rng, items[i % len(items)]), style) for i in range(count)]


@torch.no_grad()
def write_answers(model, adapter, examples):
    """Greedy answers: [(text, tokens written)]."""
    out = []
    model.eval()
    for example in examples:
        embeds, labels = language_batch.assemble(model, [example])
        start = int((labels[0] >= 0).nonzero()[0]) + 1
        if adapter and adapter.rows.partial:
            adapter.rows.mask = image_mask([example], labels)[:, :start]
        text, ids = generate(model, embeds[:, :start], 160)
        out.append((text.strip(), len(ids) + 1))
    return out


def score(examples, answers, rewrite=None, show=0):
    """Share of exact answers (all, and by task), F1 of the objects named (every pointer of every answer), F1 of "yes",
    tokens an answer. `rewrite` restyles the model's answers before they are compared, which shows what a rule would reach without training."""
    tok, right = tokenizer(), {}
    named, yes = np.zeros(3, int), np.zeros(3, int)
    for i, ((_, question, want, _, task), (got, _)) in enumerate(zip(examples, answers)):
        want = tok.decode(tok.encode(want).ids, skip_special_tokens=False).strip()
        if rewrite:
            got = STYLES[rewrite](task, got)
        right.setdefault(task, []).append(got == want)
        a, b = set(re.findall(r'<p\d+>', got)), set(re.findall(r'<p\d+>', want))
        named += len(a & b), len(a), len(b)
        if task == 'present':
            said, true = got.startswith('Yes'), want.startswith('Yes')
            yes += said and true, said, true
        if i < show:
            print(f'  {task}: {question}\n    got  {got}\n    want {want}', flush=True)
    f1 = lambda c: round(2 * int(c[0]) / max(1, int(c[1] + c[2])), 3)
    return dict(exact=round(float(np.mean(sum(right.values(), []))), 3), objectF1=f1(named), yesF1=f1(yes),
                tokensPerAnswer=round(sum(n for _, n in answers) / len(answers), 1), answers=len(examples),
                byTask={k: f'{sum(v)}/{len(v)}' for k, v in sorted(right.items())})


def reset_peak():
    with open('/proc/self/clear_refs', 'w') as f:
        f.write('5')
    return peak_bytes()


def peak_bytes():
    """The process's largest resident size since `reset_peak` (Linux)."""
    with open('/proc/self/status') as f:
        return 1024 * int(next(line for line in f if line.startswith('VmHWM')).split()[1])


def prepare(args):
    """The model with the folder's own language model, and the adapter (None with --full)."""
    model = load(args.checkpoint)
    for p in model.parameters():
        p.requires_grad_(False)
    torch.manual_seed(args.seed)
    if args.full:
        model.llm.quantise(True)
        for p in model.llm.parameters():
            p.requires_grad_(True)
        return model, None
    model.llm = load_llm(args.model)
    return model, lora.attach(model.llm, args.rank, args.alpha, args.targets, args.partial, args.dropout)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True, help='that the folder was exported from')
    ap.add_argument('--model', default='public/models/nadir-s', help='model folder: the 4-bit weights that the adapter goes with')
    ap.add_argument('--train', nargs='+', required=True, help='cached features')
    ap.add_argument('--val', required=True, help='cached features of held-out tiles')
    ap.add_argument('--style', choices=sorted(STYLES), help='answers to learn; without it the templates as they are')
    ap.add_argument('--rank', type=int, default=4)
    ap.add_argument('--alpha', type=float, default=8)
    ap.add_argument('--dropout', type=float, default=0.0)
    ap.add_argument('--targets', nargs='+', default=list(lora.TARGETS), choices=lora.TARGETS)
    which = ap.add_mutually_exclusive_group()
    which.add_argument('--partial', action='store_true', help='Partial LoRA: the adapter acts on the image rows only')
    which.add_argument('--full', action='store_true', help='train all weights of the language model instead, for comparison')
    ap.add_argument('--steps', type=int, default=400)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--accumulate', type=int, default=1, help='parts that a batch is computed in')
    ap.add_argument('--checkpointing', action='store_true', help='compute activations again in the backward pass')
    ap.add_argument('--lr', type=float, help='default: 6e-3 for LoRA, 5e-4 for --full')
    ap.add_argument('--seed', type=int, default=3)
    ap.add_argument('--answers', type=int, default=300, help='held-out questions to score with')
    ap.add_argument('--name', default='Adapter')
    ap.add_argument('--licence', default='MIT')
    ap.add_argument('--about', default='')
    ap.add_argument('--out', required=True, help='folder')
    args = ap.parse_args()
    torch.set_num_threads(1)
    model, adapter = prepare(args)
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    questions = fixed_questions(torch.load(args.val, weights_only=False), args.answers, args.style)
    if args.checkpointing:
        checkpoint_activations(model.llm)
    answers = write_answers(model, adapter, questions)
    before, ruled = score(questions, answers), score(questions, answers, args.style) if args.style else None
    os.makedirs(args.out, exist_ok=True)
    kind = 'full' if args.full else 'partial' if args.partial else 'lora'
    state_file = f'{args.out}/state.pt'
    start = reset_peak()
    trained = adapter.parameters() if adapter else list(model.llm.parameters())
    lr = args.lr or (5e-4 if args.full else 6e-3)
    seconds = train(model, adapter, items, args.style, args.steps, args.batch, lr, args.seed, args.accumulate, state_file)
    memory = peak_bytes() - start
    numbers = sum(p.numel() for p in trained)
    whole = sum(p.numel() for p in model.llm.parameters()) - (numbers if adapter else 0)
    lora_only = dict(rank=args.rank, alpha=args.alpha, targets=args.targets) if adapter else {}
    report = dict(kind=kind, **lora_only, steps=args.steps, batch=args.batch, accumulate=args.accumulate, checkpointing=args.checkpointing,
                  lr=lr, seed=args.seed, parametersTrained=numbers, ofParameters=whole,
                  optimiserBytes=3 * 4 * numbers, peakBytesAboveStart=memory, cpuSeconds=round(seconds, 1), before=before, ruled=ruled,
                  after=score(questions, write_answers(model, adapter, questions), show=8))
    if adapter:
        lora.save(adapter, args.out, lora.base_of(args.model), args.name, args.licence, args.about)
    os.remove(state_file)
    with open(f'{args.out}/report.json', 'w') as f:
        json.dump(report, f, indent=1)
        f.write('\n')
    print(json.dumps(report, indent=1))


if __name__ == '__main__':
    main()
