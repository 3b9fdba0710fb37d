"""Nadir S in PyTorch, all parts in one state dict.

Shapes follow public/models/nadir-s: NHWC outside, [in, out] weights in the exported files. The parts use plain operators only, so
that training/export can write the same graphs by hand.
"""
import torch.nn as nn

from ..core.config import CONFIG
from .calibration import Calibration
from .connector import Connector
from .heads import Change, Proposals, Refiner
from .llm import LLM
from .tower import Tower


class Nadir(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.tower, self.connector, self.proposals = Tower(cfg), Connector(cfg), Proposals(cfg)
        self.llm, self.refiner = LLM(cfg), Refiner(cfg)
        self.change, self.change_proposals = Change(cfg), Proposals(cfg, 1)
        self.calibration = Calibration()
