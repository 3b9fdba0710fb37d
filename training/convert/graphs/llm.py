"""The language model as ONNX: the graph over 4-bit weights and, where it fits into memory, the f32 graph over the same weights
dequantised by the app at load. The same nodes as the embedded model's (training/export/graphs/llm.py); besides, norms on queries and keys,
biases anywhere, several weight files, and a checkpoint that is never in memory as a whole."""
import math
from types import SimpleNamespace

import numpy as np
import onnx
import torch
from onnx import TensorProto

from ...export.graphs.graph import MS, Graph
from ...export.graphs.llm import BLOCK
from ...model.llm import int4_scale
from ..errors import need

F32, I32 = TensorProto.FLOAT, TensorProto.INT32
CHUNK = 2 ** 24  # weights quantised at a time
F32_LIMIT = 2 ** 31 - 2 ** 16  # the dequantised weights live in one buffer of a 32-bit WebAssembly


def quantise_rows(weight):
    """f32 [N, K] -> (uint8 [N, K/32, 16] low nibble first, scales f32 [N, K/32], dequantised f32 [N, K]); K is padded with zeros to 32s."""
    n, k = weight.shape
    padded = torch.nn.functional.pad(weight, (0, -k % BLOCK)).reshape(n, -1, BLOCK)
    scale = int4_scale(padded)
    q = torch.clamp(torch.round(padded / scale), -8, 7)
    u = (q + 8).to(torch.uint8).numpy()
    return u[..., 0::2] | (u[..., 1::2] << 4), scale[..., 0].numpy(), (q * scale).reshape(n, -1)[:, :k]


def rope_tables(llm):
    """cos and sin f32 [positions, head_dim / 2]."""
    inverse = 1.0 / llm.theta ** (torch.arange(0, llm.head_dim, 2, dtype=torch.float64) / llm.head_dim)
    angles = torch.outer(torch.arange(llm.positions, dtype=torch.float64) / llm.rope_factor, inverse)
    return angles.cos().float().numpy(), angles.sin().float().numpy()


