"""Puts the stages' checkpoints together: python -m training.merge --language L.pt --refiner R.pt --out nadir-s.pt"""
import argparse

import torch

from .train_quality import HEAD


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--language', required=True, help='holds tower, connector, proposals and language model')
    ap.add_argument('--heads', help='quality head trained after the language model, which only says what it decides')
    ap.add_argument('--refiner', required=True)
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    state = torch.load(args.language)['model']
    if args.heads:
        state.update({k: v for k, v in torch.load(args.heads)['model'].items() if k.startswith(HEAD)})
    for k, v in torch.load(args.refiner)['refiner'].items():
        state[f'refiner.{k}'] = v
    torch.save(dict(model=state), args.out)


if __name__ == '__main__':
    main()
