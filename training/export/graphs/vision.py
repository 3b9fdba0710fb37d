"""The vision tower: its weights as safetensors, which WGSL reads, and an ONNX graph over them."""
import json
import math
import os

import numpy as np
from onnx import TensorProto
from safetensors.numpy import save_file

from ...core.config import CONFIG
from .graph import Graph


def flat_conv(conv):
    """[out, in, kh, kw] -> [(ky, kx, cin), out]."""
    w = conv.weight.detach().numpy()
    return np.ascontiguousarray(w.transpose(2, 3, 1, 0).reshape(-1, w.shape[0]))


def vision_weights(tower):
    out = {}
    for name in ('conv1', 'conv2', 'conv2b', 'conv3'):
        conv = getattr(tower, name)
        out[f'{name}.weight'], out[f'{name}.bias'] = flat_conv(conv), conv.bias.detach().numpy()
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
    return {k: np.ascontiguousarray(v).astype(np.float16) for k, v in out.items()}


def export_vision(tower, folder, cfg=CONFIG):
    weights = vision_weights(tower)
    path = f'{folder}/onnx/vision.safetensors'
    save_file(weights, path, metadata={'format': 'nadir-vision/1'})
    os.chmod(path, 0o644)  # safetensors writes files that only their owner can read
    with open(path, 'rb') as f:
        header_bytes = int.from_bytes(f.read(8), 'little')
        header = json.loads(f.read(header_bytes))
    g = Graph('vision')

    def w(name):
        begin, end = header[name]['data_offsets']
        g.external(name, TensorProto.FLOAT16, header[name]['shape'], 'vision.safetensors', 8 + header_bytes + begin, end - begin)
        return g.op('Cast', [name], to=TensorProto.FLOAT)

    def conv(x, name, k, stride, cin, cout, act=True):
        kernel = g.op('Transpose', [g.op('Reshape', [w(f'{name}.weight'), g.ints(k, k, cin, cout)])], perm=[3, 2, 0, 1])
        p = (k - 1) // 2
        y = g.op('Conv', [x, kernel, w(f'{name}.bias')], kernel_shape=[k, k], strides=[stride, stride], pads=[p] * 4)
        return g.gelu(y) if act else y

    def linear(x, name):
        return g.op('Add', [g.op('MatMul', [x, w(f'{name}.weight')]), w(f'{name}.bias')])

    def norm(x, name):
        return g.op('LayerNormalization', [x, w(f'{name}.weight'), w(f'{name}.bias')], axis=-1, epsilon=cfg['eps'])

    c1, c2, d, heads = cfg['conv1'], cfg['conv2'], cfg['width'], cfg['heads']
    side = cfg['image'] // 16
    n, hd = side * side, d // heads
    x = g.op('Transpose', [g.input('pixels', [1, cfg['image'], cfg['image'], cfg['bands']])], perm=[0, 3, 1, 2])
    x = conv(x, 'conv1', 7, 4, cfg['bands'], c1)
    a = conv(x, 'conv2', 3, 2, c1, c2)
    fine = g.op('Add', [a, conv(a, 'conv2b', 3, 1, c2, c2)])
    fine_out = g.op('Reshape', [g.op('Transpose', [fine], perm=[0, 2, 3, 1]), g.ints(1, 4 * n, c2)])
    x = conv(fine, 'conv3', 3, 2, c2, d, act=False)
    x = g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 3, 1]), g.ints(1, n, d)])
    x = g.op('Add', [x, w('pos_embed')])
    for i in range(cfg['depth']):
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
    g.output('fine', [1, 4 * n, c2], fine_out)
    g.save(f'{folder}/onnx/vision.onnx')