class LlmWriter:
    """Writes weights one tensor at a time into `files` and the two graphs beside them."""

    def __init__(self, llm, tensors, prefix, head_name, files, quantised):
        self.llm, self.tensors, self.prefix, self.head_name = llm, tensors, prefix, head_name
        self.files, self.quantised, self.dry = files, quantised, files.folder is None
        self.q4, self.f32 = Graph('llm_q4'), Graph('llm_f32')
        self.both, self.f32_bytes, self.weights = (self.q4, self.f32), 0, []
        self.error, self.power, self.parameters = 0.0, 0.0, 0

    def take(self, size):
        """Room in llm_f32.bin, which the app makes at load."""
        self.f32_bytes += -self.f32_bytes % 64
        spot = {'offset': self.f32_bytes, 'bytes': size}
        self.f32_bytes += size
        return spot

    def plain(self, name, array):
        """An f32 tensor in both external files."""
        array = np.ascontiguousarray(array, np.float32)
        source, target = self.files.add(array), self.take(array.nbytes)
        self.q4.external(name, F32, array.shape, source['file'], source['offset'], source['bytes'])
        self.f32.external(name, F32, array.shape, 'llm_f32.bin', target['offset'], target['bytes'])
        self.weights.append({'name': name, 'kind': 'f32', 'source': place(source), 'f32': target})
        return name

    def vector(self, name, tensor, size):
        if self.dry:
            self.files.skip(4 * size)
            self.take(4 * size)
            return None
        return self.plain(name, self.tensors.get(tensor, [size]).numpy())

    def matmul(self, xs, name, parts):
        """y = x·Wᵀ (+ b). `parts`: [(tensor name without ".weight", rows, columns)], put one below the other."""
        n, k = sum(rows for _, rows, _ in parts), parts[0][2]
        self.parameters += n * k
        for tensor, rows, cols in parts:
            found = self.tensors.shape(f'{tensor}.weight')
            need(found == [rows, cols], 'SHAPE_MISMATCH', f'"{tensor}.weight" is {found}; config.json asks for {[rows, cols]}.')
        biased = any(f'{tensor}.bias' in self.tensors for tensor, _, _ in parts)
        if self.dry:
            blocks = -(-k // BLOCK)
            for size in ([n * blocks * BLOCK // 2, n * blocks * 4] if self.quantised else [4 * n * k]) + ([4 * n] if biased else []):
                self.files.skip(size)
            self.take(4 * n * k)
            return xs
        bias = None
        if biased:
            values = [self.tensors.get(f'{t}.bias', [rows]) if f'{t}.bias' in self.tensors else torch.zeros(rows) for t, rows, _ in parts]
            bias = self.plain(f'{name}.bias', torch.cat(values).numpy())
        if not self.quantised:
            weight = self.plain(f'{name}.weight', torch.cat([self.tensors.get(f'{t}.weight') for t, _, _ in parts]).T.numpy())
            ys = [g.op('MatMul', [x, weight], name=name) for g, x in zip(self.both, xs)]
            return [g.op('Add', [y, bias]) if bias else y for g, y in zip(self.both, ys)]
        qs, ss = self.quantise(name, parts, n, k)
        self.q4.external(f'{name}.q', TensorProto.UINT8, [n, -(-k // BLOCK), BLOCK // 2], qs['file'], qs['offset'], qs['bytes'])
        self.q4.external(f'{name}.scales', F32, [n, -(-k // BLOCK)], ss['file'], ss['offset'], ss['bytes'])
        target = self.take(4 * n * k)
        self.f32.external(f'{name}.weight', F32, [k, n], 'llm_f32.bin', target['offset'], target['bytes'])
        self.weights.append({'name': name, 'kind': 'q4', 'n': n, 'k': k, 'block': BLOCK, 'q': place(qs), 'scales': place(ss), 'f32': target})
        a = self.q4.op('MatMulNBits', [xs[0], f'{name}.q', f'{name}.scales'] + (['', '', bias] if bias else []),
                       domain=MS, name=name, K=k, N=n, bits=4, block_size=BLOCK)
        b = self.f32.op('MatMul', [xs[1], f'{name}.weight'], name=name)
        return [a, self.f32.op('Add', [b, bias]) if bias else b]

    def quantise(self, name, parts, n, k):
        """Streams the 4-bit values, then the scales; adds to the loss that is reported."""
        blocks = -(-k // BLOCK)
        place_q = self.files.begin(n * blocks * BLOCK // 2)
        scales = []
        for tensor, rows, _ in parts:
            weight = self.tensors.get(f'{tensor}.weight')
            step = max(1, CHUNK // k)
            for at in range(0, rows, step):
                part = weight[at:at + step]
                packed, scale, value = quantise_rows(part)
                self.files.write(packed.tobytes())
                scales.append(scale)
                self.error += float(((value - part) ** 2).sum())
                self.power += float((part ** 2).sum())
        return place_q, self.files.add(np.concatenate(scales))

    def write_inputs(self):
        llm = self.llm
        for g in self.both:
            g.input('inputs_embeds', [1, 'T', llm.hidden])
            g.input('seqlens_k', [1], I32)
            g.input('total_sequence_length', [1], I32)
            for i in range(llm.layers):
                g.input(f'past_key_values.{i}.key', [1, llm.kv_heads, 'P', llm.head_dim])
                g.input(f'past_key_values.{i}.value', [1, llm.kv_heads, 'P', llm.head_dim])

    def attention(self, i, qkv, cos, sin):
        """One layer's attention on the packed [q|k|v] rows; grows or fills its cache."""
        llm, d = self.llm, self.llm.head_dim
        names = None
        if llm.qk_norm:
            p = f'{self.prefix}layers.{i}.self_attn'
            names = [self.vector(f'layers.{i}.{part}_norm', f'{p}.{part}_norm.weight', d) for part in 'qk']
        if self.dry:
            return qkv
        out = []
        for g, x in zip(self.both, qkv):
            inputs = [x, '', '']
            if names:
                sizes = [llm.heads * d, llm.kv_heads * d, llm.kv_heads * d]
                q, k, v = g.op('Split', [x, g.ints(*sizes)], 3, axis=-1)
                inputs = [self.head_norm(g, q, names[0], llm.heads), self.head_norm(g, k, names[1], llm.kv_heads), v]
            outs = g.op('GroupQueryAttention', [*inputs, f'past_key_values.{i}.key', f'past_key_values.{i}.value',
                                                'seqlens_k', 'total_sequence_length', cos, sin],
                        [f'attention_{i}', f'present.{i}.key', f'present.{i}.value'], domain=MS, name=f'attention.{i}',
                        num_heads=llm.heads, kv_num_heads=llm.kv_heads, do_rotary=1, rotary_interleaved=0, scale=1 / math.sqrt(d))
            out.append(outs[0])
        return out

    def head_norm(self, g, x, name, heads):
        """RMS norm of each head, as Qwen3 has it before the rotary positions."""
        d = self.llm.head_dim
        split = g.op('Reshape', [x, g.ints(1, -1, heads, d)])
        normed = g.op('SimplifiedLayerNormalization', [split, name], axis=-1, epsilon=self.llm.eps, stash_type=1)
        return g.op('Reshape', [normed, g.ints(1, -1, heads * d)])

    def skip_norm(self, kind, i, added, skip, norm):
        """(norm(a + skip), a + skip) in each graph."""
        if self.dry:
            return added, skip
        pairs = [g.op('SkipSimplifiedLayerNormalization', [a, b, norm], [f'n{kind}_{i}', '', '', f's{kind}_{i}'], domain=MS,
                      name=f'skip{kind}.{i}', epsilon=self.llm.eps) for g, a, b in zip(self.both, added, skip)]
        return [p[0] for p in pairs], [p[3] for p in pairs]

    def write_layers(self, cos, sin):
        llm, h, d = self.llm, self.llm.hidden, self.llm.head_dim
        norm = self.vector('layers.0.norm1', f'{self.prefix}layers.0.input_layernorm.weight', h)
        x = [norm if self.dry else g.op('SimplifiedLayerNormalization', ['inputs_embeds', norm], axis=-1, epsilon=llm.eps, stash_type=1)
             for g in self.both]
        skip = ['inputs_embeds', 'inputs_embeds']
        for i in range(llm.layers):
            p = f'{self.prefix}layers.{i}'
            sizes = (('q', llm.heads * d), ('k', llm.kv_heads * d), ('v', llm.kv_heads * d))
            qkv = self.matmul(x, f'layers.{i}.qkv', [(f'{p}.self_attn.{n}_proj', rows, h) for n, rows in sizes])
            y = self.matmul(self.attention(i, qkv, cos, sin), f'layers.{i}.out', [(f'{p}.self_attn.o_proj', h, llm.heads * d)])
            norm = self.vector(f'layers.{i}.norm2', f'{p}.post_attention_layernorm.weight', h)
            x, skip = self.skip_norm(2, i, y, skip, norm)
            gate = self.matmul(x, f'layers.{i}.gate', [(f'{p}.mlp.gate_proj', llm.ffn, h)])
            up = self.matmul(x, f'layers.{i}.up', [(f'{p}.mlp.up_proj', llm.ffn, h)])
            act = x if self.dry else [g.op('Mul', [g.op('Mul', [a, g.op('Sigmoid', [a])]), b]) for g, a, b in zip(self.both, gate, up)]
            y = self.matmul(act, f'layers.{i}.down', [(f'{p}.mlp.down_proj', h, llm.ffn)])
            last = i + 1 == llm.layers
            name, tensor = ('norm', 'norm') if last else (f'layers.{i + 1}.norm1', f'layers.{i + 1}.input_layernorm')
            x, skip = self.skip_norm(1, i, y, skip, self.vector(name, f'{self.prefix}{tensor}.weight', h))
        return x

    def write(self, folder):
        """Everything; returns the manifest's `llm` object and what the report says."""
        llm = self.llm
        table = f'{self.prefix}embed_tokens.weight'
        vocab, width = self.tensors.shape(table)
        need(width == llm.hidden, 'SHAPE_MISMATCH', f'"{table}" is {[vocab, width]}; hidden_size is {llm.hidden}.')
        embed = self.files.skip(2 * vocab * width) if self.dry else self.files.add(self.tensors.get(table).numpy().astype(np.float16))
        tables = SimpleNamespace(cos=None, sin=None)
        if self.dry:
            for _ in range(2):
                self.files.skip(2 * llm.positions * llm.head_dim)
                self.take(2 * llm.positions * llm.head_dim)
        else:
            self.write_inputs()
            cos, sin = rope_tables(llm)
            tables = SimpleNamespace(cos=self.plain('cos', cos), sin=self.plain('sin', sin))
        x = self.write_layers(tables.cos, tables.sin)
        # Only the last position is projected onto the vocabulary.
        if not self.dry:
            x = [g.op('Slice', [t, g.ints(-1), g.ints(2 ** 31), g.ints(1)]) for g, t in zip(self.both, x)]
        ys = self.matmul(x, 'lm_head', [(self.head_name.removesuffix('.weight'), vocab, llm.hidden)])
        self.files.close()
        fits = self.f32_bytes <= F32_LIMIT
        if not self.dry:
            for g, logits in zip(self.both, ys):
                g.output('logits', [1, 1, vocab], logits)
                for i in range(llm.layers):
                    for part in ('key', 'value'):
                        g.outputs.append(onnx.helper.make_tensor_value_info(f'present.{i}.{part}', F32, [1, llm.kv_heads, 'total', llm.head_dim]))
            self.q4.save(f'{folder}/llm_q4.onnx')
            if fits:
                self.f32.save(f'{folder}/llm_f32.onnx')
        spec = dict(hidden=llm.hidden, layers=llm.layers, heads=llm.heads, kvHeads=llm.kv_heads, headDim=llm.head_dim, vocab=vocab,
                    maxPositions=llm.positions, weights=self.weights, f32Bytes=self.f32_bytes,
                    embed={'file': f'onnx/{embed["file"]}', 'offset': embed['offset'], 'dtype': 'f16', 'shape': [vocab, llm.hidden]})
        return spec, dict(parameters=self.parameters + vocab * width, loss=math.sqrt(self.error / self.power) if self.power else 0.0, f32=fits)


def place(spot):
    """A byte range of the manifest; the file is named only where it isn't the first."""
    short = {'offset': spot['offset'], 'bytes': spot['bytes']}
    return short if spot['file'] == 'llm_q4.bin' else {'file': f'onnx/{spot["file"]}', **short}
