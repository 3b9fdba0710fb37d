"""Checkpoint -> model folder.

    python -m training.export --checkpoint CKPT --out public/models/nadir-s [--goldens e2e/fixtures/goldens]
    python -m training.export --random --out FOLDER        untrained weights, for work on the app
"""
import argparse

import torch

from ..core.config import VERSION
from ..model.checkpoint import load
from ..model.nadir import Nadir
from .folder import export
from .goldens import write_goldens


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = ap.add_mutually_exclusive_group(required=True)
    source.add_argument('--checkpoint')
    source.add_argument('--random', action='store_true')
    ap.add_argument('--out', required=True, help='model folder')
    ap.add_argument('--version', default=VERSION)
    ap.add_argument('--goldens', help='folder for the PyTorch goldens of the app')
    args = ap.parse_args()
    torch.manual_seed(0)
    model = Nadir() if args.random else load(args.checkpoint)
    export(model, args.out, args.version)
    if args.goldens:
        write_goldens(model, args.goldens)


if __name__ == '__main__':
    main()
