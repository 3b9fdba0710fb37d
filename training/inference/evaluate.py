"""Evaluation of a checkpoint in PyTorch (the app measures the shipped folder; this is for the training log).

    python -m training.inference.evaluate --checkpoint CKPT [--split eval] [--out scores.json]
Protocol: tiles resized to 256 x 256 as the app does; boxes matched one to one, greedily, at IoU 0.5 of polygons (the
rotated box where the label has one, else the upright box); only classes labelled completely in a tile count.
"""
import argparse
import json
import re

import numpy as np
import torch

from ..core.names import CLASSES, DEFECTS, PRESENCE, SCENES
from ..core.normalise import normalise, stretch
from ..data import defects, sets
from ..data.items import DATA, read, rows
from ..data.masks import polygon_mask
from ..data.readers import generated
from ..data.readers.older import polygon_boxes
from ..language.tokenizer import tokenizer
from ..model.checkpoint import load
from . import measure
from .evidence import see, see_change
from .fit_box import bilinear, frame_grid, refine
from .prompt import answer, embed_change, embed_prompt, generate, pointers


def eval_items(split):
    items = []
    for name in ('ucm', 'oam', 'kit'):
        items += [dict(it, set=name) for it in sets.decode(name, split, experiment=True)]
    for seed in range(10 ** 6, 10 ** 6 + 40):
        items.append(dict(generated.item(seed), set='gen'))
    return items


def first_word(model, seen, question):
    embeds, _ = embed_prompt(model, seen, question)
    logits, _ = model.llm(embeds)
    return tokenizer().decode([int(logits[0, -1].argmax())])


