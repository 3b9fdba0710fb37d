"""What the land cover of every pixel of held-out images may be, for `npm run evaluate`: the rules of readers.cover, which training uses.

    python -m training.data.cover_truth EVAL_FOLDER OUT

Writes OUT/index.jsonl, whose first line names the classes in the order of their bits, and a line for each image of EVAL_FOLDER of which
anything is known; `truth` names a file of u8[h, w] row-major, bit k for class k, all bits where nothing is known.
"""
import argparse
import json
import os

from ..core.names import COVER
from .readers import cover
from .sets import READERS, as_array, of_row

# False colour, and 30 m of unclear licence: what the model was never meant for.
LEFT_OUT = ('pucallpa', 'hls')


def truths(folder):
    """Yields (a line without `truth`, u8[h, w]) of every image of which anything is known."""
    for name in cover.RULES:
        path = f'{folder}/{READERS[name].folder}/labels.jsonl'
        if name in LEFT_OUT or not os.path.exists(path):
            continue
        with open(path) as f:
            rows = [json.loads(line) for line in f]
        for row in rows:
            found = READERS[name].pixels(f'{folder}/{READERS[name].folder}', row)
            nir = found.pop('nir', None)
            it = of_row(name, dict(found, image=as_array(found['image'], nir), has_nir=nir is not None, row=row))
            allowed = cover.allowed(name, it)
            if (allowed != cover.ANY).any():
                h, w = allowed.shape
                yield dict(set=READERS[name].folder, file=row['file'], nir=row.get('nir') or nir_of(name, row), gsd=it['gsd'], w=w, h=h), allowed


def nir_of(name, row):
    """NAIP's near infrared has the picture's name, in a folder of its own."""
    return row['file'].replace('images/', 'nir/') if name == 'naip' else None


def write(folder, out):
    os.makedirs(out, exist_ok=True)
    with open(f'{out}/index.jsonl', 'w') as f:
        f.write(json.dumps({'labels': [readable for _, readable in COVER]}) + '\n')
        for i, (line, allowed) in enumerate(truths(folder)):
            allowed.tofile(f'{out}/{i}.bin')
            f.write(json.dumps(dict(line, truth=f'{i}.bin')) + '\n')


if __name__ == '__main__':
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('folder')
    ap.add_argument('out')
    args = ap.parse_args()
    write(args.folder, args.out)
