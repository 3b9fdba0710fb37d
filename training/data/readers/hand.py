"""Labels made by eye (labels/README.md), joined to the items of their sets. Files named eval_* are of eval/ and never read here."""
import functools
import json
import os

from ...core.names import BOX_INDEX, COVER_INDEX
from ..items import CROWN, OBB, UPRIGHT

FOLDER = os.path.join(os.path.dirname(__file__), '..', 'labels')
FILES = ('cars', 'trucks', 'ships', 'pools', 'solar', 'negatives', 'cover')


def read(name):
    """Rows of labels/NAME.jsonl."""
    with open(os.path.join(FOLDER, f'{name}.jsonl'), encoding='utf-8') as f:
        return [json.loads(line) for line in f]


@functools.cache
def rows():
    """{(set, file): [rows]} of all files."""
    out = {}
    for name in FILES:
        for r in read(name):
            out.setdefault((r['set'], r['file']), []).append(r)
    return out


def thing(b):
    cls = BOX_INDEX[b['label']]
    return (cls, *b['box'], UPRIGHT if cls == CROWN else OBB)


def join(name, it):
    """The item with its objects by eye; `unknown` and `absent` are lists of (cls, [x0, y0, x1, y1]) where labels of a class aren't
    complete although the tile's are, and where none is although the tile's aren't. `areas`: (index of COVER, [[x, y] …])."""
    mine = rows().get((name, it['row']['file']), ())
    if not mine:
        return it
    out = dict(it, objects=list(it['objects']), complete=list(it['complete']))
    for key, field in (('unknown', 'unknown'), ('absent', 'not')):
        out[key] = [(BOX_INDEX[b['label']], b['box']) for r in mine for b in r.get(field, ())]
    out['areas'] = [(COVER_INDEX[a['label']], a['polygon']) for r in mine for a in r.get('areas', ())]
    for r in mine:
        out['objects'] += [thing(b) for b in r.get('boxes', ())]
        for label in r.get('complete', ()):
            out['complete'][BOX_INDEX[label]] = True
    return out
