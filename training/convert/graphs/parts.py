"""Pieces of transformer graphs over weights given as arrays, stored as f16 or f32, inside the graph or in a safetensors file beside it."""
import json
import math
import os

import numpy as np
from onnx import TensorProto
from safetensors.numpy import save_file

from ...export.graphs.graph import MS, Graph
from ..errors import ConvertError

F16, F32 = TensorProto.FLOAT16, TensorProto.FLOAT
ACTIVATIONS = ('gelu', 'gelu_new', 'gelu_pytorch_tanh', 'gelu_fast', 'quick_gelu', 'relu', 'silu', 'swish')


class Parts(Graph):
    """A graph whose weights have names: linear layers are [in, out], so that y = x·W + b."""

    def __init__(self, name, weights, half):
        super().__init__(name)
        self.weights, self.half, self._made, self._header, self._file = weights, half, {}, None, None

    def use_file(self, path):
        """Stores all weights in a safetensors file and refers to it as external data."""
        dtype = np.float16 if self.half else np.float32
        save_file({k: np.ascontiguousarray(v).astype(dtype) for k, v in self.weights.items()}, path, metadata={'format': 'nadir-vision/1'})
        os.chmod(path, 0o644)  # safetensors writes files that only their owner can read
        with open(path, 'rb') as f:
            size = int.from_bytes(f.read(8), 'little')
            self._header, self._file, self._start = json.loads(f.read(size)), os.path.basename(path), 8 + size

    def w(self, name):
        """The weight as an f32 value of the graph."""
        if name not in self._made:
            dtype = F16 if self.half else F32
            if self._header:
                begin, end = self._header[name]['data_offsets']
                self.external(name, dtype, self._header[name]['shape'], self._file, self._start + begin, end - begin)
            else:
                self.const(np.ascontiguousarray(self.weights[name]).astype(np.float16 if self.half else np.float32), name)
            self._made[name] = self.op('Cast', [name], to=F32) if self.half else name
        return self._made[name]

    def dense(self, x, name):
        y = self.op('MatMul', [x, self.w(f'{name}.weight')])
        return self.op('Add', [y, self.w(f'{name}.bias')]) if f'{name}.bias' in self.weights else y

    def norm(self, x, name, eps):
        return self.op('LayerNormalization', [x, self.w(f'{name}.weight'), self.w(f'{name}.bias')], axis=-1, epsilon=eps)

    def activate(self, x, kind):
        if kind in ('gelu_new', 'gelu_pytorch_tanh', 'gelu_fast'):
            return self.op('FastGelu', [x], domain=MS)
        if kind == 'gelu':
            erf = self.op('Erf', [self.op('Mul', [x, self.scalar(math.sqrt(0.5))])])
            return self.op('Mul', [self.op('Mul', [x, self.scalar(0.5)]), self.op('Add', [erf, self.scalar(1.0)])])
        if kind == 'relu':
            return self.op('Relu', [x])
        if kind in ('silu', 'swish'):
            return self.op('Mul', [x, self.op('Sigmoid', [x])])
        if kind == 'quick_gelu':
            return self.op('Mul', [x, self.op('Sigmoid', [self.op('Mul', [x, self.scalar(1.702)])])])
        raise ConvertError('ACTIVATION_UNSUPPORTED', f'The activation "{kind}" is not supported; these are: {", ".join(ACTIVATIONS)}.')

    def heads(self, x, count, heads, width):
        """[1, count, heads · width] -> [1, heads, count, width]."""
        return self.op('Transpose', [self.op('Reshape', [x, self.ints(1, count, heads, width)])], perm=[0, 2, 1, 3])

    def attend(self, q, k, v, queries, keys, heads, width):
        """Softmax attention without a mask: q [1, queries, heads·width], k and v [1, keys, heads·width] -> [1, queries, heads·width]."""
        q, k, v = self.heads(q, queries, heads, width), self.heads(k, keys, heads, width), self.heads(v, keys, heads, width)
        s = self.op('MatMul', [q, self.op('Transpose', [k], perm=[0, 1, 3, 2])])
        s = self.op('Softmax', [self.op('Mul', [s, self.scalar(1 / math.sqrt(width))])], axis=-1)
        y = self.op('Transpose', [self.op('MatMul', [s, v])], perm=[0, 2, 1, 3])
        return self.op('Reshape', [y, self.ints(1, queries, heads * width)])
