"""The model card: README.md of a model folder, and the scores in its manifest.

    python -m training.export.card FOLDER --evaluation DIR

takes the figures of a folder that `npm run evaluate -- --model FOLDER --out DIR` has measured. model-card.md beside this file is the
text. Its section "Scores" describes the released model; for any other it is written anew from the evaluation.
"""
import argparse
import os
import re

from ..core.files import read_json
from .refresh import refresh

TEMPLATE = os.path.join(os.path.dirname(__file__), 'model-card.md')
SECTION = re.compile(r'## Scores\n.*?(?=\n## )', re.S)


def card(version, scores=None):
    """The card's text; `scores` replaces what its section of that name says."""
    with open(TEMPLATE, encoding='utf-8') as f:
        text = f.read().replace('{version}', version)
    return text if scores is None else SECTION.sub(lambda _: f'## Scores\n{scores}', text)


def write_card(folder, version, scores=None):
    with open(f'{folder}/README.md', 'w', encoding='utf-8') as f:
        f.write(card(version, scores))


def figure(value, unit):
    return f'{100 * value:.1f} %' if unit == 'share' else f'{value:.0f} ms' if unit == 'ms' else f'{value:.2f}'


def scores_section(report):
    """Markdown of an evaluation's rows that have a target. `report`: report.json of cli/evaluate."""
    asked, limit = report['questions'], report['limit']
    lines = [f'Measured through the app (`npm run evaluate`, {report["backend"]}, greedy, 4-bit weights, the app\'s own stretch and slicing) on '
             f'held-out images: {asked["answered"]} of {asked["planned"]} questions answered. Intervals are 95 %.']
    if limit is not None:
        lines.append(f'**A sample only, at most {limit} images a set: not a result.**')
    lines += ['', '| score | value | wanted | |', '|---|---|---|---|']
    for row in report['rows']:
        if row['target'] is None or row['value'] is None:
            continue
        unit, interval = row['unit'], row['interval']
        value = figure(row['value'], unit) + (f' ({figure(interval[0], unit)} – {figure(interval[1], unit)})' if interval else '')
        wanted = ('≥ ' if row['target']['better'] == 'more' else '≤ ') + figure(row['target']['must'], unit)
        notes = '; '.join(note for note in (row['detail'], row['restricted']) if note)
        lines.append(f'| {row["section"]}: {row["measure"]} ({row["n"]} {row["of"]}) | {value} | {wanted} | {notes} |')
    return '\n'.join(lines) + '\n'


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('folder')
    ap.add_argument('--evaluation', required=True, help='where the evaluation wrote report.json and scores.json')
    args = ap.parse_args()
    folder = args.folder.rstrip('/')
    report = read_json(f'{args.evaluation}/report.json')
    write_card(folder, read_json(f'{folder}/nadir.json')['version'], scores_section(report))
    scores = refresh(folder, scores=read_json(f'{args.evaluation}/scores.json'))['scores']
    print(f'{folder}/README.md: {len(scores)} scores')


if __name__ == '__main__':
    main()
