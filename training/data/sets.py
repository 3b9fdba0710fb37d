"""The labelled sets, decoded once into a cache of items, and our own validation split.

    python -m training.data.sets --generated 4000

Images are uint8 arrays [H, W, 4] (band 4 is near infrared, 0 where a set has none). An object is (cls, cx, cy, w, h, theta, mode):
mode OBB (rotated box known), AABB (only the upright hull of a rotated box known), UPRIGHT (the class is boxed upright by
definition: tanks, diamonds) or POINT (only the place is known: trees, whose cls is TREE).
"""
import argparse
import json
import math
import os
import pickle

import cv2
import numpy as np

from ..core import boxes
from ..core.names import CLASS_INDEX, CLASSES, PRESENCE, PRESENCE_INDEX, SCENE_INDEX
from ..scenes import generate

cv2.setNumThreads(1)
OBB, AABB, UPRIGHT, POINT = 0, 1, 2, 3
C = len(CLASSES)
TANK, DIAMOND, BUILDING, CAR, TREE = 1, 3, 4, 5, 6
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
DATA = os.environ.get('NADIR_DATA', os.path.join(ROOT, '../shared/data'))
CACHE = os.environ.get('NADIR_CACHE', os.path.join(ROOT, 'training/cache'))


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
    """bool a class: whether all its instances in the tile are boxed, or it is known to be absent."""
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
    s = generate.generate(seed, 256, 256, gsd)
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
            'naip': lambda: item['row']['tile'] % 12 == 5, 'gen': lambda: int(g) < 100}[name]()


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


if __name__ == '__main__':
    ap = argparse.ArgumentParser()
    ap.add_argument('--generated', type=int, default=4000)
    prepare(ap.parse_args().generated)
