"""Reading the training imagery, and turning it into augmented samples with dense targets.

Sets are decoded once into a cache of uint8 arrays [N, H, W, 4] (band 4 is near infrared, 0 where a set has none) and
lists of objects. An object is (cls, cx, cy, w, h, theta, mode): mode OBB (rotated box known), AABB (only the upright
hull of a rotated box known) or UPRIGHT (the class is boxed upright by definition: tanks, diamonds).
"""
import argparse
import json
import math
import os
import pickle

import cv2
import numpy as np

from . import boxes, scenes
from .names import CLASS_INDEX, CLASSES, PRESENCE, PRESENCE_INDEX, SCENE_INDEX

cv2.setNumThreads(1)
OBB, AABB, UPRIGHT = 0, 1, 2
C = len(CLASSES)
TANK, DIAMOND, BUILDING, CAR = 1, 3, 4, 5
DATA = os.environ.get('NADIR_DATA', os.path.join(os.path.dirname(__file__), '../../shared/data'))
CACHE = os.environ.get('NADIR_CACHE', os.path.join(os.path.dirname(__file__), 'cache'))


def rows(split, name):
    with open(f'{DATA}/{split}/{name}/labels.jsonl') as f:
        return [json.loads(line) for line in f]


def read(path, size=None):
    image = cv2.imread(path, cv2.IMREAD_COLOR)[..., ::-1]
    if size and image.shape[:2] != (size, size):
        # UC Merced has a few tiles some pixels short or long.
        h, w = image.shape[:2]
        image = cv2.copyMakeBorder(image, 0, max(0, size - h), 0, max(0, size - w), cv2.BORDER_REFLECT)[:size, :size]
    return image


def ucm_objects(row):
    out = []
    for b in row.get('boxes') or []:
        cls = CLASS_INDEX[b['label']]
        x0, y0, x1, y1 = b['box']
        if 'obb' in b:
            box = boxes.from_corners(b['obb'])
            if cls == CLASS_INDEX['tennis_court']:
                box = boxes.long_side_first(box)
            out.append((cls, *box, OBB))
        else:
            out.append((cls, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0.0, UPRIGHT if cls in (TANK, DIAMOND) else AABB))
    return out


def ucm_complete(row):
    """Per class: are all its instances in the tile boxed (or is it known to be absent)?"""
    present, done = set(row['present']), set(row.get('boxes_complete_for') or [])
    return [('airplane' in done) or 'airplane' not in present, ('storage_tank' in done) or 'tanks' not in present,
            ('tennis_court' in done) or 'court' not in present, ('baseball_diamond' in done) or row['scene'] not in ('baseballdiamond', 'golfcourse'),
            not present & {'buildings', 'mobile-home'}, 'cars' not in present]


def polygon_boxes(polygons):
    out = []
    for p in polygons:
        (cx, cy), (w, h), angle = cv2.minAreaRect(np.array(p, np.float32))
        if w * h > 30 and cv2.contourArea(np.array(p, np.float32)) > 20:
            out.append((BUILDING, *boxes.long_side_first((cx, cy, w, h, angle % 180)), OBB))
    return out


def presence_vector(known):
    v = np.full(len(PRESENCE), -1, np.int8)
    for k, yes in known.items():
        v[PRESENCE_INDEX[k]] = int(yes)
    return v


