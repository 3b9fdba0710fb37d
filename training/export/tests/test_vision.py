"""Every tower's graph gives what PyTorch gives, from the files that the app reads."""
import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from training.core.config import PYRAMID, TEACHER
from training.export.graphs.stem import outputs, stem
from training.export.graphs.vision import export_vision
from training.export.parity import check_tower, run
from training.export.tests.make_fixture import narrow_tower
from training.model.lite import BN_EPS, Lite, folded
from training.model.teacher import Tower


def plain_tower():
    """Narrow, of edition 0.5."""
    torch.manual_seed(5)
    return Tower({**TEACHER, 'image': 64, 'conv1': 8, 'conv2': 12, 'width': 24, 'heads': 3, 'mlp': 36, 'depth': 2}).eval()


@pytest.fixture(params=['plain', 'pyramid'])
def exported(request, tmp_path):
    tower = plain_tower() if request.param == 'plain' else narrow_tower()
    for p in tower.parameters():
        p.data = p.data.half().float()
    (tmp_path / 'onnx').mkdir()
    return tower, export_vision(tower, tmp_path), tmp_path


PIXELS = torch.randn(1, 64, 64, 4, generator=torch.Generator().manual_seed(6))


def test_graph_and_pytorch_agree(exported):
    tower, _, folder = exported
    check_tower(tower, folder / 'onnx/vision.onnx', PIXELS, 1e-4)


def test_parity_notices_a_changed_weight(exported):
    tower, _, folder = exported
    stem(tower)[0][0][1].bias.data += 0.05
    with pytest.raises(AssertionError, match='largest difference'):
        check_tower(tower, folder / 'onnx/vision.onnx', PIXELS, 1e-4)


def test_the_manifest_names_the_weights_and_outputs(exported):
    _, spec, folder = exported
    weights = load_file(folder / 'onnx/vision.safetensors')
    for layer in spec['stem']:
        rows = layer['k'] ** 2 * layer['in'] // layer.get('groups', 1)
        assert weights[f'{layer["name"]}.weight'].shape == (rows, layer['out'])
        assert weights[f'{layer["name"]}.weight'].dtype == np.float16
    taps = [tap['name'] for tap in spec.get('taps', [{'name': 'fine'}])]
    assert list(run(folder / 'onnx/vision.onnx', {'pixels': PIXELS.numpy()})) == ['tokens', *taps]
    assert json.loads(json.dumps(spec)) == spec


def test_a_value_beyond_f16_is_refused(tmp_path):
    tower = narrow_tower()
    tower.into16.bias.data[0] = 1e5
    (tmp_path / 'onnx').mkdir()
    with pytest.raises(AssertionError, match='into16.bias'):
        export_vision(tower, tmp_path)


def test_a_convolution_with_its_batch_norm_folded_is_the_two_of_them():
    torch.manual_seed(1)
    conv, bn = torch.nn.Conv2d(3, 5, 3, bias=False), torch.nn.BatchNorm2d(5, eps=BN_EPS).eval()
    for value in (bn.weight, bn.bias, bn.running_mean):
        torch.nn.init.normal_(value)
    torch.nn.init.uniform_(bn.running_var, 0.5, 2)
    state = {f'conv.{k}': v for k, v in conv.state_dict().items()} | {f'bn.{k}': v for k, v in bn.state_dict().items()}
    x = torch.randn(2, 3, 7, 7)
    weight, bias = folded(state, 'conv', 'bn')
    torch.testing.assert_close(torch.nn.functional.conv2d(x, weight, bias), bn(conv(x)), atol=1e-5, rtol=1e-5)


def test_the_narrow_tower_is_of_the_real_one_s_kind():
    narrow, real = narrow_tower(), Lite(PYRAMID['variant'])
    kinds = lambda lite: {(b.depthwise.kernel_size[0], b.depthwise.stride[0], b.depthwise.near, b.residual, b.expand is None)
                          for stage in lite.stages for b in stage}
    assert kinds(real) - kinds(narrow.lite) <= {(5, 1, 2, True, False), (3, 1, 1, True, False)}
