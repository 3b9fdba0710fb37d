"""Generated scenes as items."""
import math

import numpy as np

from ...core.names import CLASS_INDEX, PRESENCE_INDEX, SCENE_INDEX
from ...scenes import generate
from ..items import C, CROWN, DIAMOND, OBB, TANK, UPRIGHT, presence_vector


def item(seed):
    rng = np.random.default_rng(seed)
    gsd = float(np.exp(rng.uniform(math.log(0.16), math.log(0.55))))
    s = generate.generate(seed, 256, 256, gsd)
    objects = [(CLASS_INDEX[o['label']], *o['box'], UPRIGHT if CLASS_INDEX[o['label']] in (TANK, DIAMOND) else OBB) for o in s['objects']]
    return known(dict(image=s['image'], has_nir=True, objects=objects, gsd=gsd, scene=-1 if s['scene'] is None else SCENE_INDEX[s['scene']],
                      presence=presence_vector({k: k in s['present'] for k in PRESENCE_INDEX}), group=str(seed), ids=s['ids'],
                      id_list=[o['id'] for o in s['objects']]))


def known(it):
    """The generator draws none of the things after CLASSES but trees, which it doesn't box."""
    trees = any(it['presence'][PRESENCE_INDEX[k]] == 1 for k in ('trees', 'chaparral'))
    return dict(it, complete=[c != CROWN or not trees for c in range(C)])


def held_out(it):
    return int(it['group']) < 100
