"""What held-out tiles say about scores is found by one stage and carried by every checkpoint after it."""
import math

import numpy as np
import pytest
import torch

from training.core.config import CONFIG, FITTED
from training.core.names import BOXES
from training.export.manifest import manifest
from training.model.calibration import Calibration
from training.model.checkpoint import PARTS, load, load_fitting, part_of, save
from training.model.nadir import Nadir
from training.stages import calibrate, counts, merge

AIRPLANE, TANK, BUILDING, CAR = 0, 1, 4, 5


def nothing():
    return np.array([]), np.array([], bool), 3


def test_f1_decides_the_least_scores():
    rng = np.random.default_rng(2)
    scores, right = np.r_[rng.uniform(0.5, 0.9, 200), rng.uniform(0.05, 0.45, 200)], np.arange(400) < 200
    assert calibrate.least_step(scores, right, 200) == 0.48, 'every right box and no wrong one'
    few, some = np.array([0.9, 0.8, 0.7, 0.6, 0.3]), np.array([1, 1, 0, 1, 1], bool)
    f1 = dict(zip(calibrate.STEPS, calibrate.f1_by_step(few, some, 5)))
    assert f1[0.28] == f1[0.01] == 0.8 > f1[0.6] and calibrate.least_step(few, some, 5) == 0.01
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
    monkeypatch.setattr(calibrate, 'by_class', lambda model, tiles: [judged.get(c, nothing()) for c in range(len(BOXES))])
    model = Nadir()
    calibrate.calibrate(model, {})
    held, before = model.calibration, Calibration()
    assert 0.2 < held.heats()[AIRPLANE] < 0.5
    assert held.heats()[BUILDING] == FITTED['building'] and 0.08 < held.scores()['building'] < 0.3, 'of fitted classes the score decides'
    assert abs(held.slope[AIRPLANE] - 2) < 0.3 and abs(held.offset[AIRPLANE] - 1) < 0.3
    assert held.least_heat[TANK] == before.least_heat[TANK], 'a class without boxes keeps its least heat'
    assert held.slope[TANK] > 1 and abs(held.slope[TANK] - 2) < 0.5, 'and is worth what the others are'
    assert held.offset[TANK] < held.offset[AIRPLANE], 'but it is doubted'


def test_a_class_of_few_boxes_is_held_near_the_others():
    scores, right = np.array([0.5, 0.6]), np.array([0.0, 1.0])
    near, alone = calibrate.log_odds(scores, right, (2.0, 1.0), calibrate.PRIOR), calibrate.log_odds(scores, right)
    assert abs(near[0] - 2) < 0.2 and abs(near[1] - 1) < 0.5 and abs(alone[1]) < 1


def test_expected_calibration_error():
    p = np.array([0.15, 0.15, 0.85, 0.85])
    assert calibrate.ece(p, np.array([0, 0, 1, 1.0])) == pytest.approx(0.15)
    assert calibrate.ece(np.full(4, 0.25), np.array([0, 0, 0, 1.0])) == 0


def test_every_checkpoint_carries_it(tmp_path, monkeypatch):
    model = Nadir()
    heats = [0.56, 0.48, 0.54, 0.4, 0.1, 0.12, *[0.31] * 6]
    model.calibration.set(least_heat=heats, least_score=[0.06], slope=[0.72] * 12, offset=[-0.46] * 12)
    save(model, tmp_path / 'a.pt')
    assert load(tmp_path / 'a.pt').calibration.heats() == heats, 'exactly, not as the nearest f32'
    old = {name: value for name, value in Nadir().state_dict().items() if not name.startswith('calibration.')}
    torch.save(dict(model=old, cfg=CONFIG), tmp_path / 'old.pt')
    assert load_fitting(tmp_path / 'old.pt').calibration.heats() == Calibration().heats()
    monkeypatch.setattr('sys.argv', ['merge', '--checkpoint', str(tmp_path / 'old.pt'), '--take', f'calibration,refiner={tmp_path}/a.pt', '--out', f'{tmp_path}/b.pt'])
    merge.main()
    merged = load(tmp_path / 'b.pt')
    assert merged.calibration.scores() == {'building': 0.06}
    assert torch.equal(merged.refiner.e1.weight, model.refiner.e1.weight) and torch.equal(merged.llm.embed.weight, old['llm.embed.weight'])


def test_every_tensor_belongs_to_a_stage():
    parts = {part_of(name) for name in Nadir().state_dict()}
    assert parts == set(PARTS)
    assert part_of('connector.density_row.weight') == 'language' and part_of('connector.density_scale') == 'density'
    assert part_of('change.row.bias') == 'language' and part_of('change.mix.weight') == 'change'


