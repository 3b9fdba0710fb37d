"""Checkpoints: the state dict of a whole Nadir, calibration and sizes included. Each stage reads one, changes its own part and writes one."""
import os

import torch

from ..core.config import CONFIG, TEACHER
from .nadir import Nadir

# Which stage a tensor belongs to, by the first prefix that fits.
PARTS = {
    'calibration': ('calibration.',),
    'scene': ('connector.stat_fc.', 'connector.scene_head.', 'connector.presence_head.'),
    'density': ('connector.dens1.', 'connector.dens_mid.', 'connector.dens2.', 'connector.density_scale'),
    'quality': ('connector.quality_local.', 'connector.quality_fc.', 'connector.quality_head.'),
    'language': ('connector.merge', 'connector.global_row.', 'connector.scene_row.', 'connector.presence_rows', 'connector.density_row.',
                 'connector.quality_row.', 'proposals.', 'change.row.', 'change_proposals.', 'llm.'),
    'change': ('change.',),
    'refiner': ('refiner.',),
    'encoder': ('tower.', 'connector.'),
}


def part_of(name):
    """The part that a tensor of this name belongs to."""
    return next(part for part, prefixes in PARTS.items() if name.startswith(prefixes))


def save(model, path, **more):
    """Writes {'model': state dict on the CPU, 'cfg': its sizes, **more} in one piece: an interrupted write leaves the old file."""
    state = {name: value.cpu() for name, value in model.state_dict().items()}
    torch.save(dict(model=state, cfg=model.cfg, **more), f'{path}.tmp')
    os.replace(f'{path}.tmp', path)


def sizes_of(state):
    """What `cfg` to build the model of a checkpoint with: an encoder's is completed."""
    return {**CONFIG, **state['cfg']} if 'variant' in state['cfg'] else {**TEACHER, **state['cfg']}


def load(path):
    """Nadir in evaluation mode with all tensors of a checkpoint; RuntimeError where one is missing or another shape."""
    state = torch.load(path, map_location='cpu')
    model = Nadir(sizes_of(state))
    model.load_state_dict(state['model'])
    return model.eval()


def load_fitting(path):
    """Nadir in evaluation mode with every tensor of a checkpoint whose name and shape still fit. Prints the parts that start anew."""
    state = torch.load(path, map_location='cpu')
    model, state = Nadir(sizes_of(state)), state['model']
    own = model.state_dict()
    fits = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fits, strict=False)
    anew = sorted({name.rpartition('.')[0] or name for name in own if name not in fits})
    if anew:
        print(f'not in {path}, or of another shape: {", ".join(anew)}', flush=True)
    return model.eval()
