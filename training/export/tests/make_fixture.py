"""A narrow pyramid tower, exported as the real one is, and PyTorch's outputs for the app's tests.

    python -m training.export.tests.make_fixture src/vlm/towers/fixtures/pyramid-tower

Writes vision.json (the manifest's `vision`, with image side and bands), onnx/vision.onnx, onnx/vision.safetensors and
goldens.safetensors: pixels and every output for the tower's own image size and another. PyTorch computes in f64 with the f16 weights
of the file. Everything of the real tower is in it: all stages, both kernels and strides, residuals, the fourth band, the branch at
stride 32 and ReLU6 at both its ends.
"""
import json
import os
import sys

import torch
from safetensors.torch import save_file

from ...core.config import PYRAMID
from ...model import lite
from ...model.pyramid import PyramidTower
from ..graphs.stem import outputs
from ..graphs.vision import export_vision
from ..parity import check_tower

SIZES = {'own': (64, 64), 'other': (96, 64)}


def narrow_tower():
    """Random weights that keep values at about one; a quarter of EfficientNet-Lite0's channels and fewer repeats."""
    torch.manual_seed(3)
    lite.VARIANTS['narrow'] = (0.25, 0.4)
    tower = PyramidTower({**PYRAMID, 'variant': 'narrow', 'image': 64, 'glance': 6, 'width': 24, 'depth': 2, 'heads': 3, 'mlp': 36}).eval()
    for module in tower.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.normal_(module.weight, std=(module.weight[0].numel() / 2) ** -0.5)
            torch.nn.init.normal_(module.bias, 0.3, 0.5)
        elif isinstance(module, torch.nn.LayerNorm):
            torch.nn.init.normal_(module.weight, 1, 0.3), torch.nn.init.normal_(module.bias, std=0.3)
    for p in tower.parameters():
        p.data = p.data.half().float()
    return tower


@torch.no_grad()
def write(folder):
    os.makedirs(f'{folder}/onnx', exist_ok=True)
    tower = narrow_tower()
    spec = export_vision(tower, folder)
    with open(f'{folder}/vision.json', 'w') as f:
        json.dump({**spec, 'imageSize': SIZES['own'][0], 'bands': PYRAMID['bands']}, f, indent=1)
        f.write('\n')
    clipped = []
    for m in tower.modules():
        if isinstance(m, lite.Bottleneck):
            m.depthwise.register_forward_hook(lambda _, __, y: clipped.append([(y < 0).float().mean(), (y > 6).float().mean()]))
    goldens, gen = {}, torch.Generator().manual_seed(4)
    for name, (height, width) in SIZES.items():
        pixels = torch.randn(1, height, width, PYRAMID['bands'], generator=gen) * 1.5
        if name == 'own':
            check_tower(tower, f'{folder}/onnx/vision.onnx', pixels, 1e-4)
        goldens[f'{name}.pixels'] = pixels[0]
        goldens.update({f'{name}.{k}': v[0].float().contiguous() for k, v in outputs(tower.double(), pixels.double()).items()})
        tower.float()
    below, above = torch.tensor(clipped).amin(0).tolist()
    assert below > 0.01 and above > 0, 'ReLU6 cuts nothing off somewhere'
    save_file(goldens, f'{folder}/goldens.safetensors')
    os.chmod(f'{folder}/goldens.safetensors', 0o644)
    for path in ('vision.json', 'onnx/vision.onnx', 'onnx/vision.safetensors', 'goldens.safetensors'):
        print(f'{path}: {os.path.getsize(f"{folder}/{path}") / 1e3:.0f} kB')
    print({k: (list(v.shape), f'{v.abs().max():.2f}') for k, v in goldens.items()}, below, above)


if __name__ == '__main__':
    write(sys.argv[1])
