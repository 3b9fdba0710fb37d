"""report.md: what a run did, how long it took, and what came of it."""
import os
import platform
import subprocess
import time

import torch

from ..core.files import read_json
from ..data.items import ROOT
from ..export.card import scores_section


def write_report(out, name, settings, done):
    """Writes OUT/report.md from what the run left there; returns its path. `done`: run_steps' records."""
    parts = [heading(name, settings), step_table(done)]
    ran = {step['name'] for step in done}
    if 'export' in ran:
        parts.append(model_table(f'{out}/model'))
    if 'evaluate' in ran:
        parts.append('## Scores\n\n' + scores_section(read_json(f'{out}/evaluation/report.json')))
    path = f'{out}/report.md'
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(parts))
    return path


def heading(name, settings):
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=ROOT, capture_output=True, text=True).stdout.strip() or 'unknown'
    return (f'# Nadir S {settings["version"]}: a run with the settings "{name}"\n\n{settings["about"]}\n\n'
            f'{time.strftime("%Y-%m-%d %H:%M")} · commit {commit} · {os.cpu_count()} cores ({platform.machine()}) · PyTorch {torch.__version__}\n')


def step_table(done):
    rows = [f'| {step["name"]} | {step["wall_s"]:.0f} | {step["cpu_s"]:.0f} | {escaped(step["said"])} |' for step in done]
    total = f'| **all** | **{sum(s["wall_s"] for s in done):.0f}** | **{sum(s["cpu_s"] for s in done):.0f}** | |'
    return '\n'.join(['## Steps\n', '| step | seconds | CPU seconds | its last line |', '|---|---|---|---|', *rows, total, ''])


def escaped(text):
    return text.replace('|', '\\|')[:120]


def model_table(folder):
    """Size and calibration of the exported model, as the app reads them."""
    nadir = read_json(f'{folder}/nadir.json')
    least = {fit['class']: fit['minScore'] for fit in nadir['refiner']['fits']}
    rows = [f'| {c["name"]} | {heat} | {least.get(c["name"], "")} | {c["calibration"]["slope"]} | {c["calibration"]["offset"]} |'
            for c, heat in zip(nadir['detector']['classes'], nadir['detector']['proposals']['minScores'])]
    size = sum(f['bytes'] for f in nadir['files'].values())
    return '\n'.join([f'## Model\n\n{len(nadir["files"]) + 1} files, {size / 1e6:.1f} MB. Calibration found on held-out tiles:\n',
                      '| class | least heat | least score, fitted | slope | offset |', '|---|---|---|---|---|', *rows, ''])
