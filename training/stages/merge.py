"""One checkpoint with parts of others, or with an adapter merged in: what was trained apart is put together.

    python -m training.stages.merge --checkpoint BASE.pt --take quality=HEADS.pt refiner,calibration=REFINER.pt --out MERGED.pt
    python -m training.stages.merge --checkpoint BASE.pt --adapter FOLDER --out MERGED.pt

Parts are those of model/checkpoint.py.
"""
import argparse

import torch

from ..model import lora
from ..model.checkpoint import PARTS, load_fitting, part_of, save


def taken(text):
    """'boxes,density=FILE' -> (['boxes', 'density'], 'FILE')"""
    parts, equals, path = text.partition('=')
    unknown = [part for part in parts.split(',') if part not in PARTS]
    if not equals or unknown:
        raise argparse.ArgumentTypeError(f'"{text}" is not PART,PART=FILE; the parts are {", ".join(PARTS)}')
    return parts.split(','), path


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkpoint', required=True, help='all that is not taken from others')
    ap.add_argument('--take', nargs='+', type=taken, default=[], metavar='PARTS=FILE')
    ap.add_argument('--adapter', help='LoRA in PEFT layout, added to the language model')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    model = load_fitting(args.checkpoint)
    for parts, path in args.take:
        state = torch.load(path, map_location='cpu')['model']
        model.load_state_dict({name: value for name, value in state.items() if part_of(name) in parts}, strict=False)
    if args.adapter:
        adapter, _ = lora.load(model.llm, args.adapter)
        adapter.merge()
        adapter.detach()
    save(model, args.out)


if __name__ == '__main__':
    main()
