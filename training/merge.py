"""Puts the stages' checkpoints together: python -m training.merge --language L.pt --refiner R.pt --out nadir-s.pt"""
import argparse

import torch


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--language', required=True, help='holds tower, connector, proposals and language model')
    ap.add_argument('--refiner', required=True)
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    state = torch.load(args.language)['model']
    for k, v in torch.load(args.refiner)['refiner'].items():
        state[f'refiner.{k}'] = v
    torch.save(dict(model=state), args.out)


if __name__ == '__main__':
    main()
