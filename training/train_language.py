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

from . import boxes, language, pipeline
from .compose import Samples
from .model import Nadir
from .names import CLASSES, DENSITY_STEPS, PRESENCE
from .normalise import normalise
from .train_encoder import load_fitting

TRAINED = ('connector.merge', 'connector.global_row', 'connector.scene_row', 'connector.presence_rows', 'connector.density_row',
           'connector.quality_row', 'proposals.', 'change.row.', 'change_proposals.', 'llm.')
MIX = [('ucm', 0.42), ('paste', 0.12), ('oam', 0.10), ('kit', 0.05), ('gen', 0.22), ('mosaic', 0.02), ('trees', 0.07)]
EVIDENCE = ('stats', 'scene', 'presence', 'quality', 'count')
POINTER_WEIGHT = 2.0  # a wrong pointer is a wrong box, a wrong word often only another wording


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
            col, row = (min(grid - 1, max(0, int(v / 8))) for v in p['box'][:2])
            known = sample['complete'][cls, row, col]
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


def record_of(sample, evidence):
    """Labels where there are any; else what the encoder is sure of. Defects and tree numbers are always the encoder's
    own reading: the language model only has to say them."""
    scene = sample['scene']
    p = torch.softmax(evidence['scene'], -1)
    if scene < 0 and p.max() > 0.6:
        scene = int(p.argmax())
    present = {}
    for k, v in enumerate(sample['presence']):
        q = float(torch.sigmoid(evidence['presence'][k]))
        if v >= 0 or q > 0.85 or q < 0.1:
            present[PRESENCE[k][0]] = bool(v) if v >= 0 else q > 0.5
    near = (torch.log1p(evidence['count'][0]) - torch.log1p(torch.tensor(DENSITY_STEPS, dtype=torch.float32))).abs().argmin()
    return dict(scene=scene if scene >= 0 else None, present=present, trees=DENSITY_STEPS[int(near)],
                quality=[int(i) for i in (evidence['quality'] > 0).nonzero()[:, 0]])


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
        ev['count'] = ev['density'].sum((2, 3))
        for j, s in enumerate(part):
            proposals = boxes.propose(heat[j], geom[j], p['max'], p['minScore'], p['nmsIou'])
            truth_of(proposals, s)
            g, sc, f = pipeline.proposal_inputs(proposals, heat[j], neck[j])
            rng = np.random.default_rng((77, i + j))
            complete = [bool(c) for c in s['complete'].reshape(len(CLASSES), -1).mean(1) > 0.97]
            mine = {k: ev[k][j].float() for k in EVIDENCE}
            record = dict(proposals=[dict(cls=q['cls'], score=q['score'], truth=q['truth']) for q in proposals], complete=complete,
                          **record_of(s, mine))
            out.append(dict(tokens=tokens[j].half(), **mine, geometry=torch.from_numpy(g), scores=torch.from_numpy(sc),
                            features=torch.from_numpy(f).half(), record=record, regions=regions_of(rng, s, heat[j], neck[j]), kind=s['kind']))
    return out


HIDDEN = 0.5  # how often patches, the whole image's row and a proposal's features are hidden while training
TEXT_ONLY = 0.015
NOTHING_SEEN = dict(geometry=())
FOCUS = {'task': None, 'share': 0.0}  # one task asked more often than its weight (--focus)


def make_example(rng, item):
    """(item, question, answer, region or None)"""
    while True:
        if item.get('regions') and rng.random() < 0.12:
            region, label = item['regions'][rng.integers(len(item['regions']))]
            _, question, answer = language.identify(rng, label)
            return item, question, answer, region, 'identify'
        if rng.random() < TEXT_ONLY:  # keeps the language side alive where there is nothing to see
            task, question, answer = language.sample(rng, None, 'talk')
            return NOTHING_SEEN, question, answer, None, task
        made = language.sample(rng, item['record'], FOCUS['task'] if rng.random() < FOCUS['share'] else None)
        if made:
            return item, made[1], made[2], None, made[0]


