"""What an encoder finds on held-out tiles of train/: the same rows for any edition, as Markdown.

    python -m training.stages.tower.judge RELEASED.pt TOWER.pt
"""
import argparse

import cv2
import numpy as np
import torch

from ...core import boxes
from ...core.names import BOXES
from ...data import defects
from ...data.items import OBB
from ...inference import measure
from ...inference.ground import cover_rows, held_out
from ...inference.judge import fits
from ...model.checkpoint import load_fitting
from ...model.pyramid.dense import load_encoder

LEAST, MOST = 0.05, 400  # heat from which boxes are judged; boxes a tile
SETS = ('ucm', 'oam', 'kit', 'naip', 'eurosat', 'ships', 'maritime', 'crowns', 'dubai', 'fields', 'wetlands')


def halved(items):
    """Four tiles of 256 px in one, at half their scale; a class is complete where it is in all four."""
    out = []
    for i in range(0, len(items) - 3, 4):
        four = items[i:i + 4]
        image = np.zeros((256, 256, 4), np.uint8)
        objects = []
        for q, it in enumerate(four):
            oy, ox = q // 2 * 128, q % 2 * 128
            image[oy:oy + 128, ox:ox + 128] = cv2.resize(it['image'], (128, 128), interpolation=cv2.INTER_AREA)
            objects += [(o[0], o[1] / 2 + ox, o[2] / 2 + oy, o[3] / 2, o[4] / 2, *o[5:]) for o in it['objects']]
        out.append(dict(four[0], image=image, objects=objects, complete=list(np.all([it['complete'] for it in four], 0)), scene=-1))
    return out


def best_f1(scores, right, n):
    """(F1 at its best least score, average precision) of boxes whose scores and rightness are given, of n true ones."""
    hits = np.cumsum(np.array(right, float)[np.argsort(-np.array(scores))]) if len(scores) else np.zeros(0)
    if not len(hits):
        return 0.0, 0.0
    at = np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate((hits / at)[::-1])[::-1]
    return float((2 * hits / (at + n)).max()), float((precision * np.diff(np.r_[0, hits])).sum() / n)


def box_rows(name, items, results):
    """{row: (F1, average precision)} of the classes that tiles are fully labelled for."""
    out = {}
    for c in range(results[0]['heat'].shape[-1]):
        scores, right, n = [], [], 0
        for it, r in zip(items, results):
            if it['complete'][c]:
                objects = measure.to_tile(it)[1]
                found = sorted(boxes.propose(r['heat'][..., c:c + 1], r['geom'], MOST, LEAST, 0.3), key=lambda p: -p['score'])
                polygons = measure.truth_polygons(objects, c)
                scores += [p['score'] for p in found]
                right += fits([p['box'] for p in found], polygons, any(o[0] == c and o[6] != OBB for o in objects))
                n += len(polygons)
        if n:
            out[f'{BOXES[c][0]}, {name} ({n}): F1, AP'] = best_f1(scores, right, n)
    return out


def quality_row(model, items, seed=5):
    """Share of tiles, half of them spoilt once, whose defect is named, or that are left in peace."""
    rng, made, truth = np.random.default_rng(seed), [], []
    for it in items:
        kind = int(rng.integers(len(defects.DEFECTS))) if rng.random() < 0.5 else None
        made.append(dict(it, image=it['image'] if kind is None else defects.spoil(rng, it['image'], kind)))
        truth.append(kind)
    right = [r['quality'].max() < 0.5 if k is None else r['quality'][k] > 0.5 for r, k in zip(measure.run_dense(model, made), truth)]
    return {'quality, defect drawn or none': (float(np.mean(right)),)}


def judge(model, limit=None, names=SETS):
    """{row: figures}"""
    out, grounds = {}, []
    for name in names:
        held = held_out(name, limit)
        items = [it for it, _ in held]
        results = measure.run_dense(model, items)
        wide = results[0]['cover'] is not None
        known = [(it, r) for it, r in zip(items, results) if 0 <= it['scene'] < len(r['scene'])]
        if known:
            out[f'scene, {name} ({len(known)})'] = (float(np.mean([measure.scene_said(r['scene'], it['scene']) == it['scene'] for it, r in known])),)
        full = [(it, r) for it, r in zip(items, results) if (it['presence'] >= 0).all()]
        if full:
            out[f'presence, {name}: macro-F1'] = (measure.macro_f1(np.stack([it['presence'] == 1 for it, _ in full]), np.stack([r['presence'] > 0.5 for _, r in full])),)
        trees = [(len(it['row']['tree_points']), r['count'][0]) for it, r in zip(items, results) if 'tree_points' in it['row']]
        if trees:
            t, p = np.array(trees).T
            out[f'trees, {name} ({len(t)}): within 20 %'] = (float((np.abs(t - p) <= 0.2 * t).mean()),)
        out |= box_rows(name, items, results)
        if name == 'ucm':
            small = halved(items)
            out |= box_rows('ucm at half the scale', small, measure.run_dense(model, small)) | quality_row(model, items)
        if wide:
            grounds += [(r['cover'], allowed) for r, (_, allowed) in zip(results, held) if allowed is not None]
    return out | (cover_rows(grounds) if grounds else {})


def shown(figures):
    return ', '.join(f'{v:.3f}' for v in figures) if figures else ''


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('checkpoints', nargs='+')
    ap.add_argument('--tiles', type=int, help='of each held-out set at most')
    ap.add_argument('--sets', nargs='+', default=SETS)
    args = ap.parse_args()
    torch.set_num_threads(1)
    tables = []
    for path in args.checkpoints:
        whole = any(name.startswith('llm.') for name in torch.load(path, map_location='cpu')['model'])
        model = load_fitting(path) if whole else load_encoder(path)
        tables.append(judge(model.eval(), args.tiles, args.sets))
    print('\n'.join([f'| held-out tiles | {" | ".join(args.checkpoints)} |', f'|---|{"---|" * len(tables)}']))
    for row in dict.fromkeys(row for table in tables for row in table):
        print(f'| {row} | {" | ".join(shown(table.get(row)) for table in tables)} |')


if __name__ == '__main__':
    main()
