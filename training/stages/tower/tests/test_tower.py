"""The tower of edition 1.0: ImageNet's weights are read as they were meant, cells lie where they should, losses and files do what they say."""
import numpy as np
import pytest
import torch

from training.core import boxes
from training.core.config import PYRAMID
from training.core.names import BOXES, COVER, PRESENCE, SCENES, SCENES_10M
from training.core.normalise import MEAN, STD
from training.data.items import AABB, BUILDING, CAR, OBB
from training.data.readers import cover
from training.inference import ground
from training.learning import tower_losses
from training.model.checkpoint import save
from training.model.lite import Lite, Same, read_imagenet
from training.model.pyramid import PyramidTower
from training.model.pyramid.dense import Encoder, load_encoder
from training.stages.tower import judge, keep, rows, train

TINY = dict(PYRAMID, variant='lite0', image=64, width=32, depth=1, heads=2, mlp=32, neck=16, trunk=16, hidden=32)


def test_stages_compute_what_the_package_does():
    package = pytest.importorskip('efficientnet_lite_pytorch', reason='efficientnet-lite-pytorch is not installed')
    torch.manual_seed(0)
    whole = package.EfficientNet.from_name('efficientnet-lite0').eval()
    for module in whole.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1), torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.1), torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    lite = Lite('lite0').eval()
    read_imagenet(lite, whole.state_dict(), MEAN, STD)
    for conv in lite.modules():  # the package's padding, which is TensorFlow's
        if isinstance(conv, Same) and conv.stride[0] > 1:
            k = conv.kernel_size[0]
            conv.near, conv.far = (k - 2) // 2, (k - 1) // 2
    pixels = torch.randint(0, 256, (2, 224, 224, 3)).float()
    ours = (pixels / 255 - torch.tensor(MEAN[:3])) / torch.tensor(STD[:3])
    ours = torch.cat([ours, torch.randn(2, 224, 224, 1)], -1).permute(0, 3, 1, 2)  # near infrared starts without weight
    with torch.no_grad():
        x = whole._swish(whole._bn0(whole._conv_stem(((pixels - 127) / 128).permute(0, 3, 1, 2))))
        found = torch.nn.functional.relu6(lite.stem(ours))
        # At the far edge the package pads with grey, and a normalised picture with its mean.
        assert torch.allclose(found[..., :-1, :-1], x[..., :-1, :-1], atol=1e-4)
        y = x
        for block in whole._blocks:
            x = block(x)
        for stage in lite.stages:
            y = stage(y)
    assert x.std() > 0.05 and torch.allclose(y, x, atol=1e-3 * x.abs().max())


def test_a_cell_lies_where_it_looks():
    """The middle of the kernels' reach, traced back to pixels, is at most a third of a cell from the middle of the cell."""
    lite, middle, stride, seen = Lite('lite2'), 0.0, 1, {}
    for conv in [lite.stem, *(b.depthwise for stage in lite.stages for b in stage)]:
        middle += stride * ((conv.kernel_size[0] - 1) / 2 - conv.near)  # of cell 0, as a pixel's index
        stride *= conv.stride[0]
        seen[stride] = middle
    for s in (4, 8, 16, 32):
        assert abs(seen[s] - (s - 1) / 2) <= s / 3, (s, seen[s])