def load_sets(split='train', share_alike=False):
    """Yields (set name, list of items); an item is dict(image, nir, objects, complete, scene, presence, group, ...)."""
    items = []
    for r in rows(split, 'ucm'):
        items.append(dict(image=read(f'{DATA}/{split}/ucm/{r["file"]}', 256), objects=ucm_objects(r), complete=ucm_complete(r),
                          scene=SCENE_INDEX[r['scene']], presence=presence_vector({k: k in r['present'] for k in PRESENCE_INDEX}),
                          group=os.path.basename(r['file'])[:-4], row=r))
    yield 'ucm', items
    items = []
    for r in rows(split, 'oam_buildings'):
        objects = polygon_boxes(r['building_polygons'])
        items.append(dict(image=read(f'{DATA}/{split}/oam_buildings/{r["file"]}', 256), objects=objects, complete=[True] * 5 + [False],
                          presence=presence_vector({'buildings': bool(objects), 'airplane': False, 'tanks': False, 'mobile-home': False, 'dock': False}),
                          group=r['area'], polygons=r['building_polygons'], row=r))
    yield 'oam', items
    items = []
    for r in rows(split, 'aerial_cars'):
        if 'BY-SA' in r['licence'] and not share_alike:
            continue  # share-alike photos must not shape the weights
        objects = []
        for b in r['boxes']:
            x0, y0, x1, y1 = b['box']
            if b['label'] in ('car', 'minibus'):
                objects.append((CAR, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, 0.0, AABB))
        items.append(dict(image=read(f'{DATA}/{split}/aerial_cars/{r["file"]}'), objects=objects, complete=[True] * 4 + [False, True],
                          presence=presence_vector({'cars': bool(objects), 'airplane': False, 'tanks': False, 'court': False, 'sea': False, 'pavement': True}),
                          group=r['source'], row=r))
    yield 'kit', items
    items = []
    for r in rows(split, 'naip_trees'):
        image = read(f'{DATA}/{split}/naip_trees/{r["file"]}', 256)
        nir = cv2.imread(f'{DATA}/{split}/naip_trees/{r["file"].replace("images/", "nir/")}', cv2.IMREAD_GRAYSCALE)
        known = {'airplane': False, 'tanks': False}
        if len(r['tree_points']) >= 4:
            known['trees'] = True
        items.append(dict(image=image, nir=nir, objects=[], complete=[True, True, False, False, False, False],
                          presence=presence_vector(known), group=f'{r["city"]}_{r["tile"]}', row=r))
    yield 'naip', items


def generated_item(seed):
    rng = np.random.default_rng(seed)
    gsd = float(np.exp(rng.uniform(math.log(0.16), math.log(0.55))))
    s = scenes.generate(seed, 256, 256, gsd)
    objects = [(CLASS_INDEX[o['label']], *o['box'], UPRIGHT if CLASS_INDEX[o['label']] in (TANK, DIAMOND) else OBB) for o in s['objects']]
    known = {k: k in s['present'] for k in PRESENCE_INDEX}
    return dict(image=s['image'], objects=objects, complete=[True] * C, scene=-1 if s['scene'] is None else SCENE_INDEX[s['scene']],
                presence=presence_vector(known), group=str(seed), ids=s['ids'], id_list=[o['id'] for o in s['objects']])


def as_array(item):
    h, w = item['image'].shape[:2]
    out = np.zeros((h, w, 4), np.uint8)
    out[..., :item['image'].shape[2]] = item['image']
    if item.get('nir') is not None:
        out[..., 3] = item['nir']
    return out


def held_out(name, item):
    """Our own validation split, by photo, sequence or place."""
    g = item['group']
    return {'ucm': lambda: int(g[-2:]) % 15 == 7, 'oam': lambda: 'Nairobi' in g, 'kit': lambda: 'MOS175' in g,
            'naip': lambda: False, 'gen': lambda: int(g) < 100}[name]()


def prepare(generated=4000):
    """Decodes every set once. Files: CACHE/NAME.pkl with lists of compact items."""
    os.makedirs(CACHE, exist_ok=True)
    for name, items in load_sets():
        for it in items:
            it['has_nir'] = it.get('nir') is not None
            it['image'] = as_array(it)
            it.pop('nir', None)
            it.setdefault('scene', -1)
        with open(f'{CACHE}/{name}.pkl', 'wb') as f:
            pickle.dump(items, f, protocol=5)
        print(name, len(items), flush=True)
    items = []
    for seed in range(generated):
        it = generated_item(seed)
        it['has_nir'] = True
        items.append(it)
    with open(f'{CACHE}/gen.pkl', 'wb') as f:
        pickle.dump(items, f, protocol=5)
    print('gen', len(items), flush=True)


def load(name, part='train'):
    with open(f'{CACHE}/{name}.pkl', 'rb') as f:
        items = pickle.load(f)
    return [it for it in items if held_out(name, it) == (part == 'val')]


# --- cut-outs -------------------------------------------------------------------------------------------------------