@torch.no_grad()
def evaluate(model, items, presence_every=2, log=print):
    model.eval()
    model.llm.quantise(True)
    dense, answers = [], []
    say_yes = {}
    by_set = {}
    scene_words = {n: i for i, (_, n) in enumerate(SCENES)}
    scene_right, mask_iou = [], {'building': [], 'storage tank': []}
    totals, counts = {}, {}
    for n, it in enumerate(items):
        image, objects = measure.to_tile(it)
        pixels = normalise(image, it['has_nir'])
        seen = see(model, torch.from_numpy(pixels)[None])
        dense.append(dict(heat=seen['heat'], geom=seen['geom'], scene=seen['scene'], presence=seen['presence']))
        by_set.setdefault(it['set'], []).append(n)
        ask = lambda q: answer(model, None, q, seen=seen)[0]
        if it['set'] == 'ucm':
            text = ask('What kind of scene is this?')
            named = [i for name, i in scene_words.items() if name in text]
            named = max(named, key=lambda i: len(SCENES[i][1])) if named else -1
            scene_right.append(named == it['scene'])
            if n % presence_every == 0:
                for k, (label, one, many) in enumerate(PRESENCE):
                    q = f'Is there {one} in this image?'
                    say_yes.setdefault(n, np.zeros(len(PRESENCE), bool))[k] = first_word(model, seen, q).strip().startswith('Yes')
        for cls, (name, plural, _) in enumerate(CLASSES):
            polygons = measure.truth_polygons(objects, cls)
            if not it['complete'][cls] or (it['set'] == 'ucm' and not polygons and n % 4):
                continue
            text = ask(f'Find all {plural}.')
            ids = pointers(text, seen['spoken'])
            found = [seen['spoken'][i]['box'] for i in ids if seen['spoken'][i]['cls'] == cls]
            key = (name, 'generated' if it['set'] == 'gen' else 'real')
            totals[key] = totals.get(key, np.zeros(3, int)) + measure.box_counts(found, polygons)
            if polygons:
                number = len(pointers(ask(f'How many {plural} are there?'), seen['spoken']))
                counts.setdefault(key, []).append((number, len(polygons)))
        if it['set'] == 'oam':
            for p in it['polygons']:
                for o in polygon_boxes([p]):
                    truth = polygon_mask([p]) > 127
                    logits = refine(model, pixels, seen['neck'], o[1:6], 'building')
                    x, y, _, _ = frame_grid(o[1:6], 64)
                    ok = (x > 0) & (x < 256) & (y > 0) & (y < 256)
                    t = bilinear(truth[..., None].astype(np.float32), x, y)[..., 0] > 0.5
                    m = (logits > 0) & ok
                    t = t & ok
                    mask_iou['building'].append((m & t).sum() / max(1, (m | t).sum()))
                    box = ((np.abs(np.linspace(-0.625, 0.625, 64))[None] <= 0.5) & (np.abs(np.linspace(-0.625, 0.625, 64))[:, None] <= 0.5)) & ok
                    mask_iou.setdefault('building, the box itself', []).append((box & t).sum() / max(1, (box | t).sum()))
        if n % 20 == 0:
            answers.append((it['set'], text))
            log(f'{n} of {len(items)} {it["set"]}: {text}', flush=True)
    out = {}
    pick = lambda s: ([items[i] for i in by_set.get(s, [])], [dense[i] for i in by_set.get(s, [])])
    out['dense, ucm'] = measure.summarise(*pick('ucm'))
    for s in ('oam', 'kit', 'gen'):
        out[f'dense, {s}'] = measure.summarise(*pick(s))
    out['scene accuracy through the LLM'] = round(float(np.mean(scene_right)), 3)
    rows = sorted(say_yes)
    truth = np.stack([items[i]['presence'] == 1 for i in rows])
    said = np.stack([say_yes[i] for i in rows])
    out['presence macro-F1 through the LLM'] = round(measure.macro_f1(truth, said), 3)
    out['false yes on absent classes'] = round(float((said & ~truth).sum() / (~truth).sum()), 3)
    out['boxes through the LLM'] = {f'{k[0]}, {k[1]}': dict(f1=round(measure.f1(*map(int, v)), 3), precision=round(int(v[0]) / max(1, int(v[1])), 3),
                                                          recall=round(int(v[0]) / max(1, int(v[2])), 3), truth=int(v[2])) for k, v in totals.items() if v[2]}
    out['count, mean absolute error'] = {f'{k[0]}, {k[1]}': round(float(np.mean([abs(a - b) for a, b in v])), 2) for k, v in counts.items()}
    out['mask IoU from true boxes'] = {k: round(float(np.mean(v)), 3) for k, v in mask_iou.items() if v}
    out['baselines'] = baselines(items)
    model.llm.quantise(False)
    return out


def baselines(items, seed=0):
    """Majority answers, and as many random boxes of typical size as there are true ones."""
    rng = np.random.default_rng(seed)
    ucm = [it for it in items if it['set'] == 'ucm']
    scene = np.bincount([it['scene'] for it in ucm]).max() / len(ucm)
    truth = np.stack([it['presence'] == 1 for it in ucm])
    majority = np.repeat((truth.mean(0) > 0.5)[None], len(ucm), 0)
    tp = total = 0
    for it in items:
        _, objects = measure.to_tile(it)
        for cls in {o[0] for o in objects}:
            polygons = measure.truth_polygons(objects, cls)
            sizes = [o[3:5] for o in objects if o[0] == cls]
            made = [(*rng.uniform(0, 256, 2), *sizes[rng.integers(len(sizes))], rng.uniform(0, 180)) for _ in polygons]
            a, b, c = measure.box_counts(made, polygons)
            tp, total = tp + a, total + c
    return {'scene, most frequent class': round(float(scene), 3), 'presence macro-F1, majority of each label': round(measure.macro_f1(truth, majority), 3),
            'box F1, random boxes of true sizes and number': round(tp / max(1, total), 3)}


def ask(model, seen, question):
    return answer(model, None, question, seen=seen)[0]


def look(model, image, nir):
    return see(model, torch.from_numpy(normalise(image, nir))[None])


