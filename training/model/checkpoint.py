"""Checkpoints: the state dict of a whole Nadir, calibration included. Each stage reads one, changes its own part and writes one."""
import os

import torch

from .nadir import Nadir

# Which stage a tensor belongs to, by the first prefix that fits.
PARTS = {
    'calibration': ('calibration.',),
    'boxes': ('connector.wide1.', 'connector.wide2.', 'connector.heat.', 'connector.geom.'),
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
    """Writes {'model': state dict on the CPU, **more} in one piece: an interrupted write leaves the old file."""
    state = {name: value.cpu() for name, value in model.state_dict().items()}
    torch.save(dict(model=state, **more), f'{path}.tmp')
    os.replace(f'{path}.tmp', path)


def load(path):
    """Nadir in evaluation mode with all tensors of a checkpoint; RuntimeError where one is missing or another shape."""
    model = Nadir()
    model.load_state_dict(torch.load(path, map_location='cpu')['model'])
    return model.eval()


def load_fitting(path):
    """Nadir in evaluation mode with every tensor of a checkpoint whose name and shape still fit. Prints the parts that start anew."""
    model = Nadir()
    own, state = model.state_dict(), torch.load(path, map_location='cpu')['model']
    fits = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(fits, strict=False)
    anew = sorted({name.rpartition('.')[0] or name for name in own if name not in fits})
    if anew:
        print(f'not in {path}, or of another shape: {", ".join(anew)}', flush=True)
    return model.eval()
