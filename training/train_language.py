"""Stage 2: connector rows, proposal tokens and the language model, on cached features of a frozen tower.

    python -m training.train_language --features N --encoder ENC.pt --out features.pt        (cache)
    python -m training.train_language --train features.pt --steps 3000 --out language.pt     (train)
The last part of the steps runs through 4-bit weights, so that the export loses nothing.
"""
import argparse
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import boxes, data, language, pipeline
from .model import Nadir
from .names import CLASSES, PRESENCE
from .normalise import normalise

TRAINED = ('connector.merge', 'connector.global_row', 'connector.scene_row', 'connector.presence_row', 'proposals.', 'llm.')
MIX = [('ucm', 0.46), ('paste', 0.14), ('oam', 0.10), ('kit', 0.03), ('gen', 0.24), ('mosaic', 0.03)]


def truth_of(proposals, sample):
    """Marks proposals right or wrong where labels are complete at their cell; None where nobody knows."""
    polygons = {}
    for o in sample['objects']:
        polygons.setdefault(o[0], []).append(boxes.corners(o[1:6]))
    grid = sample['complete'].shape[1]
    for cls in {p['cls'] for p in proposals}:
        mine = sorted((p for p in proposals if p['cls'] == cls), key=lambda p: -p['score'])
        hits = {i for i, _, _ in boxes.match([boxes.corners(p['box']) for p in mine], polygons.get(cls, []), 0.3, boxes.polygon_iou)}
        for i, p in enumerate(mine):
            known = sample['complete'][cls, p['cell'] // grid, p['cell'] % grid]
            p['truth'] = True if i in hits else (False if known else None)


def regions_of(rng, sample, heat, neck):
    """Up to three boxes a user might draw: jittered objects, and background where every class is labelled."""
    out = []
    objects = [sample['objects'][i] for i in rng.permutation(len(sample['objects']))[:2]]
    for o in objects:
        grow = rng.uniform(0.85, 1.4, 2)
        shift = rng.normal(0, 0.08, 2)
        box = (o[1] + shift[0] * o[3], o[2] + shift[1] * o[4], o[3] * grow[0], o[4] * grow[1], o[5] if rng.random() < 0.5 else 0.0)
        if box[4] == 0.0 and o[5] % 90:  # an upright drawing around a turned object
            pts = np.array(boxes.corners(o[1:6]))
            lo, hi = pts.min(0), pts.max(0)
            box = (*(lo + hi) / 2, *((hi - lo) * grow), 0.0)
        out.append((pipeline.region_inputs(box, heat, neck), int(o[0])))
    if sample['complete'].mean() > 0.99:
        for _ in range(8):
            w, h = rng.uniform(20, 70, 2)
            box = (*rng.uniform(30, 226, 2), w, h, 0.0)
            if all(math.hypot(o[1] - box[0], o[2] - box[1]) > (math.hypot(w, h) + math.hypot(o[3], o[4])) / 2 for o in sample['objects']):
                out.append((pipeline.region_inputs(box, heat, neck), None))
                break
    return out


@torch.no_grad()
def cache(model, samples, first, count, batch=16):
    """List of dict(tokens f16, stats, scene, presence logits, proposals inputs, record, regions)."""
    out = []
    p = language.PROPOSALS
    for i in range(first, first + count, batch):
        part = [samples.compose(j) for j in range(i, min(i + batch, first + count))]
        x = torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in part]))
        with torch.autocast('cpu', torch.bfloat16):
            tokens, fine = model.tower(x)
            ev = model.connector.evidence(tokens, fine)
        heat = torch.sigmoid(ev['heat'].float()).permute(0, 2, 3, 1).contiguous().numpy()
        geom = ev['geom'].float().permute(0, 2, 3, 1).contiguous().numpy()
        neck = ev['neck'].float().permute(0, 2, 3, 1).contiguous().numpy()
        for j, s in enumerate(part):
            proposals = boxes.propose(heat[j], geom[j], p['max'], p['minScore'], p['nmsIou'])
            truth_of(proposals, s)
            g, sc, f = pipeline.proposal_inputs(proposals, heat[j], neck[j])
            rng = np.random.default_rng((77, i + j))
            known = {PRESENCE[k][0]: bool(v) for k, v in enumerate(s['presence']) if v >= 0}
            complete = [bool(c) for c in s['complete'].reshape(len(CLASSES), -1).mean(1) > 0.97]
            record = dict(scene=s['scene'] if s['scene'] >= 0 else None, present=known, complete=complete,
                          proposals=[dict(cls=q['cls'], score=q['score'], truth=q['truth']) for q in proposals])
            out.append(dict(tokens=tokens[j].half(), stats=ev['stats'][j].float(), scene=ev['scene'][j].float(), presence=ev['presence'][j].float(),
                            geometry=torch.from_numpy(g), scores=torch.from_numpy(sc), features=torch.from_numpy(f).half(),
                            record=record, regions=regions_of(rng, s, heat[j], neck[j]), kind=s['kind']))
    return out


