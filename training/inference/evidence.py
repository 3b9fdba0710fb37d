"""What a tile shows, computed as the app does: the heads' maps, proposals, and the inputs of the language model's tokens."""
import math

import numpy as np
import torch

from ..core import boxes
from ..core.config import CHANGE_PROPOSALS, PROMPT, PROPOSALS
from ..model.rows import EVIDENCE_ROWS
from .fit_proposals import fit_proposals


def proposal_inputs(proposals, heat, neck, size=256):
    """Numpy inputs of the proposals graph: geometry [K,6], scores [K,C], features [K,F]."""
    k = len(proposals)
    geometry, scores = np.zeros((k, 6), np.float32), np.zeros((k, heat.shape[-1]), np.float32)
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
    """Inputs of a drawn box as one more proposal token: heat and neck averaged over the cells whose centre lies in it, each on its grid."""
    scores = heat[cells_in(box, *heat.shape[:2], size)].mean(0)
    return box_geometry(box, size)[None], scores[None], neck[cells_in(box, *neck.shape[:2], size)].mean(0)[None]


def propose(model, heat, geom):
    """Proposals of the dense head from the model's least heats up; none is fitted to its mask yet."""
    return boxes.propose(heat, geom, PROPOSALS['max'], model.calibration.heats(), PROPOSALS['nmsIou'])


def spoken(model, proposals):
    """The proposals that a prompt holds, in the order of its pointers."""
    mine = [p for p in proposals if model.boxes[p['cls']] in PROMPT['classes']]
    mine = sorted(mine, key=lambda p: (-p['score'], p['cls'], p['cell']))[:PROMPT['max']]
    return sorted(mine, key=lambda p: (p['cls'], -p['score'], p['cell']))


@torch.no_grad()
def see(model, pixels):
    """pixels f32[1,256,256,4] normalised -> dict of everything that the app keeps of a tile (NumPy, except `tokens`, `fine` and `visual`)."""
    features = model.tower(pixels)
    given = model.connector(*features)
    out = dict(tokens=features[0], fine=features[1], visual=given.pop('visual'), **{name: value[0].numpy() for name, value in given.items()})
    out['heads'] = propose(model, out['heat'], out['geom'])
    out['proposals'] = fit_proposals(model, pixels[0].numpy(), out['neck'], out['heads'])
    out['spoken'] = spoken(model, out['proposals'])
    return out


@torch.no_grad()
def see_change(model, before, after):
    """Two results of see() -> dict(rows f32[2 * EVIDENCE_ROWS + 1, H] of the prompt, heat, geom, changed, proposals, inputs of their tokens)."""
    out = model.change(*(torch.from_numpy(s['neck']).permute(2, 0, 1)[None] for s in (before, after)))
    heat, geom = torch.sigmoid(out['heat'])[0].permute(1, 2, 0).numpy(), out['geom'][0].permute(1, 2, 0).numpy()
    p = CHANGE_PROPOSALS
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
