"""What held-out tiles say about scores is found by one stage and carried by every checkpoint after it."""
import numpy as np
import torch

from training.core.config import FITTED
from training.core.names import CLASSES
from training.model.calibration import Calibration
from training.model.checkpoint import PARTS, load, load_fitting, part_of, save
from training.model.nadir import Nadir
from training.stages import calibrate, merge

AIRPLANE, TANK, BUILDING = 0, 1, 4


def nothing():
    return np.array([]), np.array([], bool), 3


def test_f1_decides_the_least_scores():
    rng = np.random.default_rng(2)
    scores, right = np.r_[rng.uniform(0.5, 0.9, 200), rng.uniform(0.05, 0.45, 200)], np.arange(400) < 200
    assert calibrate.least_step(scores, right, 200) == 0.48, 'every right box and no wrong one'
    few, some = np.array([0.9, 0.8, 0.7, 0.6, 0.3]), np.array([1, 1, 0, 1, 1], bool)
    f1 = dict(zip(calibrate.STEPS, calibrate.f1_by_step(few, some, 5)))
    assert f1[0.28] == f1[0.04] == 0.8 > f1[0.6] and calibrate.least_step(few, some, 5) == 0.04
    assert calibrate.least_step(*nothing()) is None
    assert calibrate.least_step(np.array([0.5]), np.array([False]), 2) is None


def test_a_calibration_never_turns_the_order_round():
    """Seventeen airplanes, of which the highest score is the wrong one."""
    scores = np.r_[np.linspace(0.72, 0.9, 16), 0.95]
    right = np.arange(17) < 16
    slope, offset = calibrate.log_odds(scores, right)
    said = 1 / (1 + np.exp(-(slope * np.log(scores / (1 - scores)) + offset)))
    assert slope == 1 and abs(said.mean() - right.mean()) < 0.05


def test_calibration_is_found_class_by_class(monkeypatch):
    rng = np.random.default_rng(1)
    heat = rng.uniform(0.05, 0.95, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(2 * np.log(heat / (1 - heat)) + 1)))
    judged = {AIRPLANE: (heat, right, int(right.sum())), BUILDING: (heat / 2, right, int(right.sum()))}
    monkeypatch.setattr(calibrate, 'judged_by_class', lambda model, limit: [judged.get(c, nothing()) for c in range(len(CLASSES))])
    model = Nadir()
    calibrate.calibrate(model)
    held, before = model.calibration, Calibration()
    assert 0.2 < held.heats()[AIRPLANE] < 0.5
    assert held.heats()[BUILDING] == FITTED['building'] and 0.08 < held.scores()['building'] < 0.3, 'of fitted classes the score decides'
    assert abs(held.slope[AIRPLANE] - 2) < 0.3 and abs(held.offset[AIRPLANE] - 1) < 0.3
    for name in ('least_heat', 'slope', 'offset'):
        assert getattr(held, name)[TANK] == getattr(before, name)[TANK], 'a class without boxes keeps what it had'


def test_every_checkpoint_carries_it(tmp_path, monkeypatch):
    model = Nadir()
    model.calibration.set(least_heat=[0.56, 0.48, 0.54, 0.4, 0.1, 0.12], least_score=[0.06, 0.09], slope=[0.72] * 6, offset=[-0.46] * 6)
    save(model, tmp_path / 'a.pt')
    assert load(tmp_path / 'a.pt').calibration.heats() == [0.56, 0.48, 0.54, 0.4, 0.1, 0.12], 'exactly, not as the nearest f32'
    old = {name: value for name, value in Nadir().state_dict().items() if not name.startswith('calibration.')}
    torch.save(dict(model=old), tmp_path / 'old.pt')
    assert load_fitting(tmp_path / 'old.pt').calibration.heats() == Calibration().heats()
    monkeypatch.setattr('sys.argv', ['merge', '--checkpoint', str(tmp_path / 'old.pt'), '--take', f'calibration,refiner={tmp_path}/a.pt', '--out', f'{tmp_path}/b.pt'])
    merge.main()
    merged = load(tmp_path / 'b.pt')
    assert merged.calibration.scores() == {'building': 0.06, 'car': 0.09}
    assert torch.equal(merged.refiner.e1.weight, model.refiner.e1.weight) and torch.equal(merged.llm.embed.weight, old['llm.embed.weight'])


def test_every_tensor_belongs_to_a_stage():
    parts = {part_of(name) for name in Nadir().state_dict()}
    assert parts == set(PARTS)
    assert part_of('connector.density_row.weight') == 'language' and part_of('connector.density_scale') == 'density'
    assert part_of('change.row.bias') == 'language' and part_of('change.mix.weight') == 'change'
