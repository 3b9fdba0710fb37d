"""A whole model of a new tower and a teacher: what is taken over means the same, and what is fitted comes nearer."""
import numpy as np
import pytest
import torch

from training.core.config import CONFIG, TEACHER
from training.core.names import PRESENCE
from training.learning.parallel import mapped
from training.model.heads import Proposals
from training.model.nadir import Nadir
from training.model.pyramid.dense import Encoder
from training.model.rows import by_scale
from training.stages import change, probe
from training.stages.tower import seen, tokens, whole

SMALL = dict(width=32, heads=2, mlp=32, neck=16, hidden=32, layers=1, q_heads=2, kv_heads=1, head_dim=16, ffn=32, vocab=40)
OLD = dict(TEACHER, **SMALL, conv1=8, conv2=8, depth=1)
NEW = dict(CONFIG, **SMALL, variant='lite0', depth=1, trunk=16)


@pytest.fixture(scope='module')
def models():
    torch.manual_seed(0)
    teacher, encoder = Nadir(OLD).eval(), Encoder(NEW).eval()
    return teacher, encoder, whole.assemble(teacher, encoder)


def test_what_is_taken_over(models):
    teacher, encoder, model = models
    state, old, new = model.state_dict(), teacher.state_dict(), encoder.state_dict()
    assert all(torch.equal(state[name], value) for name, value in old.items() if name.startswith(('llm.', 'refiner.', 'change.', 'change_proposals.', 'connector.scene_row')))
    assert all(torch.equal(state[name], value) for name, value in new.items() if name.startswith(('tower.', 'connector.heat', 'connector.stat')))
    assert len(model.boxes) == 12 and model.masks == teacher.masks


@torch.no_grad()
def test_layers_read_the_new_neck_as_they_read_the_old_one():
    torch.manual_seed(1)
    new = torch.randn(4000, 16)
    mix, shift = torch.randn(16, 16), torch.randn(16)
    old = new @ mix.T + shift
    weight, bias = whole.neck_map((new, old), (new[:50], old[:50]), ridge=0)
    layer = torch.nn.Linear(5 + 16, 7)
    before = layer(torch.cat([torch.ones(3, 5), old[:3]], 1))
    difference = layer(torch.cat([torch.ones(1, 5), old[:1] - old[1:2]], 1))
    twin = torch.nn.Linear(5 + 16, 7)
    twin.load_state_dict(layer.state_dict())
    whole.fold(layer, weight, bias)
    assert torch.allclose(layer(torch.cat([torch.ones(3, 5), new[:3]], 1)), before, atol=1e-3)
    whole.fold(twin, weight)
    assert torch.allclose(twin(torch.cat([torch.ones(1, 5), new[:1] - new[1:2]], 1)), difference, atol=1e-3)


@torch.no_grad()
def test_tokens_start_as_the_teacher_s():
    torch.manual_seed(2)
    teacher, net = Proposals(OLD), Proposals(NEW)
    theirs = [0, 1, 2, 3, 4, 5]
    tokens.start_tokens(net, teacher, theirs, 12)
    geometry, features, score = torch.rand(3, 6), torch.randn(3, 16), torch.tensor([[0.3], [0.9], [0.5]])
    one = torch.eye(12)[[0, 4, 5]] * score
    assert torch.allclose(net(geometry, one, features), teacher(geometry, one[:, :6], features), atol=1e-5)


@torch.no_grad()
def test_classes_without_words_look_like_nothing():
    teacher = Proposals(OLD)
    geometry, features = torch.rand(2, 6), torch.randn(2, 16)
    regions = (geometry, torch.rand(2, 12), features, geometry, torch.rand(2, 6), features)
    boxes = (geometry, torch.tensor([5, 9]), torch.tensor([0.7, 0.7]), features, features)
    given, wanted, kinds = tokens.pairs(teacher, dict(boxes=boxes, regions=regions), list(range(6)), 12)
    assert given[1][1].argmax() == 9 and kinds['of new classes'].tolist() == [1] and kinds['regions'].tolist() == [2, 3]
    assert torch.allclose(wanted[0], teacher(geometry[:1], torch.eye(6)[5:6] * 0.7, features[:1])[0])
    assert torch.allclose(wanted[1], teacher(geometry[1:], torch.full((1, 6), tokens.LOW), features[1:])[0])
    assert torch.allclose(wanted[2:], teacher(*regions[3:]))


class Tiles:
    def compose(self, i):
        rng = np.random.default_rng(i)
        return dict(image=rng.integers(0, 256, (256, 256, 4), dtype=np.uint8), nir=True, objects=[(4, 100.0, 80.0, 40.0, 30.0, 20.0, 0), (9, 30.0, 30.0, 20.0, 20.0, 0.0, 0)])


