"""The vision tower: its weights as safetensors, which WGSL reads, and an ONNX graph over them. Both follow the manifest's `vision`."""
import json
import math
import os

import numpy as np
from onnx import TensorProto
from safetensors.numpy import save_file

from .graph import Graph
from .stem import stem


def flat_conv(conv):
    """[out, in / groups, kh, kw] -> [(ky, kx, cin), out]; of a depthwise kernel [(ky, kx), channels]."""
    w = conv.weight.detach().numpy()
    return np.ascontiguousarray(w.transpose(2, 3, 1, 0).reshape(-1, w.shape[0]))


def vision_weights(tower):
    """Every tensor by its name in the file, f16. BatchNorms are folded already."""
    out = {}
    for layer, conv in stem(tower)[0]:
        out[f'{layer["name"]}.weight'], out[f'{layer["name"]}.bias'] = flat_conv(conv), conv.bias.detach().numpy()
    pos = tower.pos_embed.detach().numpy()
    out['pos_embed'] = pos[0].reshape(pos.shape[1], -1).T
    for i, b in enumerate(tower.blocks):
        for n in ('norm1', 'norm2'):
            out[f'blocks.{i}.{n}.weight'] = getattr(b, n).weight.detach().numpy()
            out[f'blocks.{i}.{n}.bias'] = getattr(b, n).bias.detach().numpy()
        for n in ('qkv', 'proj', 'fc1', 'fc2'):
            out[f'blocks.{i}.{n}.weight'] = getattr(b, n).weight.detach().numpy().T
            out[f'blocks.{i}.{n}.bias'] = getattr(b, n).bias.detach().numpy()
    out['norm.weight'], out['norm.bias'] = tower.norm.weight.detach().numpy(), tower.norm.bias.detach().numpy()
    for name, value in out.items():
        assert (np.abs(value) <= np.finfo(np.float16).max).all(), f'{name} holds values that f16 cannot'
    return {k: np.ascontiguousarray(v).astype(np.float16) for k, v in out.items()}


def vision_spec(tower):
    """The manifest's `vision`."""
    layers, taps = stem(tower)
    block = tower.blocks[0]
    return dict(graph='onnx/vision.onnx', weights='onnx/vision.safetensors', stem=[entry for entry, _ in layers], **({'taps': taps} if taps else {}),
                width=block.fc1.in_features, depth=len(tower.blocks), heads=block.heads, mlp=block.fc1.out_features, eps=tower.norm.eps,
                grid=list(tower.pos_embed.shape[2:]))


def export_vision(tower, folder):
    """vision.safetensors and vision.onnx in `folder`/onnx; returns the manifest's `vision`."""
    path = f'{folder}/onnx/vision.safetensors'
    save_file(vision_weights(tower), path, metadata={'format': 'nadir-vision/1'})
    os.chmod(path, 0o644)  # safetensors writes files that only their owner can read
    spec = vision_spec(tower)
    vision_graph(spec, path).save(f'{folder}/onnx/vision.onnx')
    return spec


class FileWeights:
    """Tensors of a safetensors file beside the graph as the graph's external data, f16 in the file and f32 in the graph."""

    def __init__(self, graph, path):
        self.graph, self.location = graph, os.path.basename(path)
        with open(path, 'rb') as f:
            self.start = 8 + int.from_bytes(f.read(8), 'little')
            self.header = json.loads(f.read(self.start - 8))

    def __call__(self, name):
        begin, end = self.header[name]['data_offsets']
        self.graph.external(name, TensorProto.FLOAT16, self.header[name]['shape'], self.location, self.start + begin, end - begin)
        return self.graph.op('Cast', [name], to=TensorProto.FLOAT)