def cut_outs(items):
    """RGBA patches of boxed objects, turned so that the box is upright: dict(cls, patch u8[h,w,4], alphas, w, h)."""
    out = []
    for it in items:
        h0, w0 = it['image'].shape[:2]
        for o in it['objects']:
            cls, cx, cy, w, h, theta, mode = o
            if mode == AABB or min(w, h) < 14:
                continue
            p = np.array(boxes.corners((cx, cy, w, h, theta)))
            if p.min() < -2 or p[:, 0].max() > w0 + 2 or p[:, 1].max() > h0 + 2:
                continue
            grow = 1.12
            pw, ph = int(w * grow), int(h * grow)
            m = cv2.getRotationMatrix2D((cx, cy), theta, 1.0)
            m[:, 2] += np.array([pw / 2 - cx, ph / 2 - cy])
            patch = cv2.warpAffine(np.ascontiguousarray(it['image'][..., :3]), m, (pw, ph), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            yy, xx = np.mgrid[0:ph, 0:pw]
            u, v = np.abs((xx + 0.5 - pw / 2) / (w / 2)), np.abs((yy + 0.5 - ph / 2) / (h / 2))
            if cls in (TANK,):
                base = (u ** 2 + v ** 2 < 1.03 ** 2)
            elif cls == DIAMOND:
                base = (u ** 4 + v ** 4 < 1.05)
            else:
                base = (u < 1.04) & (v < 1.04)
            alphas = [base.astype(np.float32)]
            if cls == 0:
                mask = np.full((ph, pw), cv2.GC_PR_FGD, np.uint8)
                mask[~((u < 1.0) & (v < 1.0))] = cv2.GC_BGD
                mask[(u > 0.55) & (v > 0.55)] = cv2.GC_PR_BGD
                mask[(v < 0.06) & (u < 0.7)] = cv2.GC_FGD
                try:
                    cv2.grabCut(patch, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
                    fg = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
                    if 0.14 < fg.mean() < 0.5:
                        alphas = [cv2.morphologyEx(fg.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3))).astype(np.float32)]
                except cv2.error:
                    pass
            out.append(dict(cls=int(cls), patch=patch, alpha=alphas[0], w=float(w), h=float(h), cut=len(alphas) == 1 and cls == 0))
    return out


def paste(rng, canvas, objects, cut, scale_range=(0.3, 1.15), masks=None):
    """Blends one cut-out into u8[S,S,4] at a free place; returns the new object or None."""
    size = canvas.shape[0]
    lo = max(scale_range[0], 12 / max(cut['w'], cut['h']))
    s = float(np.exp(rng.uniform(math.log(lo), math.log(max(lo * 1.01, scale_range[1])))))
    cls = cut['cls']
    theta = float(rng.integers(4) * 90) if cls == DIAMOND else float(rng.uniform(0, 360))
    w, h = cut['w'] * s, cut['h'] * s
    for _ in range(6):
        cx, cy = rng.uniform(0.03, 0.97, 2) * size
        r = math.hypot(w, h) / 2
        if all(math.hypot(o[1] - cx, o[2] - cy) > r * 0.8 + math.hypot(o[3], o[4]) * 0.4 for o in objects):
            break
    else:
        return None
    ph, pw = cut['patch'].shape[:2]
    c, sn = math.cos(math.radians(theta)) * s, math.sin(math.radians(theta)) * s
    flip = -1 if rng.random() < 0.5 else 1
    m = np.array([[c, -sn * flip, 0], [sn, c * flip, 0]])
    m[:, 2] = np.array([cx - 0.5, cy - 0.5]) - m[:, :2] @ np.array([pw / 2 - 0.5, ph / 2 - 0.5])
    patch, alpha = cut['patch'], cut['alpha']
    if s < 0.6:
        patch = cv2.GaussianBlur(patch, (0, 0), 0.4 / s)
    warped = cv2.warpAffine(patch, m, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    a = cv2.warpAffine(alpha, m, (size, size), flags=cv2.INTER_LINEAR)
    a = cv2.GaussianBlur(a, (0, 0), rng.uniform(0.5, 1.4))[..., None]
    ys, xs = np.nonzero(a[..., 0].any(1))[0], np.nonzero(a[..., 0].any(0))[0]
    if len(ys) == 0:
        return None
    roi = (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))
    gain = rng.uniform(0.8, 1.2) + rng.normal(0, 0.03, 3)
    body = warped[roi].astype(np.float32) * gain
    nir = body.mean(-1, keepdims=True) * rng.uniform(0.8, 1.1)
    blended = canvas[roi] * (1 - a[roi]) + np.concatenate([body, nir], -1) * a[roi]
    canvas[roi] = np.clip(blended, 0, 255).astype(np.uint8)
    if masks is not None:
        masks.append(a[..., 0])
    if cls == TANK:
        return (cls, cx, cy, w, h, 0.0, UPRIGHT)
    if cls == DIAMOND:
        return (cls, cx, cy, *((w, h) if theta % 180 == 0 else (h, w)), 0.0, UPRIGHT)
    return (cls, cx, cy, w, h, theta % 180, OBB)


