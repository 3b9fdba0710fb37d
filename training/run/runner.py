"""Runs steps one after the other and remembers which have finished."""
import hashlib
import json
import os
import resource
import shutil
import subprocess
import time

from ..core.files import read_json, write_json
from ..data.items import ROOT


class StepFailed(Exception):
    """The message says which step, and how to go on."""


def fingerprints(steps, out):
    """{step: digest of its command and of all before it}, so that a changed number runs again all that may depend on it. What lies in
    `out` counts by its name there: a run may be moved."""
    digest, marks = hashlib.sha256(), {}
    for step in steps:
        digest.update(json.dumps([step.name, *(part.replace(out, 'OUT') for part in step.command[1:])]).encode())
        marks[step.name] = digest.hexdigest()
    return marks


def run_steps(steps, out, first=None):
    """Runs what has not finished, and from step `first` on all. Returns [{name, wall_s, cpu_s, said}], in order. Errors: StepFailed."""
    os.makedirs(f'{out}/steps', exist_ok=True)
    marks, done, again = fingerprints(steps, out), [], False
    for step in steps:
        again = again or step.name == first
        path = f'{out}/steps/{step.name}.json'
        record = read_json(path) if os.path.exists(path) else {}
        same = record.get('mark') == marks[step.name]
        if same and not again and 'wall_s' in record and all(os.path.exists(written) for written in step.writes):
            print(f'{step.name}: done before', flush=True)
        else:
            if not same or again:
                forget(step)  # else a stage would go on from the checkpoint of another command
            write_json(path, {'mark': marks[step.name]})
            record = {'mark': marks[step.name], **run(step, out)}
            write_json(path, record)
        done.append({'name': step.name, **record})
    return done


def forget(step):
    for path in step.writes:
        for each in (path, f'{path}.state'):
            if os.path.isdir(each):
                shutil.rmtree(each)
            elif os.path.exists(each):
                os.remove(each)


def run(step, out):
    """Runs one command from the repository's root, its output on the terminal and in steps/NAME.log. {wall_s, cpu_s, said: last line}"""
    print(f'{step.name}: {step.shown()}', flush=True)
    # One thread a process: stages that can use more cores take them as processes (learning/parallel.py). The two settings of malloc
    # keep large blocks for the next batch, instead of giving them back to the system after each.
    env = {**os.environ, 'NADIR_CACHE': f'{out}/cache', 'OMP_NUM_THREADS': '1', 'PYTHONUNBUFFERED': '1',
           'MALLOC_MMAP_THRESHOLD_': '2000000000', 'MALLOC_TRIM_THRESHOLD_': '4000000000'}
    began, before, said = time.time(), cpu_seconds(), ''
    with open(f'{out}/steps/{step.name}.log', 'w', encoding='utf-8') as log:
        try:
            process = subprocess.Popen(step.command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except FileNotFoundError as missing:
            raise StepFailed(f'{step.name}: {step.command[0]} is not installed. Install it, or leave later steps out with --until.') from missing
        for line in process.stdout:
            print(f'  {line}', end='', flush=True)
            log.write(line)
            said = line.strip() or said
    if process.wait() != 0:
        raise StepFailed(f'{step.name} ended with status {process.returncode}; its output is in {out}/steps/{step.name}.log. '
                         'The same command goes on from here.')
    missing = [path for path in step.writes if not os.path.exists(path)]
    if missing:
        raise StepFailed(f'{step.name} ended well but wrote no {", ".join(missing)}.')
    return {'wall_s': round(time.time() - began, 1), 'cpu_s': round(cpu_seconds() - before, 1), 'said': said}


def cpu_seconds():
    """Of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
