"""Proposals drawn around their masks, as src/vlm/nadir/masks/fit-proposals.ts does it."""
import numpy as np
import torch

from ..core import boxes
from ..core.config import FIT_PASSES, FITTED, REPEATS
from .fit_box import fit_box, mask_certainty, refiner_inputs


@torch.no_grad()
def fit_once(model, pixels, neck, proposals, least, batch=16):
    """Proposals drawn around their masks. A score is multiplied by how sure the mask is and by how much box and fitted box
    agree. A proposal is dropped if it falls under `least[class]` or repeats a better one of its class."""
    fitted, kept = [], []
    for i in range(0, len(proposals), batch):
        part = proposals[i:i + batch]
        crops, features = (torch.from_numpy(np.stack(column)) for column in zip(*[refiner_inputs(pixels, neck, p['box']) for p in part]))
        for p, logits in zip(part, model.refiner(crops, features, torch.eye(len(model.masks))[[model.masks.index(model.boxes[p['cls']]) for p in part]])[:, 0].numpy()):
            box = fit_box(p['box'], logits)
            fitted.append({**p, 'box': box, 'score': p['score'] * mask_certainty(logits) * boxes.iou(p['box'], box)})
    for p in sorted(fitted, key=lambda p: (-p['score'], p['cell'])):
        if p['score'] >= least[model.boxes[p['cls']]] and all(p['cls'] != q['cls'] or boxes.iou(p['box'], q['box']) < REPEATS for q in kept):
            kept.append(p)
    return kept


def fit_proposals(model, pixels, neck, proposals, least=None):
    """Proposals of one tile with those of the FITTED classes drawn around their masks, FIT_PASSES times. Sorted by class, then score
    descending, as `propose` sorts. `least` {class: score}: instead of the model's own least scores."""
    least = model.calibration.scores() if least is None else least
    is_fitted = lambda p: model.boxes[p['cls']] in FITTED
    chosen = [p for p in proposals if is_fitted(p)]
    for _ in range(FIT_PASSES):
        chosen = fit_once(model, pixels, neck, chosen, least)
    return sorted([p for p in proposals if not is_fitted(p)] + chosen, key=lambda p: (p['cls'], -p['score'], p['cell']))
