"""What the model's claims are worth, found on held-out tiles of train/ and written into the checkpoint: the temperature of its scene
probabilities as the app meets images (stages.probe found that of images as they are), how likely a drawn region holds what is named in it, and
how right land cover is.

    python -m training.stages.claims --checkpoint CHANGE.pt --out CLAIMS.pt
    python -m training.stages.claims --checkpoint CLAIMS.pt --eval

`--eval` measures the probabilities that the checkpoint gives on eval/. It fits nothing, and is run once for an edition.
"""
import argparse
import math

import cv2
import numpy as np
import torch

from ..core import boxes
from ..core.names import CLASSES, SCENES
from ..core.normalise import normalise, stretch
from ..data import sets
from ..inference import evidence, measure, prompt
from ..inference.ground import mean_iou
from ..model.checkpoint import load_fitting, save
from ..model.rows import by_scale

TEMPERATURES = np.round(np.arange(0.4, 3.01, 0.02), 2)
BINS = 15


def zoomed(image, factor):
    """The middle of a tile, enlarged: finer imagery."""
    side = int(256 / factor)
    at = (256 - side) // 2
    return cv2.resize(image[at:at + side, at:at + side], (256, 256), interpolation=cv2.INTER_LINEAR)


def shrunk(image, factor):
    """A tile made smaller and mirrored at its edges: coarser imagery."""
    side = int(256 / factor)
    at = (256 - side) // 2
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(small, at, 256 - side - at, at, 256 - side - at, cv2.BORDER_REFLECT)


# As they are, and as the app meets them: stretched, at other scales, a little soft or dark.
ALTERED = {
    'as they are': lambda i: i, 'stretched': stretch, 'zoomed 1.5': lambda i: zoomed(i, 1.5), 'zoomed 2': lambda i: zoomed(i, 2),
    'shrunk 1.5': lambda i: shrunk(i, 1.5), 'shrunk 2': lambda i: shrunk(i, 2), 'soft': lambda i: cv2.GaussianBlur(i, (0, 0), 1.2),
    'gamma 0.7': lambda i: np.clip(255 * (i / 255) ** 0.7, 0, 255).astype(np.uint8), 'zoomed 2, stretched': lambda i: stretch(zoomed(i, 2)),
}


@torch.no_grad()
def scenes_of(model, images, batch=16):
    """f32[N,21] probabilities of u8[256,256,4] images without near infrared."""
    out = []
    for i in range(0, len(images), batch):
        pixels = torch.from_numpy(np.stack([normalise(image, False) for image in images[i:i + batch]]))
        tokens, fine, _, deep = model.tower(pixels)
        logits = model.connector.scene(model.connector.stat_norm(model.connector.pooled(tokens, fine, deep)))[0]
        out.append(by_scale(logits)[:, :len(SCENES)].numpy())
    return np.concatenate(out)


def at_temperature(p, temperature):
    """Probabilities as they would be had their logits been divided; the same as `atTemperature` of src/vlm/nadir/heads/calibration.ts."""
    q = np.maximum(p, 1e-38).astype(np.float64) ** (1 / temperature)
    return q / q.sum(1, keepdims=True)


def nll(p, truth):
    return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())


def ece(p, truth):
    """Expected calibration error of the likeliest class, in 15 bins of equal width."""
    sure, right, total = p.max(1), p.argmax(1) == truth, 0.0
    for low in np.arange(BINS) / BINS:
        chosen = (sure > low) & (sure <= low + 1 / BINS)
        if chosen.any():
            total += chosen.mean() * abs(sure[chosen].mean() - right[chosen].mean())
    return float(total)


def best_temperature(p, truth):
    return float(min(TEMPERATURES, key=lambda t: nll(at_temperature(p, t), truth)))


def report(name, p, truth, temperature):
    for t in (1.0, temperature):
        q = at_temperature(p, t)
        print(f'{name}, T {t}: right {np.mean(q.argmax(1) == truth):.3f}, mean confidence {q.max(1).mean():.3f}, NLL {nll(q, truth):.3f}, '
              f'ECE {ece(q, truth):.3f}, over 0.995 {np.mean(q.max(1) > 0.995):.2f} ({len(truth)})', flush=True)


def fit_scenes(model, limit=None):
    items = measure.some(sets.load('ucm', 'val'), limit)
    truth, parts = np.array([it['scene'] for it in items]), []
    for name, alter in ALTERED.items():
        parts.append(scenes_of(model, [alter(it['image']) for it in items]))
        report(name, parts[-1], truth, best_temperature(parts[-1], truth))
    pooled, truths = np.concatenate(parts), np.tile(truth, len(parts))
    best = best_temperature(pooled, truths)
    report('all together', pooled, truths, best)
    return best


def drawn(rng, o):
    """A box that a user might draw around an object: mostly upright, loose and a little off."""
    grow, shift = rng.uniform(0.85, 1.5, 2), rng.normal(0, 0.1, 2)
    if rng.random() < 0.3:
        return (o[1] + shift[0] * o[3], o[2] + shift[1] * o[4], o[3] * grow[0], o[4] * grow[1], o[5])
    points = np.array(boxes.corners(o[1:6]))
    low, high = points.min(0), points.max(0)
    return (*((low + high) / 2 + shift * (high - low)), *((high - low) * grow), 0.0)


