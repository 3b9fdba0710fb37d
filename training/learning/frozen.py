"""Command line and starting point of a stage that trains one head on features of the frozen tower."""
import argparse

import torch

from ..model.checkpoint import load_fitting


def head_arguments(about, tiles, steps, lr, seed):
    """Parser with the options of every head stage; the numbers are the stage's defaults."""
    ap = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True, help='to go on from')
    ap.add_argument('--out', required=True, help='the same checkpoint with this head trained')
    ap.add_argument('--tiles', type=int, default=tiles)
    ap.add_argument('--steps', type=int, default=steps)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=lr)
    ap.add_argument('--seed', type=int, default=seed)
    return ap


def start_model(args):
    """Seeds torch, then returns the model in evaluation mode with all tensors of `--checkpoint` that fit."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    return load_fitting(args.checkpoint)