def vision_graph(spec, path):
    """The graph of a manifest's `vision` at its own grid: pixels f32[1, side, side, bands] -> tokens f32[1, n, width] and each tap
    f32[1, cells, channels], raster order. `path`: the weights, which lie beside the graph."""
    g = Graph('vision')
    w = FileWeights(g, path)

    def linear(x, name):
        return g.op('Add', [g.op('MatMul', [x, w(f'{name}.weight')]), w(f'{name}.bias')])

    def norm(x, name):
        return g.op('LayerNormalization', [x, w(f'{name}.weight'), w(f'{name}.bias')], axis=-1, epsilon=spec['eps'])

    layers, side = spec['stem'], spec['grid'][0]
    cell = cells(layers)
    # Without taps, `fine` is what the last layer reads.
    taps = spec.get('taps') or [{'name': 'fine', 'layer': layers[-1].get('from', layers[-2]['name'])}]
    image = side * cell[layers[-1]['name']]
    pixels = g.op('Transpose', [g.input('pixels', [1, image, image, layers[0]['in']])], perm=[0, 3, 1, 2])
    shapes = {layer['name']: (1, (image // cell[layer['name']]) ** 2, layer['out']) for layer in layers}
    maps = stem_maps(g, w, layers, pixels, {tap['layer']: shapes[tap['layer']] for tap in taps})
    d, heads = spec['width'], spec['heads']
    n, hd = side * side, d // heads
    x = g.op('Add', [rows(g, maps[layers[-1]['name']], (1, n, d)), w('pos_embed')])
    for i in range(spec['depth']):
        b = f'blocks.{i}'
        qkv = g.op('Reshape', [linear(norm(x, f'{b}.norm1'), f'{b}.qkv'), g.ints(1, n, 3, heads, hd)])
        q, k, v = g.op('Split', [g.op('Transpose', [qkv], perm=[2, 0, 3, 1, 4])], 3, axis=0)
        q, k, v = (g.op('Squeeze', [t, g.ints(0)]) for t in (q, k, v))
        s = g.op('MatMul', [q, g.op('Transpose', [k], perm=[0, 1, 3, 2])])
        s = g.op('Softmax', [g.op('Mul', [s, g.scalar(1 / math.sqrt(hd))])], axis=-1)
        y = g.op('Reshape', [g.op('Transpose', [g.op('MatMul', [s, v])], perm=[0, 2, 1, 3]), g.ints(1, n, d)])
        x = g.op('Add', [x, linear(y, f'{b}.proj')])
        x = g.op('Add', [x, linear(g.gelu(linear(norm(x, f'{b}.norm2'), f'{b}.fc1')), f'{b}.fc2')])
    g.output('tokens', [1, n, d], norm(x, 'norm'))
    for tap in taps:
        g.output(tap['name'], shapes[tap['layer']], maps[f'{tap["layer"]} rows'])
    return g


def rows(g, x, shape):
    """[1, channels, h, w] -> [1, h*w, channels]"""
    return g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 3, 1]), g.ints(*shape)])


def cells(layers):
    """Image pixels along one side of an output cell, by layer. Sides are multiples of them all."""
    out, before = {'pixels': 1}, 'pixels'
    for layer in layers:
        out[layer['name']] = out[layer.get('from', before)] * layer['stride']
        before = layer['name']
    return out


def stem_maps(g, w, layers, pixels, tapped):
    """Every layer's output [1, channels, h, w] by its name, and as '<name> rows' in their shape those that are `tapped`."""
    maps, before, cell = {'pixels': pixels}, 'pixels', cells(layers)
    for layer in layers:
        name, source = layer['name'], layer.get('from', before)
        k, groups, near = layer['k'], layer.get('groups', 1), layer['pad']
        far = layer.get('padAfter', near)
        kernel = g.op('Reshape', [w(f'{name}.weight'), g.ints(k, k, layer['in'] // groups, layer['out'])])
        y = g.op('Conv', [maps[source], g.op('Transpose', [kernel], perm=[3, 2, 0, 1]), w(f'{name}.bias')], kernel_shape=[k, k],
                 strides=[layer['stride']] * 2, pads=[near, near, far, far], **({'group': groups} if groups > 1 else {}))
        if layer['act'] == 'gelu_tanh':
            y = g.gelu(y)
        elif layer['act'] == 'relu6':
            y = g.op('Clip', [y, g.scalar(0.0), g.scalar(6.0)])
        if layer['residual']:
            added = source if layer['residual'] is True else layer['residual']
            y = g.op('Add', [g.upsample(maps[added], cell[added] // cell[name]), y])
        maps[name], before = y, name
        if name in tapped:
            maps[f'{name} rows'] = rows(g, y, tapped[name])
    return maps
