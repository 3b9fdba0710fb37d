"""Sizes and sums in nadir.json, after a file of the folder was edited.

    python -m training.export.refresh public/models/nadir-s
"""
import argparse

from ..core.files import list_files, read_json, write_json


def refresh(folder, **changes):
    """Sets top-level fields of nadir.json and the size and sum of every file; returns it."""
    nadir = {**read_json(f'{folder}/nadir.json'), **changes}
    nadir['files'] = list_files(folder)
    write_json(f'{folder}/nadir.json', nadir)
    return nadir


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('folder')
    refresh(ap.parse_args().folder.rstrip('/'))


if __name__ == '__main__':
    main()
