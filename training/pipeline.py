"""The whole model in Python as the app runs it: proposals, prompt, greedy decoding, refiner input."""
import math
import re

import cv2
import numpy as np
import torch

from . import boxes, language
from .model import EVIDENCE_ROWS
from .names import CLASSES

C = len(CLASSES)
REPEATS = 0.5  # fitted boxes of a class with a higher IoU are of one object
# Classes whose proposals are fitted to their masks (fit_proposals), where it was measured to help, and the least score after it.
FITTED = {'building': 0.06, 'car': 0.09}
FIT_PASSES = 2  # a box far too small shows its mask only a part of the object
LEAST_SAMPLES = 20  # a mask of fewer says too little


def proposal_inputs(proposals, heat, neck, size=256):
    """Numpy inputs of the proposals graph: geometry [K,6], scores [K,C], features [K,F]."""
    k = len(proposals)
    geometry, scores = np.zeros((k, 6), np.float32), np.zeros((k, C), np.float32)
    features = np.zeros((k, neck.shape[-1]), np.float32)
    cols, coarser = heat.shape[1], heat.shape[1] // neck.shape[1]
    for i, p in enumerate(proposals):
        geometry[i] = box_geometry(p['box'], size)
        scores[i, p['cls']] = p['score']
        features[i] = neck[p['cell'] // cols // coarser, p['cell'] % cols // coarser]
    return geometry, scores, features


def box_geometry(box, size=256):
    cx, cy, w, h, t = box
    a = math.radians(2 * t)
    return np.array([cx / size, cy / size, w / size, h / size, math.sin(a), math.cos(a)], np.float32)


def cells_in(box, rows, cols, size):
    """bool[rows, cols]: cells whose centre lies in a box, at least the nearest one."""
    yy, xx = np.mgrid[0:rows, 0:cols]
    dx, dy = (xx + 0.5) * (size / cols) - box[0], (yy + 0.5) * (size / rows) - box[1]
    c, s = math.cos(math.radians(box[4])), math.sin(math.radians(box[4]))
    inside = (np.abs(dx * c + dy * s) <= box[2] / 2) & (np.abs(-dx * s + dy * c) <= box[3] / 2)
    if not inside.any():
        inside.flat[np.argmin(dx ** 2 + dy ** 2)] = True
    return inside


def region_inputs(box, heat, neck, size=256):
    """A drawn box as one more proposal token: heat and neck averaged over the cells whose centre it holds, each on its grid."""
    scores = heat[cells_in(box, *heat.shape[:2], size)].mean(0)
    return box_geometry(box, size)[None], scores[None], neck[cells_in(box, *neck.shape[:2], size)].mean(0)[None]


@torch.no_grad()
def see(model, pixels):
    """pixels f32[1,256,256,4] normalised -> dict of everything the host keeps of a tile (numpy but `visual`)."""
    tokens, fine = model.tower(pixels)
    visual, neck, heat, geom, scene, presence, density, quality = model.connector(tokens, fine)
    out = dict(tokens=tokens, fine=fine, visual=visual, neck=neck[0].numpy(), heat=heat[0].numpy(), geom=geom[0].numpy(),
               scene=scene[0].numpy(), presence=presence[0].numpy(), density=density[0].numpy(), quality=quality[0].numpy())
    p = language.PROPOSALS
    out['heads'] = boxes.propose(out['heat'], out['geom'], p['max'], p['minScore'], p['nmsIou'])
    out['proposals'] = fit_proposals(model, pixels[0].numpy(), out['neck'], out['heads'])
    return out


@torch.no_grad()
def see_change(model, before, after):
    """Two results of see() -> dict(rows f32[2 * EVIDENCE_ROWS + 1, H] of the prompt, heat, geom, changed, proposals, inputs of their tokens)."""
    out = model.change(*(torch.from_numpy(s['neck']).permute(2, 0, 1)[None] for s in (before, after)))
    heat, geom = torch.sigmoid(out['heat'])[0].permute(1, 2, 0).numpy(), out['geom'][0].permute(1, 2, 0).numpy()
    p = language.CHANGE_PROPOSALS
    proposals = boxes.propose(heat, geom, p['max'], p['minScore'], p['nmsIou'], boxes.NECK_STRIDE)
    rows = torch.cat([before['visual'][0, -EVIDENCE_ROWS:], after['visual'][0, -EVIDENCE_ROWS:], out['row'][0]])
    return dict(rows=rows, heat=heat, geom=geom, changed=float(torch.sigmoid(out['changed'])), proposals=proposals,
                inputs=change_inputs(proposals, heat, after['neck'] - before['neck']))


def change_inputs(proposals, heat, difference, size=256):
    """geometry [K,6], scores [K,1], features [K,F] of change proposals."""
    k, cols = len(proposals), heat.shape[1]
    geometry = np.array([box_geometry(p['box'], size) for p in proposals], np.float32).reshape(k, 6)
    scores = np.array([[p['score']] for p in proposals], np.float32).reshape(k, 1)
    features = np.array([difference[p['cell'] // cols, p['cell'] % cols] for p in proposals], np.float32).reshape(k, difference.shape[-1])
    return geometry, scores, features


@torch.no_grad()
def embed_change(model, change, question):
    """Prompt embeddings f32[1,T,H] of a question about two images."""
    table, rows = model.llm.embed.weight, []
    for t in language.tokenizer().encode(language.prompt_text(question)).ids:
        if t == language.token_id('<image>'):
            rows.append(change['rows'])
            if change['proposals']:
                tokens = model.change_proposals(*(torch.from_numpy(a)[None] for a in change['inputs']))[0]
                rows.append(tokens + table[[language.token_id(f'<p{i}>') for i in range(len(tokens))]])
        else:
            rows.append(table[t:t + 1])
    return torch.cat(rows)[None]


@torch.no_grad()
def embed_prompt(model, seen, question, region=None):
    """Prompt embeddings f32[1,T,H] and the plain token ids."""
    ids = language.tokenizer().encode(language.prompt_text(question)).ids
    table = model.llm.embed.weight
    rows = []
    for t in ids:
        if t == language.token_id('<image>'):
            rows.append(seen['visual'][0])
            if seen['proposals']:
                g, s, f = (torch.from_numpy(a)[None] for a in proposal_inputs(seen['proposals'], seen['heat'], seen['neck']))
                pointers = table[[language.token_id(f'<p{i}>') for i in range(len(seen['proposals']))]]
                rows.append(model.proposals(g, s, f)[0] + pointers)
        elif t == language.token_id('<region>') and region is not None:
            g, s, f = (torch.from_numpy(a.astype(np.float32))[None] for a in region_inputs(region, seen['heat'], seen['neck']))
            rows.append(model.proposals(g, s, f)[0] + table[t:t + 1])
        else:
            rows.append(table[t:t + 1])
    return torch.cat(rows)[None], ids


@torch.no_grad()
def generate(model, embeds, limit=256):
    """Greedy decoding; returns (text with pointers, ids)."""
    stop = {language.token_id('<|im_end|>'), language.token_id('<|endoftext|>')}
    logits, past = model.llm(embeds)
    ids = []
    for _ in range(limit):
        t = int(logits[0, -1].argmax())
        if t in stop:
            break
        ids.append(t)
        logits, past = model.llm(model.llm.embed.weight[t][None, None], past)
    return language.tokenizer().decode(ids, skip_special_tokens=False), ids


def pointers(text, proposals):
    """Proposal numbers named by an answer, in order, without repeats."""
    seen = []
    for m in re.findall(r'<p(\d+)>', text):
        if int(m) < len(proposals) and int(m) not in seen:
            seen.append(int(m))
    return seen


def frame_grid(box, n, grow=1.25):
    """Sample positions (x, y) [n, n] in pixels of the box's own frame grown about its centre; rows run along h."""
    cx, cy, w, h, t = box
    c, s = math.cos(math.radians(t)), math.sin(math.radians(t))
    at = (np.arange(n) + 0.5) / n - 0.5
    u, v = np.meshgrid(at * grow * w, at * grow * h)
    return cx + u * c - v * s, cy + u * s + v * c, u, v


def bilinear(image, x, y):
    """image [H, W, B]; x, y in pixel-edge coordinates, clamped to the edge pixels."""
    h, w = image.shape[:2]
    px, py = np.clip(x - 0.5, 0, w - 1), np.clip(y - 0.5, 0, h - 1)
    x0, y0 = np.floor(px).astype(int), np.floor(py).astype(int)
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = (px - x0)[..., None], (py - y0)[..., None]
    return ((image[y0, x0] * (1 - fx) + image[y0, x1] * fx) * (1 - fy) + (image[y1, x0] * (1 - fx) + image[y1, x1] * fx) * fy).astype(np.float32)


def refiner_inputs(pixels, neck, box, size=64, feature_size=16, grow=1.25):
    """crop f32[5,64,64], features f32[F,16,16] of one box; pixels [256,256,4] normalised, neck [32,32,F]."""
    x, y, u, v = frame_grid(box, size, grow)
    crop = np.concatenate([bilinear(pixels, x, y), ((np.abs(u) <= box[2] / 2) & (np.abs(v) <= box[3] / 2))[..., None]], -1)
    fx, fy, _, _ = frame_grid(box, feature_size, grow)
    features = bilinear(neck, fx / boxes.NECK_STRIDE, fy / boxes.NECK_STRIDE)
    return crop.transpose(2, 0, 1).astype(np.float32), features.transpose(2, 0, 1)


@torch.no_grad()
def refine(model, pixels, neck, box, cls):
    """Mask logits f32[64,64] in the box's grown frame."""
    crop, features = refiner_inputs(pixels, neck, box)
    label = torch.eye(C)[cls][None]
    return model.refiner(torch.from_numpy(crop)[None], torch.from_numpy(features)[None], label)[0, 0].numpy()


def smallest_rectangle(hull, near=0.0):
    """Box of the least-area rectangle around a convex polygon [N, 2], with its w axis the one nearest to `near` degrees."""
    best = None
    for x, y in np.roll(hull, -1, 0) - hull:
        turn = math.degrees(math.atan2(y, x)) - near
        turn -= 90 * round(turn / 90)
        turn += 90 if turn <= -45 + 1e-6 else 0
        c, s = math.cos(math.radians(near + turn)), math.sin(math.radians(near + turn))
        frame = hull @ np.array([[c, -s], [s, c]])
        (u, v), (w, h) = (frame.min(0) + frame.max(0)) / 2, np.ptp(frame, 0)
        # Rounding decides nothing: of one area the least turn, of two opposite turns the clockwise one.
        if best is None or w * h < best[0] * (1 - 1e-6) or (w * h < best[0] * (1 + 1e-6) and abs(turn) - 1e-9 * turn < best[1]):
            best = w * h, abs(turn) - 1e-9 * turn, (u * c - v * s, u * s + v * c, w, h, (near + turn) % 180)
    return tuple(map(float, best[2]))


def fit_box(box, logits, grow=1.25, tile=256):
    """The box drawn around its own mask f32[n, n] (of the box grown by `grow`), as src/vlm/fit-box.ts does it: the smallest
    rectangle around the largest 4-connected part above 0 inside the tile; the box itself where that part is small or the rectangle
    elsewhere."""
    n, (cx, cy, w, h, theta) = len(logits), box
    x, y, _, _ = frame_grid(box, n, grow)
    above = (logits > 0) & (x >= 0) & (y >= 0) & (x <= tile) & (y <= tile)  # nobody taught the refiner what is outside
    _, labels, stats, _ = cv2.connectedComponentsWithStats(above.astype(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if areas.max(initial=0) < LEAST_SAMPLES:
        return box
    v, u = np.nonzero(labels == 1 + areas.argmax())
    outlines = np.concatenate([np.stack([u + i, v + j], 1) for i in (0, 1) for j in (0, 1)])
    x, y = ((cv2.convexHull(outlines.astype(np.int32))[:, 0] / n - 0.5) * grow * np.array([w, h])).T
    c, s = math.cos(math.radians(theta)), math.sin(math.radians(theta))
    fitted = smallest_rectangle(np.stack([cx + x * c - y * s, cy + x * s + y * c], 1), theta)
    return fitted if boxes.iou(box, fitted) >= 0.25 else box


def mask_certainty(logits):
    """How sure a mask f32[n, n] is, 0..1: mean of |2p - 1| over all samples, times the mean p of those above 0 (maskness; SOLO, Wang et
    al. 2020); 0 where these are too few."""
    above = logits[logits > 0]
    if len(above) < LEAST_SAMPLES:
        return 0.0
    return float(np.abs(np.tanh(logits / 2)).mean() * (1 / (1 + np.exp(-above))).mean())


@torch.no_grad()
def fit_once(model, pixels, neck, proposals, least, batch=16):
    """Proposals drawn around their masks. A score is multiplied by how sure the mask is and by how much box and fitted box
    agree; what falls under its class's least score, or repeats a better one of its class, goes."""
    fitted, kept = [], []
    for i in range(0, len(proposals), batch):
        part = proposals[i:i + batch]
        crops, features = (torch.from_numpy(np.stack(column)) for column in zip(*[refiner_inputs(pixels, neck, p['box']) for p in part]))
        for p, logits in zip(part, model.refiner(crops, features, torch.eye(C)[[p['cls'] for p in part]])[:, 0].numpy()):
            box = fit_box(p['box'], logits)
            fitted.append({**p, 'box': box, 'score': p['score'] * mask_certainty(logits) * boxes.iou(p['box'], box)})
    for p in sorted(fitted, key=lambda p: (-p['score'], p['cell'])):
        if p['score'] >= least[CLASSES[p['cls']][0]] and all(p['cls'] != q['cls'] or boxes.iou(p['box'], q['box']) < REPEATS for q in kept):
            kept.append(p)
    return kept


def fit_proposals(model, pixels, neck, proposals, least=None):
    """Proposals of one tile with those of the fitted classes drawn around their masks, FIT_PASSES times over, as
    src/vlm/fit-proposals.ts does it. Sorted by class, then score descending, as `propose` sorts."""
    least = FITTED if least is None else least
    is_fitted = lambda p: CLASSES[p['cls']][0] in least
    chosen = [p for p in proposals if is_fitted(p)]
    for _ in range(FIT_PASSES):
        chosen = fit_once(model, pixels, neck, chosen, least)
    return sorted([p for p in proposals if not is_fitted(p)] + chosen, key=lambda p: (p['cls'], -p['score'], p['cell']))


@torch.no_grad()
def answer(model, pixels, question, region=None, seen=None):
    seen = seen or see(model, pixels)
    embeds, _ = embed_prompt(model, seen, question, region)
    text, _ = generate(model, embeds)
    return text, seen
