"""What a tower is made of, in the words of the manifest's `vision`: the layers of its stem with their convolutions, and its taps."""
from ...model.pyramid import PyramidTower
from ...model.teacher import Tower


def layer(name, conv, act, source=None, residual=False):
    """(an entry of `vision.stem`, its convolution). `source` and `residual`: names of earlier layers; without a source, the layer before."""
    near, far = getattr(conv, 'near', conv.padding[0]), getattr(conv, 'far', conv.padding[0])
    entry = {'name': name, **({'from': source} if source else {}), 'k': conv.kernel_size[0], 'stride': conv.stride[0], 'pad': near,
             **({'padAfter': far} if far != near else {}), 'in': conv.in_channels, 'out': conv.out_channels,
             **({'groups': conv.groups} if conv.groups > 1 else {}), 'act': act, 'residual': residual}
    return entry, conv


def plain(tower):
    """model.teacher.Tower. Without taps it gives what its last convolution reads, as `fine`."""
    return [layer('conv1', tower.conv1, 'gelu_tanh'), layer('conv2', tower.conv2, 'gelu_tanh'),
            layer('conv2b', tower.conv2b, 'gelu_tanh', residual=True), layer('conv3', tower.conv3, None)], []


def pyramid(tower):
    """model.pyramid.PyramidTower. What it joins along channels is a tap each, which the connector joins."""
    lite, last = tower.lite, {}
    layers, name, stride = [layer('lite.stem', lite.stem, 'relu6')], 'lite.stem', lite.stem.stride[0]
    for i, stage in enumerate(lite.stages):
        for j, block in enumerate(stage):
            at, before = f'lite.stages.{i}.{j}', name
            if block.expand is not None:
                layers.append(layer(f'{at}.expand', block.expand, 'relu6'))
            layers.append(layer(f'{at}.depthwise', block.depthwise, 'relu6'))
            name, stride = f'{at}.project', stride * block.depthwise.stride[0]
            layers.append(layer(name, block.project, None, residual=before if block.residual else False))
        last[stride] = name
    layers += [layer('into32', tower.into32, None, last[32]), layer('glance', tower.glance, 'relu6', 'pixels'),
               layer('into16', tower.into16, None, last[16], residual='into32')]
    return layers, [('fine', last[8]), ('finer', last[4]), ('glance', 'glance'), ('deep', last[32])]


STEMS = {Tower: plain, PyramidTower: pyramid}


def stem(tower):
    """([(entry of `vision.stem`, convolution)], entries of `vision.taps`)."""
    layers, taps = STEMS[type(tower)](tower)
    return layers, [{'name': name, 'layer': at} for name, at in taps]


def outputs(tower, pixels):
    """PyTorch's outputs of a tower by the names that its graph and its taps have for them."""
    tokens, fine, *rest = tower(pixels)
    if isinstance(tower, PyramidTower):
        finer, deep = rest
        at = tower.sizes[4]
        return dict(tokens=tokens, fine=fine, finer=finer[..., :at], glance=finer[..., at:], deep=deep)
    return dict(tokens=tokens, fine=fine)