def visual_rows(model, examples):
    """What stands for <image> in each example, without proposals: the rows of one image (model.visual), or of two
    (pipeline.see_change). While training, patches and the whole image's row are often hidden: the language model would rather know a
    few thousand tiles by heart than read the evidence, which also speaks of tiles it never saw."""
    single = [e[0] for e in examples if 'tokens' in e[0]]
    double = [e[0] for e in examples if 'before' in e[0]]
    seen = single + [d['before'] for d in double] + [d['after'] for d in double]
    if not seen:
        return [None] * len(examples)
    evidence = model.connector.evidence_rows({k: torch.stack([s[k] for s in seen]) for k in EVIDENCE}).float()
    patches = model.connector.patch_rows(torch.stack([s['tokens'].float() for s in single])) if single else None
    if model.training:
        hidden = (torch.rand(len(seen)) < HIDDEN).float()[:, None]
        evidence = torch.cat([evidence[:, :1] * (1 - hidden[..., None]), evidence[:, 1:]], 1)
        if single:
            patches = patches * (1 - (torch.rand(len(single)) < HIDDEN).float()[:, None, None])
    rows = {id(s): torch.cat([patches[i], evidence[i]]) for i, s in enumerate(single)}
    n, m = len(single), len(double)
    for i, d in enumerate(double):
        row = model.change.row(torch.cat([d['seen'], torch.sigmoid(d['changed']), (d['changed'] > 0).float()]))
        rows[id(d)] = torch.cat([evidence[n + i], evidence[n + m + i], row[None].float()])
    return [rows.get(id(e[0])) for e in examples]


def proposal_rows(model, examples):
    """Rows of each example's proposals [K,H], and of its region [1,H] or None."""
    out = [[None, None] for _ in examples]
    for net, kinds in ((model.proposals, lambda item: 'tokens' in item), (model.change_proposals, lambda item: 'before' in item)):
        at = [i for i, e in enumerate(examples) if kinds(e[0])]
        geometry, scores, features = [], [], []
        for i in at:
            item, region = examples[i][0], examples[i][3]
            for store, key, extra in ((geometry, 'geometry', 0), (scores, 'scores', 1), (features, 'features', 2)):
                store.append(item[key].float())
                if region is not None:
                    store.append(torch.from_numpy(np.asarray(region[extra], np.float32)))
        if not at:
            continue
        features = torch.cat(features)
        if model.training:
            features = features * (torch.rand(len(features), 1) > HIDDEN).float()
        rows = net(torch.cat(geometry), torch.cat(scores), features).float()
        start = 0
        for i in at:
            k = len(examples[i][0]['geometry'])
            out[i][0] = rows[start:start + k]
            start += k
            if examples[i][3] is not None:
                out[i][1] = rows[start:start + 1]
                start += 1
    return out


def assemble(model, examples):
    """Embeds a batch: (embeds [B,T,H], labels [B,T] with -100 where nothing is asked)."""
    tok = language.tokenizer()
    image_id, region_id, p0 = language.token_id('<image>'), language.token_id('<region>'), language.token_id('<p0>')
    visual, rows = visual_rows(model, examples), proposal_rows(model, examples)
    pieces, labels = [], []
    table = model.llm.embed
    for b, (item, question, answer, region, _) in enumerate(examples):
        prompt = tok.encode(language.prompt_text(question, visual[b] is not None)).ids
        reply = tok.encode(answer + '<|im_end|>').ids
        seq = table(torch.tensor(prompt + reply))
        if visual[b] is not None:
            where = prompt.index(image_id)
            mine, drawn = rows[b]
            rest = seq[where + 1:]
            if region is not None:
                r = prompt.index(region_id) - where - 1
                rest = torch.cat([rest[:r], drawn + rest[r:r + 1], rest[r + 1:]])
            seq = torch.cat([seq[:where], visual[b], mine + table.weight[p0:p0 + len(mine)], rest])
        label = torch.full((len(seq),), -100)
        label[len(seq) - len(reply) - 1:len(seq) - 1] = torch.tensor(reply)
        pieces.append(seq)
        labels.append(label)
    longest = max(len(s) for s in pieces)
    embeds = torch.stack([F.pad(s, (0, 0, 0, longest - len(s))) for s in pieces])
    return embeds, torch.stack([F.pad(x, (0, longest - len(x)), value=-100) for x in labels])


def answer_loss(logits, labels):
    """Cross entropy over answer tokens, pointers counted twice."""
    p0 = language.token_id('<p0>')
    weight = torch.where((labels >= p0) & (labels < p0 + language.CONFIG['pointers']), POINTER_WEIGHT, 1.0)
    return (F.cross_entropy(logits.float(), labels, reduction='none') * weight).sum() / weight.sum()