def test_both_see_the_same_tiles_and_fits_come_nearer(models):
    teacher, _, model = models
    parts = [seen.cache(teacher, model, Tiles(), first, 4, batch=2) for first in (0, 4)]
    known = seen.joined(parts)
    assert known['tiles'][0].shape == (8, 256, 32) and known['tiles'][2].shape == (8, 65, 32)
    assert known['cells'][0].shape == (8 * seen.CELLS, 16) and known['boxes'][1].dtype == torch.int64 and len(known['boxes'][0]) == 8 * seen.BOXES
    assert known['regions'][1].shape == (8 * seen.REGIONS, 12) and known['regions'][4].shape == (8 * seen.REGIONS, 6)
    given, wanted, kinds = tokens.pairs(teacher.proposals, known, list(range(6)), 12)
    off = lambda: ((model.proposals(*given) - wanted) ** 2).mean().item()
    before = off()
    tokens.fit_tokens(model.proposals, (given, wanted, kinds), (given, wanted, kinds), 60, 3e-3, 0)
    assert off() < 0.5 * before
    given, wanted, _ = tokens.change_pairs(teacher.change_proposals, known)
    assert torch.allclose(given[2][seen.BOXES], known['boxes'][3][0] - known['boxes'][3][seen.BOXES]), 'cells of two places'


def test_the_row_of_change_says_the_new_decision(models):
    teacher, _, model = models
    torch.manual_seed(5)
    items = [dict(before=dict(neck=torch.randn(16, 32, 32)), after=dict(neck=torch.randn(16, 32, 32)), old_seen=torch.randn(64) * 0.01) for _ in range(80)]
    for i, it in enumerate(items):
        if i % 2:
            it['after'] = it['before']
    change.fit_row(model.change, teacher.change, items, items, ridge=1e-4)
    it = items[0]
    with torch.no_grad():
        out = model.change(it['before']['neck'][None], it['after']['neck'][None])
        decision = torch.cat([torch.sigmoid(out['changed'][0]), (out['changed'][0] > 0).float()])
        wanted = teacher.change.row(torch.cat([it['old_seen'], decision]))
    assert (out['row'][0, 0] - wanted).abs().mean() < 0.1 * wanted.abs().mean()


def test_scenes_of_a_scale_compete_with_each_other_alone():
    p = by_scale(torch.randn(3, 31))
    assert torch.allclose(p[:, :21].sum(1), torch.ones(3)) and torch.allclose(p[:, 21:].sum(1), torch.ones(3))
    assert torch.allclose(by_scale(torch.randn(3, 21)).sum(1), torch.ones(3)), 'edition 0.5 has one group'
    logits = torch.zeros(2, 31)
    logits[0, 25] = 50.0  # a label of the other scale
    assert torch.allclose(probe.scene_loss(logits, torch.tensor([3, -1])), torch.log(torch.tensor(21.0)), atol=1e-3)


def test_unknown_labels_weigh_nothing():
    logits, truth = torch.zeros(2, len(PRESENCE)), torch.full((2, len(PRESENCE)), -1.0)
    assert probe.presence_loss(logits, truth) == 0
    truth[0, 3] = 1
    assert torch.allclose(probe.presence_loss(logits, truth), torch.log(torch.tensor(2.0)))


def test_the_probe_learns_and_is_cooled(models):
    _, encoder, _ = models
    torch.manual_seed(6)
    scene, stats = torch.arange(31).repeat(6), torch.randn(31, encoder.connector.stat_norm.normalized_shape[0]).repeat(6, 1)
    presence = (torch.rand(31, len(PRESENCE)) > 0.5).float().repeat(6, 1)
    held = {'ucm': (stats[:21], scene[:21], presence[:21]), 'eurosat': (stats[21:31], scene[21:31], torch.full((10, len(PRESENCE)), -1.0))}
    args = type('Args', (), dict(lr=2e-3, decay=0.01, seed=0, steps=60, batch=64))
    probe.train(encoder.connector, (stats, scene, presence), held, args)
    told = probe.judge(encoder.connector, held)
    assert told == {'scene ucm (21)': 1.0, 'presence ucm': told['presence ucm'], 'scene eurosat (10)': 1.0} and told['presence ucm'] > 0.9
    before = encoder.connector.scene(encoder.connector.stat_norm(held['ucm'][0]))[0][:, :21]
    encoder.connector.cool(0, 21, 2.0)
    after = encoder.connector.scene(encoder.connector.stat_norm(held['ucm'][0]))[0]
    assert torch.allclose(after[:, :21], before / 2, atol=1e-4)


def test_jobs_come_back_in_their_order():
    assert mapped(divmod, [(7, 2), (9, 4), (1, 1)], 2) == mapped(divmod, [(7, 2), (9, 4), (1, 1)], 1) == [(3, 1), (2, 1), (1, 0)]
