"""Proposals drawn around their masks, as src/vlm/nadir/masks/fit-proposals.ts does it."""
import numpy as np
import torch

from ..core import boxes
from ..core.config import FIT_PASSES, FITTED, REPEATS
from .fit_box import fit_box, mask_certainty, refiner_inputs


SURER = 0.1  # a mask's certainty grows by less from one pass to the next


@torch.no_grad()
def fit_once(model, pixels, neck, proposals, least, passes_left=0, batch=16):
    """Proposals drawn around their masks. A score is multiplied by how sure the mask is and by how much box and fitted box
    agree. A proposal is dropped if the passes left can't leave it above `least[class]`, or if it repeats a better one of its class."""
    fitted, kept = [], []
    for i in range(0, len(proposals), batch):
        part = proposals[i:i + batch]
        crops, features = (torch.from_numpy(np.stack(column)) for column in zip(*[refiner_inputs(pixels, neck, p['box']) for p in part]))
        for p, logits in zip(part, model.refiner(crops, features, torch.eye(len(model.masks))[[model.masks.index(model.boxes[p['cls']]) for p in part]])[:, 0].numpy()):
            box, sure = fit_box(p['box'], logits), mask_certainty(logits)
            score = p['score'] * sure * boxes.iou(p['box'], box)
            if score * min(1, sure + SURER) ** passes_left >= least[model.boxes[p['cls']]]:
                fitted.append({**p, 'box': box, 'score': score})
    for p in sorted(fitted, key=lambda p: (-p['score'], p['cell'])):
        if all(p['cls'] != q['cls'] or boxes.iou(p['box'], q['box']) < REPEATS for q in kept):
            kept.append(p)
    return kept


def fit_proposals(model, pixels, neck, proposals, least=None):
    """Proposals of one tile with those of the FITTED classes drawn around their masks, FIT_PASSES times. Sorted by class, then score
    descending, as `propose` sorts. `least` {class: score}: instead of the model's own least scores."""
    least = model.calibration.scores() if least is None else least
    is_fitted = lambda p: model.boxes[p['cls']] in FITTED
    chosen = [p for p in proposals if is_fitted(p)]
    for left in reversed(range(FIT_PASSES)):
        chosen = fit_once(model, pixels, neck, chosen, least, left)
    return sorted([p for p in proposals if not is_fitted(p)] + chosen, key=lambda p: (p['cls'], -p['score'], p['cell']))
