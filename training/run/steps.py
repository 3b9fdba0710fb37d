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

    def add(name, module, *fixed, writes=None, also=()):
        """A module of this package; by default it writes NAME.pt, which is its --out, and what it writes `also`."""
        command = [sys.executable, '-m', f'training.{module}', *fixed, *options(settings.get(name, {}))]
        steps.append(Step(name, tuple(command if writes is not None else [*command, '--out', at(name)]), writes if writes is not None else (at(name), *also)))

    add('data', 'data.sets', writes=(f'{out}/cache',))
    add('checks', 'data.checks', writes=())
    # The language model, and where refiner and change head start, come from the model that was released last.
    released = f'{ROOT}/public/models/nadir-s'
    add('released', 'export.restore', '--model', released)
    add('tower', 'stages.tower.train')
    # What it takes for a thing on training tiles, and then whole tiles with more of those.
    hard = f'{out}/hard.json'
    add('hard', 'stages.tower.hard', '--checkpoint', at('tower'), '--out', hard, writes=(hard,))
    add('large', 'stages.tower.train', '--checkpoint', at('tower'), '--hard', hard)
    # Heads on the frozen tower, whose statistics are read by the rows.
    add('probe', 'stages.probe', '--checkpoint', at('large'))
    add('density', 'stages.density', '--checkpoint', at('probe'))
    add('quality', 'stages.quality', '--checkpoint', at('density'))
    add('whole', 'stages.tower.whole', '--teacher', at('released'), '--checkpoint', at('quality'))
    add('refiner', 'stages.refiner', '--checkpoint', at('whole'))
    add('pairs', 'stages.change', 'pairs', '--checkpoint', at('whole'), '--teacher', at('released'))
    add('pairs-val', 'stages.change', 'pairs', '--checkpoint', at('whole'), '--teacher', at('released'), '--part', 'val', '--labelled', '1')
    add('change', 'stages.change', 'train', '--checkpoint', at('refiner'), '--teacher', at('released'), '--train', at('pairs'), '--val', at('pairs-val'))
    # What held-out tiles say of scores, of numbers, and of what the whole model claims.
    add('calibration', 'stages.calibrate', '--checkpoint', at('change'), '--judged', at('judged'), also=(at('judged'),))
    add('counts', 'stages.counts', '--checkpoint', at('calibration'), '--judged', at('judged'))
    add('claims', 'stages.claims', '--checkpoint', at('counts'))
    add('judge', 'stages.tower.judge', at('released'), at('claims'), writes=())
    # The reader of questions needs no image.
    add('reading-en', 'stages.reading', '--lang', 'en')
    add('reading-zh', 'stages.reading', '--lang', 'zh')
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
