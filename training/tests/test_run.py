"""The chain: every command of every settings file is one that its module takes, finished steps are skipped, changed ones run again."""
import argparse
import importlib
import os
import runpy
import sys
import tomllib

import pytest

from training.core.files import read_json
from training.run import runner
from training.run.__main__ import SETTINGS
from training.run.report import step_table
from training.run.steps import Step, options, steps_of


def settings_of(name):
    with open(f'{SETTINGS}/{name}', 'rb') as f:
        return tomllib.load(f)


class Parsed(Exception):
    """Raised where a command has understood its arguments, before it does anything."""


@pytest.mark.filterwarnings('ignore:.*found in sys.modules')  # runpy's, since other tests have imported the module
@pytest.mark.parametrize('name', sorted(os.listdir(SETTINGS)))
def test_every_command_takes_its_options(name, monkeypatch):
    parse = argparse.ArgumentParser.parse_args

    def parsed(self, args=None, namespace=None):
        parse(self, args, namespace)  # exits with status 2 where an option is not known
        raise Parsed
    monkeypatch.setattr(argparse.ArgumentParser, 'parse_args', parsed)
    for step in steps_of(settings_of(name), '/out', '/data'):
        if step.command[0] != sys.executable or step.name == 'checks':  # which takes none
            continue
        module, arguments = step.command[2], list(step.command[3:])
        monkeypatch.setattr(sys, 'argv', [module, *arguments])
        with pytest.raises(Parsed):
            runpy.run_module(module if importlib.util.find_spec(module).submodule_search_locations is None else f'{module}.__main__', run_name='__main__')


def test_every_step_reads_what_an_earlier_one_wrote():
    made = set()
    for step in steps_of(settings_of('smoke.toml'), '/out', '/data'):
        for part in step.command:
            if part.startswith('/out/') and part not in step.writes and part not in made:
                assert any(path.startswith(f'{part}/') for path in (*step.writes, *made)), f'{step.name} reads {part}'
        made |= set(step.writes)


def test_all_settings_are_of_the_same_steps():
    smoke, *others = ([step.name for step in steps_of(settings_of(f'{name}.toml'), '/out', '/data')] for name in ('smoke', 'cpu', 'gpu'))
    assert all(names == smoke for names in others)


def test_a_table_that_is_no_step_is_refused():
    with pytest.raises(ValueError, match='tables for encodr'):
        steps_of({'version': '1', 'encodr': {'steps': 3}}, '/out', '/data')
    assert options({'small-until': 0.5, 'say-evidence': True, 'train': ['a', 'b']}) == ['--small-until', '0.5', '--say-evidence', '--train', 'a', 'b']


def writing(name, out, text, *reads):
    code = f'import sys; open("{out}/log", "a").write("{name} "); open("{out}/{name}", "w").write("{text}"); print("{text}")'
    return Step(name, (sys.executable, '-c', code, *reads), (f'{out}/{name}',))


def test_a_finished_step_is_not_run_again_and_a_changed_one_takes_all_after_it_along(tmp_path):
    out = str(tmp_path)
    steps = [writing(name, out, text) for name, text in (('a', '1'), ('b', '2'), ('c', '3'))]
    ran = lambda: open(f'{out}/log').read().split()
    done = runner.run_steps(steps, out)
    assert [d['said'] for d in done] == ['1', '2', '3'] and all(d['wall_s'] >= 0 for d in done)
    assert runner.run_steps(steps, out) == done and ran() == ['a', 'b', 'c']
    steps[1] = writing('b', out, '22')
    runner.run_steps(steps, out)
    assert ran() == ['a', 'b', 'c', 'b', 'c'], 'c may depend on b'
    os.remove(f'{out}/c')
    runner.run_steps(steps, out)
    assert ran()[5:] == ['c'], 'what is gone is made again'
    runner.run_steps(steps, out, first='b')
    assert ran()[6:] == ['b', 'c']
    assert '| **all** |' in step_table(done)


def test_an_interrupted_step_keeps_its_checkpoint_and_a_changed_one_loses_it(tmp_path):
    out = str(tmp_path)
    fails = lambda number: Step('a', (sys.executable, '-c', f'import os, sys; print(os.path.exists("{out}/a")); open("{out}/a", "w"); sys.exit({number})'), (f'{out}/a',))
    said = lambda: open(f'{out}/steps/a.log').read().strip()
    for number, found in ((3, 'False'), (3, 'True'), (4, 'False')):
        with pytest.raises(runner.StepFailed, match=f'status {number}'):
            runner.run_steps([fails(number)], out)
        assert said() == found
    assert 'wall_s' not in read_json(f'{out}/steps/a.json')


def test_a_command_that_is_missing_is_named(tmp_path):
    with pytest.raises(runner.StepFailed, match='no-such-program is not installed'):
        runner.run_steps([Step('evaluate', ('no-such-program',))], str(tmp_path))