@torch.no_grad()
@pytest.mark.parametrize('side', [64, 96])
def test_outputs_and_their_sizes(side):
    model = Encoder(TINY).eval()
    tokens, fine, finer, deep = model.tower(torch.randn(2, side, side, 4))
    n = (side // 16) ** 2
    assert tokens.shape == (2, n, 32) and fine.shape[:2] == (2, 4 * n) and finer.shape[:2] == (2, 16 * n) and deep.shape[:2] == (2, n // 4)
    ev = model.connector.evidence(tokens, fine, finer, deep)
    g = side // 4
    assert ev['heat'].shape == (2, len(BOXES), g, g) and ev['geom'].shape == (2, 6, g, g) and ev['cover'].shape == (2, len(COVER), g, g)
    assert ev['scene'].shape == (2, len(SCENES) + len(SCENES_10M)) and ev['presence'].shape == (2, len(PRESENCE))
    ev['count'] = ev['density'].sum((2, 3))
    assert model.connector.visual(tokens, ev).shape == (2, n // 4 + 4 + len(PRESENCE), 32)


def test_frozen_stages_learn_nothing_and_the_others_do():
    tower = PyramidTower(TINY)
    tokens = tower(torch.randn(1, 64, 64, 4), frozen=3)[0]
    (tokens * torch.randn_like(tokens)).sum().backward()
    learned = [all(p.grad is not None for p in stage.parameters()) for stage in tower.lite.stages]
    assert learned == [False] * 3 + [True] * 4 and tower.lite.stem.weight.grad is None
    model = Encoder(TINY)
    stages, others = train.learning(model, 0)
    ids = {id(p) for p in stages + others}
    left = {name for name, p in model.named_parameters() if id(p) not in ids}
    assert left and all(name.removeprefix('connector.').startswith(('merge', 'global_row', 'scene_row', 'presence_rows', 'density_row', 'quality_row', 'density_scale'))
                        for name in left), 'all but what the language model reads'


def test_phases():
    assert train.phases('heads:3,all:5') == [('heads', 0, 3), ('all', 3, 8)]
    with pytest.raises(Exception, match='no phase "head"'):
        train.phases('head:3')


def test_cover_is_learned_from_what_a_cell_may_be():
    logits = torch.zeros(1, len(COVER), 2, 2)
    allowed = torch.full((1, 8, 8), cover.ANY, dtype=torch.uint8)
    assert tower_losses.cover_loss(logits, allowed) == 0, 'nothing known, nothing to learn'
    allowed[:, :4, :4] = cover.TREES
    one = tower_losses.cover_loss(logits, allowed)
    logits[0, 1, 0, 0] = 50.0
    assert one > 0 and tower_losses.cover_loss(logits, allowed) < 1e-3 * one
    allowed[:, :4, :4] = cover.GREEN
    assert tower_losses.cover_loss(logits, allowed) < 1e-3 * one, 'trees are green'
    allowed[:, :4, :4] = cover.ANY & ~cover.TREES
    assert tower_losses.cover_loss(logits, allowed) > one
    allowed[:, :4, :3], allowed[:, :4, 3] = cover.WATER, cover.TREES
    assert tower_losses.cover_loss(logits, allowed) < 1e-3 * one, 'a cell may be what one of its pixels may be'


@pytest.mark.parametrize('mode', [OBB, AABB])
def test_fit_quality_is_the_iou(mode):
    rng, worst = np.random.default_rng(0), []
    for _ in range(60):
        true = (*rng.uniform(20, 44, 2), *rng.uniform(8, 30, 2), float(rng.uniform(0, 180)) if mode == OBB else 0.0)
        said = (true[0] + rng.normal(0, 2), true[1] + rng.normal(0, 2), *(np.array(true[2:4]) * np.exp(rng.normal(0, 0.2, 2))), true[4] + rng.normal(0, 4))
        row, col = int(true[1] // 4), int(true[0] // 4)
        heat, box, hull = torch.zeros(1, len(BOXES), 16, 16), torch.zeros(1, 16, 16, 6), torch.full((1, 16, 16), mode, dtype=torch.uint8)
        cls = CAR if rng.random() < 0.5 else BUILDING
        heat[0, cls, row, col], box[0, row, col] = 1, torch.tensor([*true, cls])
        geom = torch.zeros(1, 6, 16, 16)
        a = np.radians(2 * said[4])
        geom[0, :, row, col] = torch.tensor([said[0] / 4 - 0.5 - col, said[1] / 4 - 0.5 - row, np.log(said[2] / 4), np.log(said[3] / 4), np.sin(a), np.cos(a)])
        assert np.allclose(boxes.decode_cell(row, col, geom[0, :, row, col].tolist())[:4], said[:4], atol=1e-3)
        quality = tower_losses.fit_quality(geom, box, heat, hull)
        polygon = boxes.corners(said)
        if mode == AABB:
            (x0, y0), (x1, y1) = np.min(polygon, 0), np.max(polygon, 0)
            polygon = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        worst.append(abs(quality[0, cls, row, col].item() - max(0.2, boxes.polygon_iou(polygon, boxes.corners(true)))))
        assert (quality != 1).sum() <= 1
    assert max(worst) < 0.12 and np.mean(worst) < 0.035


def test_a_kept_file_comes_back(tmp_path):
    torch.manual_seed(1)
    model = Encoder(TINY)
    keep.write(model, f'{tmp_path}/tower.safetensors')
    again = keep.read(f'{tmp_path}/tower.safetensors')
    save(again, f'{tmp_path}/tower.pt')
    for other in (again, load_encoder(f'{tmp_path}/tower.pt')):
        assert other.cfg == TINY
        assert all(torch.allclose(a, b, atol=1e-3, rtol=1e-3) for a, b in zip(model.state_dict().values(), other.state_dict().values()))


def test_rows_are_fitted_to_a_teacher():
    torch.manual_seed(2)
    teacher, model = Encoder(TINY).connector, Encoder(TINY).connector
    tokens, stats = torch.randn(60, 16, 32), torch.randn(60, 384)
    with torch.no_grad():
        wanted = torch.cat([teacher.patch_rows(tokens), teacher.global_row(stats)[:, None]], 1)
    known, held = tuple(v[:50] for v in (tokens, stats, wanted)), tuple(v[50:] for v in (tokens, stats, wanted))
    before = rows.explained(model.patch_rows(held[0]), held[2][:, :-1])
    rows.fit_rows(model, known, held, 150, 3e-3, 16, 0)
    assert rows.explained(model.patch_rows(held[0]), held[2][:, :-1]) > before + 0.3
    assert rows.explained(held[2], held[2]) == 1


def test_land_cover_is_judged_over_known_pixels():
    allowed = np.full((256, 256), cover.ANY, np.uint8)
    allowed[:128], allowed[128:192] = cover.WATER, cover.GREEN
    predicted = np.zeros((64, 64), np.uint8)  # water everywhere
    predicted[32:48] = 1
    table = ground.cover_rows([(predicted, allowed)])
    assert table['land cover, water: IoU'] == (1.0,) and table['land cover: mean IoU'] == (1.0,)
    assert table['land cover: share of pixels with a class that they may be'] == (1.0,)
    predicted[:16] = 3
    assert ground.cover_rows([(predicted, allowed)])['land cover, water: IoU'] == (0.5,)


def test_best_f1():
    assert judge.best_f1([0.9, 0.8, 0.1], [True, True, False], 2) == (1.0, 1.0)
    assert judge.best_f1([0.9, 0.8], [False, True], 1) == (pytest.approx(2 / 3), pytest.approx(0.5))
    assert judge.best_f1([], [], 3) == (0.0, 0.0)
