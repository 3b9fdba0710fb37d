"""From labelled imagery to a measured model folder, in one command:

    python -m training.run --settings smoke        every step with tiny numbers: shows that the chain runs, teaches nothing
    python -m training.run --settings cpu          the whole recipe; hours on two CPU cores (gpu: with one GPU, not yet run)

Checks the data, runs the stages, calibrates, exports, asks the exported model through the app (npm run evaluate) and writes the model card
and a report. A step that has finished is not run again; a run that was stopped goes on where it was.
"""
import argparse
import os
import sys
import tomllib

from ..data.items import DATA, ROOT
from .report import write_report
from .runner import StepFailed, run_steps
from .steps import steps_of

SETTINGS = os.path.join(os.path.dirname(__file__), 'settings')


def parse():
    ap = argparse.ArgumentParser(prog='python -m training.run', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = sorted(name[:-5] for name in os.listdir(SETTINGS))
    ap.add_argument('--settings', required=True, help=f'{", ".join(known)}, or a TOML file of the same form')
    ap.add_argument('--out', help='folder for all that is made (default: training/checkpoints/SETTINGS)')
    ap.add_argument('--from', dest='first', metavar='STEP', help='run this step and those after it again, though they have finished')
    ap.add_argument('--until', dest='last', metavar='STEP', help='stop after this step')
    ap.add_argument('--list', action='store_true', help='print the commands and run none')
    return ap.parse_args()


def main():
    args = parse()
    path = args.settings if args.settings.endswith('.toml') else f'{SETTINGS}/{args.settings}.toml'
    name = os.path.basename(path)[:-5]
    with open(path, 'rb') as f:
        settings = tomllib.load(f)
    out = os.path.abspath(args.out or f'{ROOT}/training/checkpoints/{name}')
    steps = steps_of(settings, out, DATA)
    names = [step.name for step in steps]
    for chosen in (args.first, args.last):
        if chosen is not None and chosen not in names:
            sys.exit(f'There is no step "{chosen}". The steps are {", ".join(names)}.')
    if args.list:
        print('\n'.join(f'{step.name}: {step.shown()}' for step in steps))
        return
    if not os.path.isdir(f'{DATA}/train'):
        sys.exit(f'There is no imagery at {DATA}/train. Set NADIR_DATA to the folder that holds train/ and eval/.')
    try:
        done = run_steps(steps[:names.index(args.last) + 1 if args.last else None], out, args.first)
    except StepFailed as failure:
        sys.exit(str(failure))
    print(f'report: {write_report(out, name, settings, done)}')


if __name__ == '__main__':
    main()
