"""Nadir S in PyTorch, all parts in one state dict.

Shapes follow public/models/nadir-s: NHWC outside, [in, out] weights in the exported files. The parts use plain operators only, so
that training/export can write the same graphs by hand.
"""
import torch
import torch.nn as nn

from ..core.config import CONFIG
from .calibration import Calibration
from .heads import Change, Proposals, Refiner
from .llm import LLM
from .pyramid.dense import Encoder
from .teacher import Connector, Tower


class Nadir(nn.Module):
    """`cfg`: core.config.CONFIG, or TEACHER for edition 0.5."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = dict(cfg)
        if 'variant' in cfg:
            encoder = Encoder(cfg)
            self.tower, self.connector = encoder.tower, encoder.connector
        else:
            self.tower, self.connector = Tower(cfg), Connector(cfg)
        self.proposals, self.llm, self.refiner = Proposals(cfg), LLM(cfg), Refiner(cfg)
        self.change, self.change_proposals = Change(cfg), Proposals(cfg, 1)
        self.calibration = Calibration(cfg['boxes'])

    @property
    def boxes(self):
        """Names of the detector's classes, in the order of its channels."""
        return self.cfg['boxes']

    @property
    def masks(self):
        """Names of the classes that the refiner outlines, in the order of its label."""
        return self.cfg['masks']


@torch.no_grad()
def narrowed(model, without):
    """The model without some of its detector's classes, by name: their channels are cut out of heat, proposals, refiner and calibration."""
    if not without:
        return model
    unknown = [name for name in without if name not in model.boxes]
    assert not unknown, f'the detector has no {", ".join(unknown)}: it has {", ".join(model.boxes)}'
    kept = [c for c, name in enumerate(model.boxes) if name not in without]
    masks = [m for m, name in enumerate(model.masks) if name not in without]
    out = Nadir(dict(model.cfg, boxes=[model.boxes[c] for c in kept], masks=[model.masks[m] for m in masks]))
    state, n = model.state_dict(), len(model.boxes)
    for name in ('connector.heat.weight', 'connector.heat.bias', 'calibration.least_heat', 'calibration.slope', 'calibration.offset', 'calibration.recall'):
        state[name] = state[name][kept]
    # Proposals read geometry, a score a class, a kind a class, and features.
    columns = [*range(6), *(6 + c for c in kept), *(6 + n + c for c in kept), *range(6 + 2 * n, state['proposals.fc1.weight'].shape[1])]
    state['proposals.fc1.weight'] = state['proposals.fc1.weight'][:, columns]
    state['refiner.label.weight'] = state['refiner.label.weight'][:, masks]
    out.load_state_dict(state)
    return out.eval()
