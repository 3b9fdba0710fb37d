"""Renews sizes and sums in nadir.json after a file of the folder was edited (the model card), and the scores if given.

    python -m training.refresh_manifest public/models/nadir-s [--scores scores.json]
"""
import argparse
import json
import os

from .export import sha256, write_json


def refresh(folder, scores=None):
    with open(f'{folder}/nadir.json', encoding='utf-8') as f:
        nadir = json.load(f)
    files = {}
    for root, _, names in os.walk(folder):
        for n in names:
            path = os.path.join(root, n)
            key = os.path.relpath(path, folder)
            if key != 'nadir.json':
                files[key] = {'bytes': os.path.getsize(path), 'sha256': sha256(path)}
    nadir['files'] = dict(sorted(files.items()))
    if scores is not None:
        nadir['scores'] = scores
    write_json(f'{folder}/nadir.json', nadir)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('folder')
    ap.add_argument('--scores', help='JSON list of {task, metric, value, data, …}')
    args = ap.parse_args()
    refresh(args.folder, json.load(open(args.scores)) if args.scores else None)


if __name__ == '__main__':
    main()
