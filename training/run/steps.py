"""The recipe: which commands run, in which order, and what each reads. Numbers come from the settings, a table a step."""
import shlex
import sys
from dataclasses import dataclass

from ..data.items import ROOT


@dataclass(frozen=True)
class Step:
    """One command. `writes`: files or folders that it makes, without which it has not finished."""
    name: str
    command: tuple
    writes: tuple = ()

    def shown(self):
        return shlex.join('python' if part == sys.executable else part for part in self.command)


def options(table):
    """{'small-until': 0.6, 'say-evidence': True} -> ['--small-until', '0.6', '--say-evidence']"""
    out = []
    for key, value in table.items():
        out += [f'--{key}'] if value is True else [f'--{key}', *map(str, value if isinstance(value, list) else [value])]
    return out


def steps_of(settings, out, data):
    """The steps in order. `out`: folder for all that is made; `data`: folder of train/ and eval/. A table of the settings that names
    no step is an error, ValueError."""
    steps = []
    at = lambda name: f'{out}/{name}.pt'

    def add(name, module, *fixed, writes=None):
        """A module of this package; by default it writes NAME.pt, which is its --out."""
        command = [sys.executable, '-m', f'training.{module}', *fixed, *options(settings.get(name, {}))]
        steps.append(Step(name, tuple(command if writes is not None else [*command, '--out', at(name)]), writes if writes is not None else (at(name),)))

    add('data', 'data.sets', writes=(f'{out}/cache',))
    add('checks', 'data.checks', writes=())
    # Edition 1.0: its tower with all heads, beside the released model on the same held-out tiles. Nothing is exported of it yet.
    add('released', 'export.restore', '--model', f'{ROOT}/public/models/nadir-s')
    add('tower', 'stages.tower.train')
    add('tower-rows', 'stages.tower.rows', '--teacher', at('released'), '--checkpoint', at('tower'))
    add('tower-judge', 'stages.tower.judge', at('released'), at('tower-rows'), writes=())
    # The released form. Tower and dense evidence; then single heads on the frozen tower; then what held-out tiles say about their scores.
    add('encoder', 'stages.encoder')
    add('boxes', 'stages.boxes', '--checkpoint', at('encoder'))
    add('density', 'stages.density', '--checkpoint', at('boxes'))
    add('quality', 'stages.quality', '--checkpoint', at('density'))
    add('refiner', 'stages.refiner', '--checkpoint', at('quality'))
    add('calibration', 'stages.calibrate', '--checkpoint', at('refiner'))
    add('counts', 'stages.counts', '--checkpoint', at('calibration'))
    add('pairs', 'stages.change', 'pairs', '--checkpoint', at('counts'))
    add('pairs-val', 'stages.change', 'pairs', '--checkpoint', at('counts'), '--part', 'val', '--labelled', '1')
    add('change', 'stages.change', 'train', '--checkpoint', at('counts'), '--train', at('pairs'), '--val', at('pairs-val'))
    add('items', 'stages.change', 'items', '--checkpoint', at('change'), '--train', at('pairs'))
    add('features', 'stages.language', 'features', '--checkpoint', at('counts'))
    add('features-val', 'stages.language', 'features', '--checkpoint', at('counts'), '--part', 'val')
    # The language model in float32, its connector rows alone, then everything that speaks in 4 bit.
    learn = ('stages.language', 'train', '--train', at('features'), at('items'), '--val', at('features-val'), '--say-evidence')
    add('language-f32', *learn, '--checkpoint', at('change'), '--start-presence-rows', '--quantise-from', '2')
    add('rows', *learn, '--checkpoint', at('language-f32'), '--stage', 'connector', '--quantise-from', '2')
    add('language', *learn, '--checkpoint', at('rows'), '--quantise-from', '0')
    # The reader of questions needs no image.
    add('reading-en', 'stages.reading', '--lang', 'en')
    add('reading-zh', 'stages.reading', '--lang', 'zh')
    # What the whole model claims is judged when it can speak.
    add('claims', 'stages.claims', '--checkpoint', at('language'))
    model, evaluation = f'{out}/model', f'{out}/evaluation'
    add('export', 'export', '--checkpoint', at('claims'), '--out', model, '--goldens', f'{out}/goldens', '--version', settings['version'],
        writes=(f'{model}/nadir.json', f'{out}/goldens/index.json'))
    add('reader', 'export.reading', model, '--english', at('reading-en'), '--chinese', at('reading-zh'), '--goldens', f'{out}/goldens/questions.json',
        writes=(f'{model}/reader/reader.json', f'{out}/goldens/questions.json'))
    ask = ('npm', 'run', 'evaluate', '--', '--data', f'{data}/eval', '--model', model, '--out', evaluation, '--backend', 'wasm')
    steps.append(Step('evaluate', (*ask, *options(settings.get('evaluate', {}))), (f'{evaluation}/report.json', f'{evaluation}/scores.json')))
    add('card', 'export.card', model, '--evaluation', evaluation, writes=(f'{model}/README.md',))

    unknown = {key for key, value in settings.items() if isinstance(value, dict)} - {step.name for step in steps}
    if unknown:
        raise ValueError(f'the settings have tables for {", ".join(sorted(unknown))}, which are no steps')
    return steps
