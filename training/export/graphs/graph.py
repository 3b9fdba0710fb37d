"""A small ONNX graph writer: named weights (f16 in the file, f32 in the graph), linear, convolution, norms."""
import numpy as np
import onnx
from onnx import TensorProto, helper

MS = 'com.microsoft'


class Graph:
    def __init__(self, name, opset=17):
        self.name, self.opset = name, opset
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []
        self.count = 0

    def op(self, kind, inputs, outputs=1, domain='', name=None, **attrs):
        """Adds a node; returns its output name (or names)."""
        self.count += 1
        base = name or f'{kind}_{self.count}'
        outs = outputs if isinstance(outputs, list) else [f'{base}_o{i}' if outputs > 1 else f'{base}_o' for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, outs, name=base, domain=domain, **attrs))
        return outs if isinstance(outputs, list) and len(outs) > 1 or outputs not in (1,) and len(outs) > 1 else outs[0]

    def input(self, name, shape, dtype=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name, shape, source, dtype=TensorProto.FLOAT):
        self.nodes.append(helper.make_node('Identity', [source], [name], name=f'out_{name}'))
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def const(self, array, name=None):
        self.count += 1
        name = name or f'c{self.count}'
        array = np.asarray(array)
        self.initializers.append(onnx.numpy_helper.from_array(array, name))
        return name

    def ints(self, *values):
        return self.const(np.array(values, np.int64))

    def scalar(self, value):
        return self.const(np.array(value, np.float32))

    def weight(self, name, array):
        """f16 initializer + Cast to f32, which ONNX Runtime folds when the session is made."""
        self.const(np.ascontiguousarray(array).astype(np.float16), name)
        return self.op('Cast', [name], to=TensorProto.FLOAT)

    def external(self, name, dtype, shape, location, offset, length):
        t = TensorProto(name=name, data_type=dtype, dims=list(shape), data_location=TensorProto.EXTERNAL)
        for k, v in (('location', location), ('offset', offset), ('length', length)):
            t.external_data.add(key=k, value=str(v))
        self.initializers.append(t)
        return name

    def gelu(self, x):
        return self.op('FastGelu', [x], domain=MS)

    def linear(self, x, layer, name):
        y = self.op('MatMul', [x, self.weight(f'{name}.weight', layer.weight.detach().numpy().T)])
        return y if layer.bias is None else self.op('Add', [y, self.weight(f'{name}.bias', layer.bias.detach().numpy())])

    def conv(self, x, layer, name):
        w = self.weight(f'{name}.weight', layer.weight.detach().numpy())
        b = self.weight(f'{name}.bias', layer.bias.detach().numpy())
        p = layer.padding[0]
        return self.op('Conv', [x, w, b], kernel_shape=list(layer.kernel_size), strides=list(layer.stride),
                       pads=[p, p, p, p], dilations=list(layer.dilation))

    def upsample(self, x, times=2):
        """PyTorch's bilinear interpolation of the two last axes with align_corners=False; `times` 1 is x itself."""
        if times == 1:
            return x
        return self.op('Resize', [x, '', self.const(np.array([1, 1, times, times], np.float32))], mode='linear',
                       coordinate_transformation_mode='half_pixel')

    def layer_norm(self, x, layer, name):
        return self.op('LayerNormalization', [x, self.weight(f'{name}.weight', layer.weight.detach().numpy()),
                                              self.weight(f'{name}.bias', layer.bias.detach().numpy())],
                       axis=-1, epsilon=layer.eps)

    def save(self, path):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)
        model = helper.make_model(graph, ir_version=8, producer_name='nadir', opset_imports=[
            helper.make_opsetid('', self.opset), helper.make_opsetid(MS, 1)])
        with open(path, 'wb') as f:
            f.write(model.SerializeToString())
