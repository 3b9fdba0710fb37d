"""Checkpoint -> model folder.

    python -m training.export --checkpoint CKPT --out public/models/nadir-s --reader OLD_FOLDER [--goldens e2e/fixtures/goldens]
    python -m training.export --random --out FOLDER        untrained weights, for work on the app
"""
import argparse

import torch

from ..core.config import VERSION
from ..model.checkpoint import load
from ..model.nadir import Nadir, narrowed
from .folder import export
from .goldens import write_goldens


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = ap.add_mutually_exclusive_group(required=True)
    source.add_argument('--checkpoint')
    source.add_argument('--random', action='store_true')
    ap.add_argument('--out', required=True, help='model folder')
    ap.add_argument('--version', default=VERSION)
    ap.add_argument('--without', nargs='+', default=[], metavar='CLASS', help='classes that are not good enough to be offered')
    ap.add_argument('--reader', metavar='FOLDER', help='model folder to take the reader of questions from')
    ap.add_argument('--goldens', help='folder for the PyTorch goldens of the app')
    args = ap.parse_args()
    torch.manual_seed(0)
    model = Nadir() if args.random else load(args.checkpoint)
    model = narrowed(model, args.without)
    export(model, args.out, args.version, args.reader)
    if args.goldens:
        write_goldens(model, args.goldens)


if __name__ == '__main__':
    main()