def number_in(text):
    found = re.search(r'\d+', text)
    return int(found.group()) if found else 0


@torch.no_grad()
def evaluate_trees(model, split='eval', part=None):
    """Tree numbers with near infrared and without: share of tiles within 20 %, mean absolute error."""
    out = {}
    rows = list(sets.decode('naip', split))
    rows = [it for it in rows if it['row']['tree_points']]
    for name, nir in (('RGB + NIR', True), ('RGB', False)):
        pairs = []
        for it in rows:
            image = it['image']
            image = stretch(image) if nir else image  # the app stretches rasters, and shows pictures as they are
            pairs.append((number_in(ask(model, look(model, image, nir), 'How many trees are there?')), len(it['row']['tree_points'])))
        said, truth = np.array(pairs).T
        out[name] = dict(within20=round(float((np.abs(said - truth) <= 0.2 * truth).mean()), 3), mae=round(float(np.abs(said - truth).mean()), 1),
                         mean=round(float(truth.mean()), 1), tiles=len(pairs))
    return out


@torch.no_grad()
def evaluate_quality(model, items, seed=5):
    """Generated defects on clean tiles: the answer must name the defect, and nothing on a clean tile."""
    right = {}
    for n, it in enumerate(items):
        rng = np.random.default_rng((seed, n))
        for k in (n % len(DEFECTS), None):
            image = it['image'] if k is None else defects.spoil(rng, it['image'], k)
            text = ask(model, look(model, image, it['has_nir']), 'What is wrong with this image?')
            ok = text.startswith('Nothing') if k is None else text == f'The image has {DEFECTS[k][0]}.'
            right.setdefault('clean' if k is None else DEFECTS[k][0], []).append(ok)
    out = {k: f'{sum(v)}/{len(v)}' for k, v in sorted(right.items())}
    out['defects named'] = round(float(np.mean([x for k, v in right.items() if k != 'clean' for x in v])), 3)
    return out


@torch.no_grad()
def evaluate_change(model, split='eval'):
    """Real year pairs: changed or not, and boxes at IoU 0.5 and 0.25 (the labels are loose)."""
    right, totals, pairs = [], {0.5: np.zeros(3, int), 0.25: np.zeros(3, int)}, rows(split, 'real_change')
    for r in pairs:
        seen = [look(model, sets.as_array(read(f'{DATA}/{split}/real_change/{r[k]}', 256)), False) for k in ('before', 'after')]
        change = see_change(model, *seen)
        text, _ = generate(model, embed_change(model, change, 'What changed between the two images?'), 64)
        right.append((text.startswith('Something'), r['changed']))
        found = [change['proposals'][i]['box'] for i in pointers(text, change['proposals'])]
        truth = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in (c['box'] for c in r['changes'])]
        for t in totals:
            totals[t] += measure.box_counts(found, truth, t)
    said, truth = np.array(right).T
    return dict(accuracy=round(float((said == truth).mean()), 3), pairs=len(pairs), changed=int(truth.sum()), said=int(said.sum()),
                f1=round(measure.f1(int((said & truth).sum()), int(said.sum()), int(truth.sum())), 3),
                box_f1={str(t): round(measure.f1(*map(int, v)), 3) for t, v in totals.items()})


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--split', default='eval')
    ap.add_argument('--out')
    args = ap.parse_args()
    torch.set_num_threads(1)
    model = load(args.checkpoint)
    items = eval_items(args.split)
    model.llm.quantise(True)
    scores = dict(trees=evaluate_trees(model, args.split), change=evaluate_change(model, args.split), quality=evaluate_quality(model, [i for i in items if i['set'] == 'ucm']))
    print(json.dumps(scores, indent=1), flush=True)
    scores.update(evaluate(model, items))
    text = json.dumps(scores, indent=1)
    print(text)
    if args.out:
        with open(args.out, 'w') as f:
            f.write(text + '\n')


if __name__ == '__main__':
    main()
