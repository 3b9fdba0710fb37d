"""Measures of the dense heads on a list of items (see data/sets.py), shared by training and evaluation."""
import cv2
import numpy as np
import torch

from ..core import boxes
from ..core.config import PROPOSALS
from ..core.names import BOXES, SCENE_SCALES
from ..core.normalise import normalise, stretch
from ..model.precision import autocast
from ..model.rows import by_scale


def f1(tp, predicted, truth):
    return 2 * tp / max(1, predicted + truth)


def some(items, limit=None):
    """`limit` items at most, spread over all: sets are sorted by what they show."""
    return items[::max(1, -(-len(items) // limit))] if limit else items


def square(item):
    """The middle of an item, as high as wide; objects whose middle is cut off are left out."""
    h, w = item['image'].shape[:2]
    side = min(h, w)
    y, x = (h - side) // 2, (w - side) // 2
    cut = lambda a: a[y:y + side, x:x + side]
    moved = [(o[0], o[1] - x, o[2] - y, *o[3:]) for o in item['objects']]
    return dict(item, image=cut(item['image']), objects=[o for o in moved if 0 <= o[1] < side and 0 <= o[2] < side], **({'mask': cut(item['mask'])} if 'mask' in item else {}))


def to_tile(item, size=256):
    """Resizes an item to the tile as the app does: rasters stretched, finished pictures as they are; returns image
    u8[256,256,4] and scaled objects."""
    image = stretch(item['image']) if item['has_nir'] else item['image']
    h, w = image.shape[:2]
    if (h, w) == (size, size):
        return image, item['objects']
    sx, sy = size / w, size / h
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), [
        (o[0], o[1] * sx, o[2] * sy, o[3] * sx, o[4] * sy, o[5], o[6]) for o in item['objects']]


@torch.no_grad()
def run_dense(model, items, batch=16):
    """Runs tower and connector; returns per item dict(scene, presence, heat, geom, neck, count, quality, cover) as numpy; cover u8[64,64] is
    None where the model has no such head."""
    out = []
    model.eval()
    device = next(model.parameters()).device
    for i in range(0, len(items), batch):
        part = items[i:i + batch]
        x = torch.from_numpy(np.stack([normalise(to_tile(it)[0], it['has_nir']) for it in part])).to(device)
        with autocast(device.type):
            ev = {k: v.float().cpu() for k, v in model.connector.evidence(*model.tower(x)).items()}
        heat = torch.sigmoid(ev['heat']).permute(0, 2, 3, 1).contiguous().numpy()
        geom = ev['geom'].permute(0, 2, 3, 1).contiguous().numpy()
        scene, presence = by_scale(ev['scene'].float()).numpy(), torch.sigmoid(ev['presence'].float()).numpy()
        neck = ev['neck'].permute(0, 2, 3, 1).contiguous().numpy()
        count = ev['density'].sum((2, 3)).numpy()
        quality = torch.sigmoid(ev['quality'].float()).numpy()
        cover = ev['cover'].argmax(1).byte().numpy() if 'cover' in ev else [None] * len(part)
        for j in range(len(part)):
            out.append(dict(cover=cover[j], heat=heat[j], geom=geom[j], neck=neck[j], scene=scene[j], presence=presence[j], count=count[j], quality=quality[j]))
    return out


def truth_polygons(objects, cls):
    return [boxes.corners(o[1:6]) for o in objects if o[0] == cls]


def box_counts(predicted, truth, threshold=0.5):
    """predicted: boxes in order of score; truth: polygons. Returns (tp, n predicted, n truth)."""
    pairs = boxes.match([boxes.corners(b) for b in predicted], truth, threshold, boxes.polygon_iou)
    return len(pairs), len(predicted), len(truth)


def macro_f1(truth, predicted):
    scores = []
    for k in range(truth.shape[1]):
        t, p = truth[:, k], predicted[:, k]
        if t.any():
            scores.append(f1((t & p).sum(), p.sum(), t.sum()))
    return float(np.mean(scores))


def scene_said(probabilities, scene):
    """The likeliest scene of the group of scales that the true one belongs to."""
    first, after = next((a, b) for a, b, _ in SCENE_SCALES if a <= scene < b)
    return first + int(probabilities[first:after].argmax())


def summarise(items, results, keep=0.3):
    """Scene accuracy, presence macro-F1, box F1 per class (only tiles where the class is completely labelled)."""
    out = {}
    known = [(it, r) for it, r in zip(items, results) if it['scene'] >= 0]
    if known:
        out['scene'] = float(np.mean([scene_said(r['scene'], it['scene']) == it['scene'] for it, r in known]))
    full = [(it, r) for it, r in zip(items, results) if (it['presence'] >= 0).all()]
    if full:
        out['presence'] = macro_f1(np.stack([it['presence'] == 1 for it, _ in full]), np.stack([r['presence'] > 0.5 for _, r in full]))
    trees = [(len(it['row']['tree_points']), r['count'][0]) for it, r in zip(items, results) if 'tree_points' in it.get('row', {})]
    if trees:
        t, p = np.array(trees).T
        out['trees'] = dict(within20=round(float((np.abs(t - p) <= 0.2 * t).mean()), 3), mae=round(float(np.abs(t - p).mean()), 1), mean=round(float(t.mean()), 1))
    for cls, (name, _, _) in enumerate(BOXES[:results[0]['heat'].shape[-1]]):
        total = np.zeros(3, int)
        for it, r in zip(items, results):
            if it['complete'][cls]:
                ps = boxes.propose(r['heat'][..., cls:cls + 1], r['geom'], PROPOSALS['max'], keep, PROPOSALS['nmsIou'])
                ps = sorted(ps, key=lambda p: -p['score'])
                total += box_counts([p['box'] for p in ps], truth_polygons(to_tile(it)[1], cls))
        if total[2]:
            tp, n, m = (int(v) for v in total)
            out[name] = dict(f1=round(f1(tp, n, m), 3), precision=round(tp / max(1, n), 3), recall=round(tp / m, 3), truth=m)
    return out