def background(rng, objects, tries=40, most=3):
    """Up to three boxes with less than a tenth of any object in them, and no object's middle."""
    filled, out = np.zeros((256, 256), np.uint8), []
    for o in objects:
        cv2.fillPoly(filled, [np.array(boxes.corners(o[1:6]), np.int32)], 1)
    for _ in range(tries):
        size, shape = math.exp(rng.uniform(math.log(10), math.log(120))), math.exp(rng.uniform(-0.6, 0.6))
        w, h = size * shape, size / shape
        if max(w, h) >= 250:
            continue
        box = (rng.uniform(w / 2, 256 - w / 2), rng.uniform(h / 2, 256 - h / 2), w, h, 0.0)
        inside = np.zeros((256, 256), np.uint8)
        cv2.fillPoly(inside, [np.array(boxes.corners(box), np.int32)], 1)
        holds = any(abs(o[1] - box[0]) < w / 2 and abs(o[2] - box[1]) < h / 2 for o in objects)
        if not holds and (inside & filled).sum() < 0.1 * inside.sum():
            out.append(box)
        if len(out) == most:
            break
    return out


def log_odds(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def asked_about(rng, name, item, objects):
    """[(box, class or None)] of one tile: up to three objects a class, and background where every class that may be there is labelled."""
    out = []
    for c in range(len(CLASSES)):
        mine = [o for o in objects if o[0] == c]
        out += [(drawn(rng, mine[i]), c) for i in rng.permutation(len(mine))[:3]]
    if name == 'oam' or name == 'ucm' and all(item['complete'][:len(CLASSES)]):
        out += [(box, None) for box in background(rng, objects)]
    return out


@torch.no_grad()
def regions(model, limit=None, seed=11):
    """(features [N, 3], right [N]) of drawn regions on real held-out tiles: over the least heat, IoU with a proposal of the class named,
    and whether none was named; right: the class named is there."""
    rng, features, right = np.random.default_rng(seed), [], []
    least = log_odds(np.array(model.calibration.heats()))
    for name in ('ucm', 'oam', 'kit'):
        for it in measure.some(sets.load(name, 'val'), limit):
            image, objects = measure.to_tile(it)
            asked = asked_about(rng, name, it, objects)
            if not asked:
                continue
            seen = evidence.see(model, torch.from_numpy(normalise(image, it['has_nir']))[None])
            for box, truth in asked:
                text, _ = prompt.answer(model, None, 'What is at <region>?', box, seen)
                said = next((c for c, (n, _, _) in enumerate(CLASSES) if n in text), None)
                over = log_odds(seen['heat'][evidence.cells_in(box, 64, 64, 256)].max(0)) - least
                overlap = max([boxes.iou(box, p['box']) for p in seen['proposals'] if p['cls'] == said], default=0.0)
                features.append((over.max() if said is None else over[said], overlap, float(said is None)))
                right.append(truth is not None and said == truth)
    return np.array(features), np.array(right, float)


def logistic(features, right, prior=0.05, steps=60):
    """Weights and, last, the offset, by Newton's method; a weak prior towards 0 keeps few regions in bounds."""
    a = np.c_[features, np.ones(len(features))]
    w = np.zeros(a.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(a @ w).clip(-40, 40)))
        w = w + np.linalg.solve((a * (p * (1 - p))[:, None]).T @ a + prior * np.eye(len(w)), a.T @ (right - p) - prior * w)
    return w


def fit_regions(model, limit=None):
    features, right = regions(model, limit)
    fold, p = np.random.default_rng(0).integers(0, 5, len(right)), np.zeros(len(right))
    for k in range(5):
        w = logistic(features[fold != k], right[fold != k])
        p[fold == k] = 1 / (1 + np.exp(-(np.c_[features[fold == k], np.ones((fold == k).sum())] @ w)))
    named = features[:, 2] == 0
    print(f'drawn regions: {len(right)}, {int(right.sum())} named right; named at all {named.sum()}, of which right {right[named].mean():.3f}')
    print(f'five-fold: NLL {-np.log(np.where(right > 0, p, 1 - p)).mean():.3f}, right at 0.5 {np.mean((p > 0.5) == (right > 0)):.3f}, '
          f'kept of the right ones {np.mean(p[right > 0] > 0.5):.3f}, kept of the wrong ones {np.mean(p[right == 0] > 0.5):.3f}', flush=True)
    heat, iou, none, offset = (round(float(v), 2) for v in logistic(features, right))
    # Less heat or overlap never speaks for an object: a few regions may say so by chance.
    return [max(0.0, heat), max(0.0, iou), none, offset]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True)
    ap.add_argument('--tiles', type=int, help='of each held-out set at most')
    ap.add_argument('--eval', action='store_true')
    ap.add_argument('--out')
    args = ap.parse_args()
    model = load_fitting(args.checkpoint)
    if args.eval:
        items = list(sets.decode('ucm', 'eval'))
        truth = np.array([it['scene'] for it in items])
        report('eval', scenes_of(model, [it['image'] for it in items]), truth, model.calibration.scene_temperature.item())
        return
    temperature, region = fit_scenes(model, args.tiles), fit_regions(model, args.tiles)
    print(f'temperature of scenes {temperature}; drawn regions: heat, iou, none, offset {region}', flush=True)
    model.connector.cool(0, len(SCENES), temperature)  # so that the app needs no temperature of its own
    model.calibration.set(region=region, cover_iou=round(mean_iou(model, args.tiles), 2))
    if args.out:
        save(model, args.out)


if __name__ == '__main__':
    main()