# Counts (stages.counts): the arithmetic of intervals, and what held-out tiles say of recall and of places.


def test_numbers_of_independent_things():
    assert np.allclose(counts.number(np.array([0.9, 0.4])), [0.06, 0.58, 0.36])
    # Eight certain ones at a recall of 0.8: two more are missed on average, Poisson.
    chances = counts.number(np.ones(8), 0.8)
    assert chances[8] == pytest.approx(math.exp(-2)) and counts.interval(chances) == (8, 13)
    assert counts.interval(counts.number(np.full(10, 0.5))) == (2, 8), 'binomial: P(≤ 1) = 0.011, P(≤ 2) = 0.055, P(≤ 8) = 0.989'


def test_numbers_where_places_differ():
    # 1,000 certain ones at a recall of 0.5: 1,000 exp(±1.645 · 0.8) are missed.
    low, high = counts.interval(counts.number(np.ones(1000), 0.5, 0.8))
    assert abs(low - 1268) <= 2 and abs(high - 4728) <= 2
    # ∫ σ(x)² φ(x) dx
    assert counts.number(np.full(2, 0.5), None, 1.0, places=counts.FINE)[2] == pytest.approx(0.2934, abs=1e-3)


def some(n, right, found):
    return [(np.full(found, right / found), right, n)]


def test_recall_is_of_real_boxes_where_there_are_enough():
    few, many = some(6, 6, 6), some(100, 50, 60)
    assert counts.recall_of(few) == 7 / 8, 'that all of six were found is no promise about the seventh'
    assert counts.recall_of(counts.chosen({'UC Merced': few, 'generated': some(2, 0, 1)})) == 7 / 10
    assert counts.recall_of(counts.chosen({'Nairobi': many, 'generated': some(100, 100, 100)})) == 51 / 102


def test_places_that_agree_need_no_spread():
    alike = {CAR: {f'place {i}': some(50, 40, 40) for i in range(4)}}
    apart = {CAR: {f'place {i}': some(n, 40, 40) for i, n in enumerate((42, 60, 100, 160))}}
    assert counts.fit_spread(counts.left_out(alike)) == 0
    assert 0.5 <= counts.fit_spread(counts.left_out(apart)) <= 1.5
    assert counts.left_out({CAR: {'only': some(5, 5, 5)}}) == []


def test_sets_without_the_class_tell_nothing():
    tiles = {'a': [{CAR: ([0.9, 0.5, 0.05], [True, False, False], 3)}], 'b': [{CAR: ([0.9], [False], 0)}]}
    model = Nadir()
    (p, right, n), = counts.kept_tiles(model, tiles)[CAR].pop('a')
    assert np.allclose(p, [0.9, 0.5]) and (right, n) == (1, 3)
    assert counts.kept_tiles(model, tiles)[CAR].keys() == {'a'} and counts.kept_tiles(model, tiles)[AIRPLANE] == {}


def test_density_errors_are_those_of_nine_tenths(monkeypatch):
    said = np.array([100.0] * 10)
    true = [101, 102, 103, 104, 105, 106, 107, 108, 116.45, 300]
    monkeypatch.setattr(counts.sets, 'load', lambda name, part: [{'has_nir': True, 'row': {'tree_points': range(int(t))}} for t in true])
    monkeypatch.setattr(counts.measure, 'run_dense', lambda model, items: [{'count': [v]} for v in np.r_[said, said]])
    # The 90 % quantile lies near 0.16, and 0.16 / 1.645 = 0.10: one tile that is off by 200 % doesn't widen all.
    assert 0.08 <= counts.density_error(None) <= 0.25


def test_it_is_measured_written_and_read():
    held = Calibration()
    assert torch.isnan(held.recall).all() and torch.isnan(held.place_spread)
    plain = manifest({}, {}, held)
    assert not any('recall' in c for c in plain['detector']['classes'])
    assert 'placeSpread' not in plain['detector'] and 'relativeError' not in plain['density']['classes'][0]
    held.set(recall=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0, *[0.5] * 6], place_spread=0.8, density_error=[0.3])
    told = manifest({}, {}, held)
    assert [c['recall'] for c in told['detector']['classes']] == [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, *[0.5] * 6]
    assert told['detector']['placeSpread'] == 0.8 and told['density']['classes'][0]['relativeError'] == 0.3
    assert len(told['detector']['classes']) == len(BOXES)