FOCUS = {'task': None, 'share': 0.0}  # one task asked more often than its weight (--focus)


def make_example(rng, item):
    """(item, question, answer, region or None)"""
    while True:
        if item['regions'] and rng.random() < 0.12:
            region, label = item['regions'][rng.integers(len(item['regions']))]
            _, question, answer = language.identify(rng, label)
            return item, question, answer, region, 'identify'
        made = language.sample(rng, item['record'], FOCUS['task'] if rng.random() < FOCUS['share'] else None)
        if made:
            return item, made[1], made[2], None, made[0]


def assemble(model, examples):
    """Embeds a batch: (embeds [B,T,H], labels [B,T] with -100 where nothing is asked)."""
    tok = language.tokenizer()
    image_id, region_id, p0 = language.token_id('<image>'), language.token_id('<region>'), language.token_id('<p0>')
    tokens = torch.stack([e[0]['tokens'].float() for e in examples])
    ev = {k: torch.stack([e[0][k] for e in examples]) for k in ('stats', 'scene', 'presence')}
    visual = model.connector.visual(tokens, ev)
    geometry, scores, features = [], [], []
    for item, _, _, region, _ in examples:
        geometry.append(item['geometry']), scores.append(item['scores']), features.append(item['features'].float())
        if region is not None:
            for store, a in zip((geometry, scores, features), region):
                store.append(torch.from_numpy(np.asarray(a, np.float32)))
    rows = model.proposals(torch.cat(geometry), torch.cat(scores), torch.cat(features)).float()
    ids_all, pieces, labels, at = [], [], [], 0
    table = model.llm.embed
    for b, (item, question, answer, region, _) in enumerate(examples):
        k = len(item['geometry'])
        prompt = tok.encode(language.prompt_text(question)).ids
        reply = tok.encode(answer + '<|im_end|>').ids
        ids = torch.tensor(prompt + reply)
        emb = table(ids)
        where = prompt.index(image_id)
        mine = rows[at:at + k] + table.weight[p0:p0 + k]
        at += k
        parts = [emb[:where], visual[b], mine]
        rest = emb[where + 1:]
        if region is not None:
            r = prompt.index(region_id) - where - 1
            rest = torch.cat([rest[:r], rows[at:at + 1] + rest[r:r + 1], rest[r + 1:]])
            at += 1
        parts.append(rest)
        seq = torch.cat(parts)
        label = torch.full((len(seq),), -100)
        label[len(seq) - len(reply) - 1:len(seq) - 1] = torch.tensor(reply)
        pieces.append(seq)
        labels.append(label)
    longest = max(len(s) for s in pieces)
    embeds = torch.stack([F.pad(s, (0, 0, 0, longest - len(s))) for s in pieces])
    return embeds, torch.stack([F.pad(x, (0, longest - len(x)), value=-100) for x in labels])


