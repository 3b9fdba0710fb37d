"""What the stages have in common that train one head on features of the frozen tower: command line and starting point."""
import argparse

import torch

from .model import Nadir
from .train_encoder import load_fitting


def head_arguments(about, tiles, steps, lr, seed):
    """Parser of what every head stage is told; the numbers are the stage's own defaults."""
    ap = argparse.ArgumentParser(description=about)
    ap.add_argument('--encoder', required=True)
    ap.add_argument('--tiles', type=int, default=tiles)
    ap.add_argument('--steps', type=int, default=steps)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--lr', type=float, default=lr)
    ap.add_argument('--seed', type=int, default=seed)
    ap.add_argument('--out', required=True)
    return ap


def start_model(args):
    """Seeds torch, then returns the model in evaluation mode with all tensors of `--encoder` that fit."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = Nadir()
    load_fitting(model, torch.load(args.encoder)['model'])
    return model.eval()
