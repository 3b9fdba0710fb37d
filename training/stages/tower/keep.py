"""Checkpoint of an encoder <-> a small file to keep: f16 safetensors, from which a later run goes on.

    python -m training.stages.tower.keep TOWER.pt TOWER.safetensors
    python -m training.stages.tower.keep TOWER.safetensors TOWER.pt
"""
import argparse
import json

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ...model.checkpoint import save
from ...model.pyramid.dense import Encoder, load_encoder

MOST = 25e6  # bytes


def write(model, path):
    """Every tensor in f16, and the sizes it was built with as metadata."""
    tensors = {name: value.detach().half().contiguous() for name, value in model.state_dict().items()}
    for name, value in tensors.items():
        assert torch.isfinite(value).all(), f'{name} holds values that f16 cannot'
    size = sum(2 * v.numel() for v in tensors.values())
    assert size <= MOST, f'{size / 1e6:.1f} MB'
    save_file(tensors, path, metadata={'format': 'nadir-tower/1', 'cfg': json.dumps(model.cfg)})


def read(path):
    """The encoder of such a file, in evaluation mode."""
    with safe_open(path, 'pt') as f:
        model = Encoder(json.loads(f.metadata()['cfg']))
        model.load_state_dict({name: f.get_tensor(name).float() for name in f.keys()})
    return model.eval()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('source')
    ap.add_argument('out')
    args = ap.parse_args()
    if args.source.endswith('.safetensors'):
        model = read(args.source)
        save(model, args.out)
    else:
        write(load_encoder(args.source), args.out)


if __name__ == '__main__':
    main()