def train(model, items, steps, batch=32, lr=1e-3, quantise_from=0.7, seed=3, log=print, warm=100, save=None):
    params = [p for n, p in model.named_parameters() if n.startswith(TRAINED)]
    for p in model.parameters():
        p.requires_grad_(False)
    for p in params:
        p.requires_grad_(True)
    opt = torch.optim.AdamW([dict(params=[p for p in params if p.ndim >= 2], weight_decay=0.02), dict(params=[p for p in params if p.ndim < 2], weight_decay=0.0)],
                            lr=lr, betas=(0.9, 0.98))
    rng = np.random.default_rng(seed)
    model.train()
    model.tower.eval()
    began, window, pool = time.time(), [], []
    for step in range(steps):
        if step == int(steps * quantise_from):
            model.llm.quantise(True)
        rate = lr * min(1, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for g in opt.param_groups:
            g['lr'] = rate
        if not pool:  # examples of like length go together, so that little is padding
            many = [make_example(rng, items[rng.integers(len(items))]) for _ in range(8 * batch)]
            many.sort(key=lambda e: len(e[0]['geometry']) + len(language.tokenizer().encode(e[1] + e[2]).ids))
            pool = [many[i:i + batch] for i in range(0, len(many), batch)]
            rng.shuffle(pool)
        examples = pool.pop()
        with torch.autocast('cpu', torch.bfloat16):
            embeds, labels = assemble(model, examples)
            hidden, _ = model.llm.hidden_states(embeds)
            asked = labels >= 0
            logits = model.llm.head(hidden[asked])
        loss = F.cross_entropy(logits.float(), labels[asked])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        window.append((loss.item(), (logits.argmax(-1) == labels[asked]).float().mean().item()))
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            log(f'{time.strftime("%H:%M:%S")} step {step + 1} lr {rate:.1e} loss {m[0]:.4f} token accuracy {m[1]:.4f} {(step + 1) * batch / (time.time() - began):.1f} examples/s', flush=True)
            window = []
        if save and (step + 1) % 200 == 0:
            save()
    model.llm.quantise(False)
    return model


@torch.no_grad()
def try_out(model, items, n=40, seed=9, verbose=10):
    """Greedy answers on cached items: share of exact answers by task."""
    rng = np.random.default_rng(seed)
    tok = language.tokenizer()
    model.eval()
    right = {}
    for i in range(n):
        ex = make_example(rng, items[i % len(items)])
        item, question, answer, region, task = ex
        embeds, labels = assemble(model, [ex])
        start = int((labels[0] >= 0).nonzero()[0]) + 1
        text, _ = pipeline.generate(model, embeds[:, :start], 160)
        ok = text.strip() == tok.decode(tok.encode(answer).ids, skip_special_tokens=False).strip()
        right.setdefault(task, []).append(ok)
        if i < verbose:
            print(f'  {task}: {question}\n    got  {text}\n    want {answer}')
    print('exact answers:', {k: f'{sum(v)}/{len(v)}' for k, v in sorted(right.items())}, flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--features', type=int)
    ap.add_argument('--first', type=int, default=0)
    ap.add_argument('--part', default='train')
    ap.add_argument('--encoder')
    ap.add_argument('--train', nargs='*')
    ap.add_argument('--val')
    ap.add_argument('--init', help='language checkpoint to go on from')
    ap.add_argument('--steps', type=int, default=2000)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=1e-3)
    ap.add_argument('--quantise-from', type=float, default=0.7)
    ap.add_argument('--seed', type=int, default=3)
    ap.add_argument('--focus', help='task to ask more often, as TASK:SHARE')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    if args.focus:
        FOCUS['task'], share = args.focus.split(':')
        FOCUS['share'] = float(share)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = Nadir()
    if args.features:
        model.load_state_dict(torch.load(args.encoder)['model'])
        model.eval()
        samples = data.Samples(1000 + args.seed, 10 ** 6, 256, args.part, MIX)
        items = []
        for i in range(args.first, args.first + args.features, 400):
            items += cache(model, samples, i, min(400, args.first + args.features - i))
            print(f'{time.strftime("%H:%M:%S")} {len(items)} of {args.features}', flush=True)
        torch.save(items, args.out)
        return
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    if args.init and os.path.exists(args.init):
        model.load_state_dict(torch.load(args.init)['model'])
    if args.encoder:  # tower and evidence heads from the encoder stage, the rest as it is
        state = torch.load(args.encoder)['model']
        model.load_state_dict({k: v for k, v in state.items() if k.startswith(('tower.', 'connector.')) and not k.startswith(TRAINED)}, strict=False)
    save = lambda: torch.save(dict(model=model.state_dict()), args.out)
    train(model, items, args.steps, args.batch, args.lr, args.quantise_from, args.seed, save=save)
    save()
    model.llm.quantise(True)
    try_out(model, torch.load(args.val, weights_only=False) if args.val else items, 120)


if __name__ == '__main__':
    main()
