"""What held-out tiles said about the scores of the heads, and about what the whole model claims by them."""
import math

import torch
import torch.nn as nn

from ..core.config import CONFIG, FITTED
from ..core.names import DENSITY


# Weights of the log odds of the class's largest heat in the region, less those of its least heat, and of the region's best IoU with a
# proposal of the class; what is added where no class is named; and the offset.
REGION = ('heat', 'iou', 'none', 'offset')


class Calibration(nn.Module):
    """Buffers, so that every checkpoint carries them. `stages.calibrate` sets them; the values here are those of a model that
    nobody has calibrated. In double precision, since the app reads them as decimal numbers.

    least_heat     f64[C]       heat from which a cell becomes a proposal, 0..1
    least_score    f64[FITTED]  score from which a box is kept once it is fitted to its mask, 0..1
    slope, offset  f64[C]       log odds of a box being right = slope * log odds of its score + offset
    scene_temperature  f64[]    the scene head's logits are divided by it before they become probabilities; 1 since edition 1.0, whose head is divided for good
    region         f64[REGION]  log odds of a drawn region holding what is named in it: see REGION. `stages.claims` sets these two
    recall         f64[C]       share of true boxes that are found, 0..1; NaN where nobody has measured it. So too of the next two
    place_spread   f64[]        standard deviation, in log odds, by which scores and recall differ from place to place
    density_error  f64[D]       standard deviation of a density's relative error. `stages.counts` sets these three
    cover_iou      f64[]        mean IoU of land cover; NaN where nobody has measured it. `stages.claims` sets it
    """

    def __init__(self, boxes=CONFIG['boxes']):
        """`boxes`: names of the detector's classes."""
        super().__init__()
        numbers = lambda values: torch.tensor(values, dtype=torch.float64)
        self.register_buffer('least_heat', numbers([FITTED.get(name, 0.3) for name in boxes]))
        self.register_buffer('least_score', numbers([0.05] * len(FITTED)))
        self.register_buffer('slope', numbers([1.0] * len(boxes)))
        self.register_buffer('offset', numbers([0.0] * len(boxes)))
        self.register_buffer('scene_temperature', numbers(1.0))
        self.register_buffer('region', numbers([1.0, 1.0, -4.0, 0.0]))
        self.register_buffer('recall', numbers([math.nan] * len(boxes)))
        self.register_buffer('place_spread', numbers(math.nan))
        self.register_buffer('density_error', numbers([math.nan] * len(DENSITY)))
        self.register_buffer('cover_iou', numbers(math.nan))

    def set(self, **values):
        """Takes over lists of numbers by the buffers' names."""
        for name, numbers in values.items():
            getattr(self, name).copy_(torch.tensor(numbers, dtype=torch.float64))

    def heats(self):
        return self.least_heat.tolist()

    def scores(self):
        """{name of a fitted class: least score}"""
        return dict(zip(FITTED, self.least_score.tolist()))
