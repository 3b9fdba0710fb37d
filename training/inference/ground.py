"""Land cover on held-out tiles of train/."""
import cv2
import numpy as np

from ..core.names import COVER, COVER_UNKNOWN
from ..data import sets
from ..data.readers import cover
from . import measure


def held_out(name, limit):
    """[(item, allowed cover u8[256,256] or None)]: `limit` items at most, spread over the set."""
    out = []
    for it in measure.some(sets.load(name, 'val'), limit):
        it, allowed = measure.square(it), cover.allowed(name, measure.square(it))
        out.append((it, None if allowed is None else cv2.resize(allowed, (256, 256), interpolation=cv2.INTER_NEAREST)))
    return out


def cover_rows(pairs):
    """Of [(predicted u8[64,64], allowed u8[256,256])]: IoU of each class over pixels whose class is known, their mean, and the share of
    pixels on which something is known that are given a class which they may be."""
    table, may, n = np.zeros((len(COVER), len(COVER)), np.int64), 0, 0
    for predicted, allowed in pairs:
        said = predicted.repeat(4, 0).repeat(4, 1)
        truth, known = cover.one_class(allowed), allowed != cover.ANY
        at = truth != COVER_UNKNOWN
        np.add.at(table, (truth[at], said[at]), 1)
        may, n = may + int(((allowed >> said) & 1)[known].sum()), n + int(known.sum())
    iou = np.diag(table) / np.maximum(1, table.sum(0) + table.sum(1) - np.diag(table))
    there = table.sum(1) > 0
    out = {f'land cover, {COVER[k][1]}: IoU': (iou[k],) for k in np.nonzero(there)[0]}
    return out | {'land cover: mean IoU': (iou[there].mean(),), 'land cover: share of pixels with a class that they may be': (may / max(1, n),)}


def mean_iou(model, limit=None):
    """Prints `cover_rows` of all sets that know land cover and may be learned from, `limit` tiles a set; returns the mean IoU."""
    pairs = []
    for name in cover.RULES:
        if name != 'hls':
            held = [(it, allowed) for it, allowed in held_out(name, limit) if allowed is not None]
            pairs += [(r['cover'], allowed) for r, (_, allowed) in zip(measure.run_dense(model, [it for it, _ in held]), held)]
    rows = cover_rows(pairs)
    print('\n'.join(f'{row} {figures[0]:.3f}' for row, figures in rows.items()), flush=True)
    return rows['land cover: mean IoU'][0]
