"""Checks before a run: nothing of eval/ in train/ (same bytes, nearly the same picture in any orientation, the same place), and
how the labels are balanced. A copy ends the run.

    python -m training.data.checks
"""
import collections
import hashlib
import os
import re
import sys

import cv2
import numpy as np

from ..core.names import PRESENCE
from .items import DATA, rows
from .sets import READERS

SETS = [reader.folder for reader in READERS.values()]  # real_change is checked against naip_trees by place, below
# Sets that are split by place, and the field of a row that says where it is.
PLACES = {'aerial_maritime': 'source', 'aerial_cars': 'source', 'sen2ships': 'place', 'dubai_landcover': 'place', 'naip_fields': 'place', 'naip_wetlands_ts': 'place',
          'landsat_pucallpa_ts': 'place', 'hls_landcover': 'place'}
NEAR = 14  # of 256 bits; unrelated pictures differ by about 128, a re-encoded copy by a few


def files(split, name):
    return sorted({f'{DATA}/{split}/{name}/{r["file"]}' for r in rows(split, name)}) if os.path.isdir(f'{DATA}/{split}/{name}') else []


def difference_hash(grey):
    """256 bits: is each of 16 x 16 cells brighter than its right neighbour. bool[256]."""
    small = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    return (small[:, 1:] > small[:, :-1]).ravel()


def orientations(grey):
    for flip in (False, True):
        g = grey[:, ::-1] if flip else grey
        for turn in range(4):
            yield np.ascontiguousarray(np.rot90(g, turn))


def distances(a, b):
    """bool[N,256], bool[M,256] -> int[N,M] bits that differ."""
    x, y = a.astype(np.float32) * 2 - 1, b.astype(np.float32) * 2 - 1
    return ((256 - x @ y.T) / 2).astype(int)


def leaks(train, held):
    """Among lists of picture files: [(train file, eval file, why)], how many flat ones, the closest distance."""
    out = []
    digest = lambda p: hashlib.sha256(open(p, 'rb').read()).hexdigest()
    known = {digest(p): p for p in train}
    out += [(known[d], p, 'same bytes') for p in held for d in [digest(p)] if d in known]
    grey = lambda p: cv2.imread(p, cv2.IMREAD_GRAYSCALE)
    mine = np.array([difference_hash(grey(p)) for p in train])
    flat, closest = 0, 256
    for p in held:
        g = grey(p)
        if g.std() < 4:  # a flat picture is like every other flat picture
            flat += 1
            continue
        bits = np.array([difference_hash(o) for o in orientations(g)])
        d = distances(mine, bits).min(1)
        closest = min(closest, int(d.min()))
        if d.min() <= NEAR:
            out.append((train[int(d.argmin())], p, f'{int(d.min())} of 256 bits differ'))
    return out, flat, closest


def shared_places(name):
    """Places of a set that are in both train/ and eval/."""
    train, held = ({r[PLACES[name]] for r in rows(split, name)} for split in ('train', 'eval'))
    return sorted(map(str, train & held))


def balance():
    """Prints how often each label occurs in train/."""
    ucm = rows('train', 'ucm')
    scenes = collections.Counter(r['scene'] for r in ucm)
    print(f'scenes: {len(scenes)} classes, {min(scenes.values())} to {max(scenes.values())} tiles each')
    present = collections.Counter(k for r in ucm for k in r['present'])
    print('presence, share of UC Merced tiles: ' + ', '.join(f'{k} {present[k] / len(ucm):.3f}' for k, _, _ in PRESENCE))
    boxes = collections.Counter(b['label'] for r in ucm for b in r.get('boxes') or [])
    boxes['building'] = sum(len(r['building_polygons']) for r in rows('train', 'oam_buildings'))
    boxes['car'] = sum(b['label'] == 'car' for r in rows('train', 'aerial_cars') for b in r['boxes'] if 'BY-SA' not in r['licence'])
    print('boxes: ' + ', '.join(f'{k} {v}' for k, v in boxes.most_common()))
    print('building chips: ' + ', '.join(f'{k} {v}' for k, v in collections.Counter(r['area'] for r in rows('train', 'oam_buildings')).most_common()))


def main():
    cv2.setNumThreads(1)
    balance()
    bad = 0
    for name in SETS:
        train, held = files('train', name), files('eval', name)
        if not train or not held:
            print(f'{name}: not there, skipped')
            continue
        found, flat, closest = leaks(train, held)
        print(f'{name}: {len(held)} eval pictures against {len(train)} of train: {len(found)} copies ({flat} flat pictures compared by bytes only; the closest differs in {closest} of 256 bits)')
        for a, b, why in found:
            print(f'  {os.path.relpath(b, DATA)} is in {os.path.relpath(a, DATA)}: {why}')
        bad += len(found)
        both = shared_places(name) if name in PLACES else []
        if both:
            print(f'{name}: {", ".join(both)} is in train and in eval')
        bad += len(both)
    places = {(r['city'], r['tile']) for r in rows('train', 'naip_trees')}
    if os.path.isdir(f'{DATA}/eval/real_change'):
        pairs = [m.groups() for r in rows('eval', 'real_change') if (m := re.match(r'images/(?:neg_)?([a-z_]+?)_(\d+)', r['before']))]
        shared = [p for p in pairs if (p[0], int(p[1])) in places]
        print(f'real_change: {len(pairs)} eval pairs, {len(shared)} of them at a place of naip_trees/train')
        bad += len(shared)
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