# --- geometry of augmentation ---------------------------------------------------------------------------------------

def transform(image, objects, m, scale, turn, flip, size):
    """Warps an image by a similarity (scale, turn clockwise, flip of x first) and its objects with it. `m` maps pixel
    edges, as boxes are given; OpenCV maps pixel centres, half a pixel further."""
    src, m2 = image, m.copy()
    if scale < 0.62:
        src = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        m2[:, :2] *= 2
    m2[:, 2] += m2[:, :2] @ np.array([0.5, 0.5]) - 0.5
    out = cv2.warpAffine(src, m2, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    moved = []
    for cls, cx, cy, w, h, theta, mode in objects:
        x, y = m @ np.array([cx, cy, 1.0])
        t = ((-theta if flip else theta) + turn) % 180
        w, h = w * scale, h * scale
        if mode != OBB:
            if cls != TANK and abs(t - 90) < 1:
                w, h = h, w
            t = 0.0
        moved.append((cls, x, y, w, h, t, mode))
    return out, moved


def similarity(centre, scale, turn, flip, target):
    c, s = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
    f = -1 if flip else 1
    a = np.array([[c * f, -s], [s * f, c]])
    return np.concatenate([a, (np.array(target) - a @ np.array(centre))[:, None]], 1)


def inside_map(m, shape, size):
    """Grid cells (stride 8) whose centre comes from inside the source image."""
    g = size // 8
    inv = cv2.invertAffineTransform(m)
    ys, xs = np.mgrid[0:g, 0:g] * 8 + 4
    px = inv[0, 0] * xs + inv[0, 1] * ys + inv[0, 2]
    py = inv[1, 0] * xs + inv[1, 1] * ys + inv[1, 2]
    return (px > 0) & (px < shape[1]) & (py > 0) & (py < shape[0])


def place(rng, item, size, scale_range, free_turn=0.5, jitter=1.0):
    """Random similarity of one item into a size x size canvas; returns image, objects, per-cell completeness [C,g,g]."""
    h, w = item['image'].shape[:2]
    scale = float(np.exp(rng.uniform(*np.log(scale_range))))
    flip = bool(rng.random() < 0.5)
    turn = float(rng.integers(4) * 90)
    if rng.random() < free_turn and all(o[6] == OBB or o[0] == TANK for o in item['objects']):
        turn += float(rng.uniform(-45, 45))
    slack = np.abs(np.array([w, h]) * scale - size) / 2 / scale
    centre = np.array([w, h]) / 2 + rng.uniform(-1, 1, 2) * slack * jitter
    m = similarity(centre, scale, turn, flip, (size / 2, size / 2))
    image, objects = transform(item['image'], item['objects'], m, scale, turn, flip, size)
    cover = inside_map(m, (h, w), size)
    complete = np.array(item['complete'], bool)[:, None, None] & cover[None]
    return image, objects, complete


def finish_objects(objects, complete, size):
    """Clips upright boxes to the canvas, drops what is outside, blanks completeness where an object can't be judged."""
    kept = []
    g = size // 8
    for cls, cx, cy, w, h, t, mode in objects:
        if mode != OBB:
            x0, y0, x1, y1 = max(0, cx - w / 2), max(0, cy - h / 2), min(size, cx + w / 2), min(size, cy + h / 2)
            visible = max(0, x1 - x0) * max(0, y1 - y0) / max(1e-6, w * h)
            if visible >= 0.35:
                cx, cy, w, h = (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0
        ok = 0 <= cx < size and 0 <= cy < size
        if ok and max(w, h) >= 6 and (mode == OBB or visible >= 0.35):
            kept.append((cls, cx, cy, w, h, t, mode))
            continue
        r = math.hypot(w, h) / 2 if mode == OBB else max(w, h) / 2
        c0, c1 = int(np.clip((cx - r) // 8, 0, g)), int(np.clip((cx + r) // 8 + 1, 0, g))
        r0, r1 = int(np.clip((cy - r) // 8, 0, g)), int(np.clip((cy + r) // 8 + 1, 0, g))
        complete[cls, r0:r1, c0:c1] = False
    return kept


def colour(rng, image):
    """Brightness, contrast, gamma and tint by lookup table; sometimes blur or noise. Three of four pictures get the
    percentile stretch first, since the app shows the model stretched scenes."""
    x = np.repeat(np.arange(256, dtype=np.float32)[:, None] / 255, 4, 1)
    gain, bias, gamma = rng.uniform(0.75, 1.3), rng.uniform(-0.1, 0.1), math.exp(rng.uniform(-0.25, 0.25))
    if rng.random() < 0.75:
        sample = image[::5, ::5].reshape(-1, 4)
        black, white = np.percentile(sample, (rng.uniform(1, 3), rng.uniform(97, 99)), axis=0) / 255
        x = np.clip((x - black) / np.maximum(white - black, 0.02), 0, 1).astype(np.float32)
        gain, bias, gamma = 1 + (gain - 1) * 0.4, bias * 0.5, gamma ** 0.6
    lut = np.empty((1, 256, 4), np.uint8)
    for b in range(4):
        k = gain * (1 + rng.normal(0, 0.04))
        lut[0, :, b] = np.clip(((x[:, b] ** gamma - 0.5) * k + 0.5 + bias + rng.normal(0, 0.02)) * 255, 0, 255)
    image = cv2.LUT(image, lut)
    u = rng.random()
    if u < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2))
    elif u < 0.22:
        image = np.clip(image + rng.normal(0, rng.uniform(2, 9), image.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.05:
        grey = image[..., :3].mean(-1, keepdims=True).astype(np.uint8)
        image = np.concatenate([np.repeat(grey, 3, -1), image[..., 3:]], -1)
    return image


def targets(objects, complete, size):
    """heat f32[C,g,g], weight f32[C,g,g], box f32[g,g,5] px, box weight f32[g,g], hull u8[g,g] (0 OBB, 1 AABB, 2 upright)."""
    g = size // 8
    heat = np.zeros((C, g, g), np.float32)
    weight = complete.astype(np.float32)
    box, bw, hull = np.zeros((g, g, 6), np.float32), np.zeros((g, g), np.float32), np.zeros((g, g), np.uint8)
    yy, xx = np.mgrid[0:g, 0:g]
    for cls, cx, cy, w, h, t, mode in sorted(objects, key=lambda o: -o[3] * o[4]):
        col, row = min(g - 1, int(cx // 8)), min(g - 1, int(cy // 8))
        sigma = float(np.clip(math.sqrt(w * h) / 8 / 5, 0.45, 2.2))
        blob = np.exp(-((xx - col) ** 2 + (yy - row) ** 2) / (2 * sigma ** 2)).astype(np.float32)
        heat[cls] = np.maximum(heat[cls], np.where(blob > 0.02, blob, 0))
        weight[cls] = np.maximum(weight[cls], blob > 0.05)
        reach = 1 if math.sqrt(w * h) > 14 else 0
        for r in range(max(0, row - reach), min(g, row + reach + 1)):
            for c in range(max(0, col - reach), min(g, col + reach + 1)):
                here = 1.0 if (r, c) == (row, col) else 0.25 * blob[r, c]
                if here >= bw[r, c]:
                    box[r, c], bw[r, c], hull[r, c] = (cx, cy, w, h, t, cls), here, mode
    return heat, weight, box, bw, hull


class Samples:
    """Endless, deterministic: sample i depends on (seed, i) only."""
    MIX = [('ucm', 0.46), ('paste', 0.15), ('oam', 0.11), ('kit', 0.04), ('gen', 0.18), ('mosaic', 0.06)]

    def __init__(self, seed, length, size=256, part='train', mix=None):
        self.seed, self.length, self.size = seed, length, size
        # NAIP tiles are backgrounds without labels of ours: all of them are for training.
        self.sets = {n: load(n, 'train' if n == 'naip' else part) for n in ('ucm', 'oam', 'kit', 'naip', 'gen')}
        self.cuts = cut_outs(self.sets['ucm'])
        self.by_class = [[c for c in self.cuts if c['cls'] == k] for k in range(4)]
        names, p = zip(*(mix or self.MIX))
        self.names, self.p = names, np.array(p) / sum(p)
        self.plain = [it for it in self.sets['ucm'] if not it['objects'] and it['complete'][0] and it['complete'][1]]

    def __len__(self):
        return self.length

    def pick(self, rng, name):
        items = self.sets[name]
        return items[rng.integers(len(items))]

    def compose(self, i):
        """Augmented image with what is known of it: dict(image, nir, scene, presence, objects, complete, ids)."""
        rng = np.random.default_rng((self.seed, i))
        size = self.size
        zoom = size / 256
        kind = str(rng.choice(self.names, p=self.p))
        scene, nir = -1, False
        if kind == 'ucm':
            it = self.pick(rng, 'ucm')
            image, objects, complete = place(rng, it, size, (0.85 * max(zoom, 0.85), 1.35), jitter=1.0)
            scene, presence = it['scene'], it['presence'].copy()
        elif kind in ('oam', 'kit', 'gen'):
            it = self.pick(rng, kind)
            reach = {'oam': (0.5, 1.3), 'kit': (0.4, 1.1), 'gen': (0.75, 1.3)}[kind]
            image, objects, complete = place(rng, it, size, reach)
            nir, presence = it['has_nir'], it['presence'].copy()
            scene = it['scene']
        elif kind == 'paste':
            it = self.pick(rng, 'naip') if rng.random() < 0.6 else self.plain[rng.integers(len(self.plain))]
            image, objects, complete = place(rng, it, size, (0.8, 1.6))
            nir, presence = it['has_nir'], it['presence'].copy()
            objects = list(objects)
            cls = int(rng.choice(4, p=[0.45, 0.2, 0.15, 0.2]))
            reach = [(0.16, 1.1), (0.25, 1.2), (0.4, 1.1), (0.35, 0.9)][cls]
            for _ in range(int(rng.integers(1, 5 if rng.random() < 0.6 else 10))):
                new = paste(rng, image, objects, self.by_class[cls][rng.integers(len(self.by_class[cls]))], reach)
                if new:
                    objects.append(new)
                if rng.random() < 0.15:
                    cls = int(rng.integers(4))
            for o in objects:
                if o[0] in (0, 1, 2):
                    presence[PRESENCE_INDEX[('airplane', 'tanks', 'court')[o[0]]]] = 1
        else:
            image = np.zeros((size, size, 4), np.uint8)
            complete = np.zeros((C, size // 8, size // 8), bool)
            objects, presence = [], np.full(len(PRESENCE), -1, np.int8)
            half = size // 2
            for q in range(4):
                name = str(rng.choice(['ucm', 'ucm', 'oam', 'gen']))
                it = self.pick(rng, name)
                im, obs, com = place(rng, it, half, (0.42, 0.75), free_turn=0.2)
                obs = finish_objects(obs, com, half)
                oy, ox = (q // 2) * half, (q % 2) * half
                if not it['has_nir']:
                    im = im.copy()
                image[oy:oy + half, ox:ox + half] = im
                complete[:, oy // 8:(oy + half) // 8, ox // 8:(ox + half) // 8] = com
                objects += [(o[0], o[1] + ox, o[2] + oy, *o[3:]) for o in obs]
        objects = finish_objects(objects, complete, size)
        image = colour(rng, image)
        if nir and rng.random() < 0.5:
            nir = False
        return dict(image=image, nir=bool(nir), scene=int(scene), presence=presence, objects=objects, complete=complete, kind=kind)

    def __getitem__(self, i):
        s = self.compose(i)
        heat, weight, box, bw, hull = targets(s['objects'], s['complete'], self.size)
        return dict(image=s['image'], nir=np.float32(s['nir']), scene=np.int64(s['scene']), presence=s['presence'].astype(np.float32),
                    heat=heat, weight=weight, box=box, bw=bw, hull=hull)


if __name__ == '__main__':
    ap = argparse.ArgumentParser()
    ap.add_argument('--generated', type=int, default=4000)
    prepare(ap.parse_args().generated)
