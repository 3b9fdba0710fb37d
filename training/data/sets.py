"""The labelled sets, decoded once into a cache, and our own validation split. `items` says what an item is.

    python -m training.data.sets --generated 4000          # every set that is there
    python -m training.data.sets --only eurosat ships
"""
import argparse
import os
import pickle

import numpy as np

from .items import CACHE, DATA, rows
from .readers import generated, ground, hand, older, scenes, things

# To add a set, write its reader. The name is that of its file in the cache.
READERS = older.READERS | things.READERS | scenes.READERS | ground.READERS


def known(name, it):
    """An item of train/ with all that is known of it, from its row and from labels by eye."""
    return hand.join(name, of_row(name, it))


def of_row(name, it):
    """An item with what its row says."""
    return dict(it, scene=-1, gsd=None) | READERS[name].known(it['row'])


def decode(name, split='train', experiment=False):
    """Yields the items of one set. `experiment`: also rows that must not shape released weights."""
    reader = READERS[name]
    for row in rows(split, reader.folder):
        if experiment or reader.released(row):
            found = reader.pixels(f'{DATA}/{split}/{reader.folder}', row)
            nir = found.pop('nir', None)
            add = known if split == 'train' else of_row
            yield add(name, dict(found, image=as_array(found['image'], nir), has_nir=nir is not None, row=row))


def as_array(image, nir=None):
    """u8[H,W,3 or 4] and a near infrared u8[H,W] or None -> u8[H,W,4]."""
    out = np.zeros((*image.shape[:2], 4), np.uint8)
    out[..., :image.shape[2]] = image
    if nir is not None:
        out[..., 3] = nir
    return out


def store(name, items):
    with open(f'{CACHE}/{name}.pkl', 'wb') as f:
        pickle.dump(items, f, protocol=5)
    print(name, len(items), flush=True)


def prepare(names, made=0, experiment=False):
    """Decodes sets into CACHE/NAME.pkl, and draws `made` generated scenes."""
    os.makedirs(CACHE, exist_ok=True)
    for name in names:
        items = list(decode(name, experiment=experiment))
        if items:
            store(name, items)
    if made:
        store('gen', [generated.item(seed) for seed in range(made)])


def load(name, part='train', experiment=False):
    """Items of the cache that belong to `part`: train or val. ValueError where none may shape released weights and `experiment` isn't set."""
    with open(f'{CACHE}/{name}.pkl', 'rb') as f:
        items = pickle.load(f)
    if name == 'gen':
        return [generated.known(it) for it in items if generated.held_out(it) == (part == 'val')]
    items = [known(name, it) for it in items if experiment or READERS[name].released(it['row'])]
    if not items:
        raise ValueError(f'{name}: no row of it may shape released weights')
    return [it for it in items if READERS[name].held_out(it) == (part == 'val')]


if __name__ == '__main__':
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--generated', type=int, default=4000)
    ap.add_argument('--experiment', action='store_true', help='also rows that must not shape released weights')
    ap.add_argument('--only', nargs='+', choices=[*READERS, 'gen'])
    args = ap.parse_args()
    there = [n for n in args.only or READERS if n != 'gen' and os.path.isdir(f'{DATA}/train/{READERS[n].folder}')]
    prepare(there, args.generated if not args.only or 'gen' in args.only else 0, args.experiment)