POOL = 8  # batches drawn together, so that examples of like length share one and little is padding


def pool_of(items, seed, number, batch):
    """Batches of examples: pool `number` of a run depends on (seed, number) only, so that a resumed run sees the same."""
    rng = np.random.default_rng((seed, number))
    many = [make_example(rng, items[rng.integers(len(items))]) for _ in range(POOL * batch)]
    many.sort(key=lambda e: len(e[0]['geometry']) + len(language.tokenizer().encode(e[1] + e[2]).ids))
    pool = [many[i:i + batch] for i in range(0, len(many), batch)]
    rng.shuffle(pool)
    return pool


def batch_loss(model, examples):
    """(loss, token accuracy) of one batch, mixed precision."""
    with torch.autocast('cpu', torch.bfloat16):
        embeds, labels = assemble(model, examples)
        hidden, _ = model.llm.hidden_states(embeds)
        asked = labels >= 0
        logits = model.llm.head(hidden[asked])
    return answer_loss(logits, labels[asked]), (logits.argmax(-1) == labels[asked]).float().mean().item()


def train(model, items, steps, batch=32, lr=1e-3, quantise_from=0.7, seed=3, warm=100, trained=TRAINED, accumulate=1, out=None):
    """Trains the parameters whose names start with one of `trained`; resumes from `out`.state where a run was cut off."""
    params = [p for n, p in model.named_parameters() if n.startswith(trained)]
    for p in model.parameters():
        p.requires_grad_(False)
    for p in params:
        p.requires_grad_(True)
    print(f'{sum(p.numel() for p in params) / 1e6:.2f} M parameters trained', flush=True)
    opt = torch.optim.AdamW([dict(params=[p for p in params if p.ndim >= 2], weight_decay=0.02), dict(params=[p for p in params if p.ndim < 2], weight_decay=0.0)],
                            lr=lr, betas=(0.9, 0.98))
    start, saved = 0, f'{out}.state'
    if out and os.path.exists(saved):
        state = torch.load(saved)
        model.load_state_dict(state['model'])
        opt.load_state_dict(state['opt'])
        start = state['step']
        print(f'resumed at step {start}', flush=True)
    model.train()
    model.tower.eval()
    model.llm.quantise(start > int(steps * quantise_from))
    began, window, pool = time.time(), [], []
    for step in range(start, steps):
        if step == int(steps * quantise_from):
            model.llm.quantise(True)
        rate = lr * min(1, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for g in opt.param_groups:
            g['lr'] = rate
        opt.zero_grad(set_to_none=True)
        for part in range(accumulate):
            number = step * accumulate + part
            if not pool or number % POOL == 0:
                pool = pool_of(items, seed, number // POOL, batch)
            loss, right = batch_loss(model, pool[number % POOL])
            (loss / accumulate).backward()
            window.append((loss.item(), right))
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        opt.step()
        if (step + 1) % 50 == 0:
            m = np.mean(window, 0)
            print(f'{time.strftime("%H:%M:%S")} step {step + 1} lr {rate:.1e} loss {m[0]:.4f} token accuracy {m[1]:.4f} '
                  f'{(step + 1 - start) * batch * accumulate / (time.time() - began):.1f} examples/s', flush=True)
            window = []
        if out and (step + 1) % 200 == 0:
            torch.save(dict(model=model.state_dict(), opt=opt.state_dict(), step=step + 1), saved + '.tmp')
            os.replace(saved + '.tmp', saved)
    model.llm.quantise(False)
    if out:
        torch.save(dict(model=model.state_dict()), out)
        if os.path.exists(saved):
            os.remove(saved)
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


# Heat above which the detector's F1 was best on the validation split, a class each.
KEEP = [0.4, 0.35, 0.4, 0.25, 0.2, 0.4]


def say_evidence(item):
    """Makes the evidence's own decisions the record of a tile: arg-max scene, p > 0.5 labels, proposals over KEEP. The
    heads were taught with the labels; taught with them again, the language model learns to distrust the heads where they
    err on training tiles, and then reads them less surely on tiles that it never saw."""
    if 'before' in item:
        return item
    record = dict(item['record'], evidence=True)
    record['scene'] = int(item['scene'].argmax())
    record['present'] = {PRESENCE[k][0]: bool(v > 0) for k, v in enumerate(item['presence'])}
    record['complete'] = [True] * len(CLASSES)
    record['proposals'] = [dict(p, truth=p['score'] >= KEEP[p['cls']]) for p in record['proposals']]
    return dict(item, record=record)


def start_presence_rows(model):
    """Presence rows start as the words of their labels, plus what tells "Yes" from "No": close to what must be said."""
    table, encode = model.llm.embed.weight, language.tokenizer().encode
    mean = lambda text: table[encode(text).ids].mean(0)
    with torch.no_grad():
        for k, (_, _, many) in enumerate(PRESENCE):
            model.connector.presence_rows[0, k] = mean(' ' + many) + mean('No')
            model.connector.presence_rows[1, k] = 0
            model.connector.presence_rows[2, k] = mean('Yes') - mean('No')


def carry_words(model, state, old_path):
    """Embedding and output rows of tokens that an older tokenizer has too; the others start from its average."""
    from tokenizers import Tokenizer
    old, new = Tokenizer.from_file(old_path).get_vocab(), language.tokenizer().get_vocab()
    for mine, key in ((model.llm.embed.weight, 'llm.embed.weight'), (model.llm.head.weight, 'llm.head.weight')):
        with torch.no_grad():
            for word, i in new.items():
                if word in old:
                    mine[i] = state[key][old[word]]
    print(f'{sum(w in old for w in new)} of {len(new)} words carried over', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--features', type=int)
    ap.add_argument('--first', type=int, default=0)
    ap.add_argument('--part', default='train')
    ap.add_argument('--encoder')
    ap.add_argument('--train', nargs='*')
    ap.add_argument('--val')
    ap.add_argument('--init', help='language checkpoint to go on from')
    ap.add_argument('--old-tokenizer', help='tokenizer.json of --init: rows of words that both know are carried over')
    ap.add_argument('--say-evidence', action='store_true', help="answers follow the evidence's decisions instead of the labels")
    ap.add_argument('--start-presence-rows', action='store_true', help='when --init has none')
    ap.add_argument('--steps', type=int, default=2000)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=1e-3)
    ap.add_argument('--quantise-from', type=float, default=0.7)
    ap.add_argument('--seed', type=int, default=3)
    ap.add_argument('--change', help='checkpoint of train_change, to travel with the language model')
    ap.add_argument('--stage', choices=['connector', 'all'], default='all', help='connector: the rows alone, before a language model that stays as it is')
    ap.add_argument('--accumulate', type=int, default=1, help='batches a step')
    ap.add_argument('--checkpointing', action='store_true', help='recompute activations on the way back: less memory, a third more time')
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
        model.load_state_dict(torch.load(args.encoder)['model'], strict=False)
        model.eval()
        samples = Samples(1000 + args.seed, 10 ** 6, 256, args.part, MIX)
        items = []
        for i in range(args.first, args.first + args.features, 400):
            items += cache(model, samples, i, min(400, args.first + args.features - i))
            print(f'{time.strftime("%H:%M:%S")} {len(items)} of {args.features}', flush=True)
        torch.save(items, args.out)
        return
    items = [it for path in args.train for it in torch.load(path, weights_only=False)]
    if args.init and os.path.exists(args.init):
        load_fitting(model, torch.load(args.init)['model'])
    if args.say_evidence:
        items = [say_evidence(it) for it in items]
    if args.start_presence_rows:
        start_presence_rows(model)
    if args.old_tokenizer:
        carry_words(model, torch.load(args.init)['model'], args.old_tokenizer)
    if args.encoder:  # tower and evidence heads from the encoder stage, the rest as it is
        state = torch.load(args.encoder)['model']
        model.load_state_dict({k: v for k, v in state.items() if k.startswith(('tower.', 'connector.')) and not k.startswith(TRAINED)}, strict=False)
    if args.change:
        model.change.load_state_dict(torch.load(args.change)['change'])
    model.llm.checkpointing = args.checkpointing
    trained = tuple(t for t in TRAINED if t != 'llm.') if args.stage == 'connector' else TRAINED
    train(model, items, args.steps, args.batch, args.lr, args.quantise_from, args.seed, trained=trained, accumulate=args.accumulate, out=args.out)
    model.llm.quantise(True)
    held = torch.load(args.val, weights_only=False) if args.val else items
    try_out(model, [say_evidence(it) for it in held] if args.say_evidence else held, 120)


if __name__ == '__main__':
    main()
