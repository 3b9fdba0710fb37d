"""The language model as two ONNX graphs over one file of 4-bit weights, and the manifest's account of that file."""
import math

import numpy as np
import onnx
import torch
from onnx import TensorProto

from ...core.config import CONFIG
from ...model.llm import int4_scale
from .graph import MS, Graph

F32, I32 = TensorProto.FLOAT, TensorProto.INT32
BLOCK = 32


def quantise(weight):
    """f32 [N, K] -> (uint8 [N, K/32, 16] low nibble first, scales f32 [N, K/32], dequantised f32 [N, K])."""
    n, k = weight.shape
    groups = weight.reshape(n, k // BLOCK, BLOCK)
    scale = int4_scale(groups)
    q = torch.clamp(torch.round(groups / scale), -8, 7)
    u = (q + 8).to(torch.uint8).numpy()
    return u[..., 0::2] | (u[..., 1::2] << 4), scale[..., 0].numpy(), (q * scale).reshape(n, k)


def unpack(q, scales, n, k):
    """Bytes of `quantise`'s 4-bit values and scales -> f32 [N, K]."""
    q = np.frombuffer(q, np.uint8).reshape(n, k // BLOCK, BLOCK // 2)
    scales = np.frombuffer(scales, np.float32).reshape(n, -1, 1)
    full = np.stack([q & 15, q >> 4], -1).reshape(n, k // BLOCK, BLOCK).astype(np.float32) - 8
    return (full * scales).reshape(n, k)


class Blob:
    """Concatenated arrays, each aligned to 64 bytes."""

    def __init__(self):
        self.data = bytearray()

    def add(self, array):
        self.data += b'\0' * (-len(self.data) % 64)
        offset, raw = len(self.data), np.ascontiguousarray(array).tobytes()
        self.data += raw
        return {'offset': offset, 'bytes': len(raw)}


def export_llm(llm, folder, cfg=CONFIG):
    """Writes llm_q4.onnx + llm_q4.bin and llm_f32.onnx; returns the manifest's `llm` object.
    The model's linear layers are replaced by their dequantised 4-bit values."""
    h, d, kv, qh = cfg['hidden'], cfg['head_dim'], cfg['kv_heads'], cfg['q_heads']
    q4, f32 = Graph('llm_q4'), Graph('llm_f32')
    blob, f32_bytes, weights = Blob(), 0, []
    embed = blob.add(llm.embed.weight.detach().numpy().astype(np.float16))
    both = (q4, f32)

    def take(size):
        nonlocal f32_bytes
        f32_bytes += -f32_bytes % 64
        spot = {'offset': f32_bytes, 'bytes': size}
        f32_bytes += size
        return spot

    def plain(name, array):
        """A small f32 tensor, in both external files."""
        array = np.ascontiguousarray(array, np.float32)
        source, target = blob.add(array), take(array.nbytes)
        q4.external(name, F32, array.shape, 'llm_q4.bin', source['offset'], source['bytes'])
        f32.external(name, F32, array.shape, 'llm_f32.bin', target['offset'], target['bytes'])
        weights.append({'name': name, 'kind': 'f32', 'source': source, 'f32': target})
        return name

    def matmul(xs, layer, name):
        n, k = layer.weight.shape
        packed, scales, value = quantise(layer.weight.detach())
        layer.weight.data = value
        qs, ss, target = blob.add(packed), blob.add(scales), take(4 * n * k)
        q4.external(f'{name}.q', TensorProto.UINT8, [n, k // BLOCK, BLOCK // 2], 'llm_q4.bin', qs['offset'], qs['bytes'])
        q4.external(f'{name}.scales', F32, [n, k // BLOCK], 'llm_q4.bin', ss['offset'], ss['bytes'])
        f32.external(f'{name}.weight', F32, [k, n], 'llm_f32.bin', target['offset'], target['bytes'])
        weights.append({'name': name, 'kind': 'q4', 'n': n, 'k': k, 'block': BLOCK, 'q': qs, 'scales': ss, 'f32': target})
        bias = None if layer.bias is None else plain(f'{name}.bias', layer.bias.detach().numpy())
        a = q4.op('MatMulNBits', [xs[0], f'{name}.q', f'{name}.scales'] + (['', '', bias] if bias else []),
                  domain=MS, name=name, K=k, N=n, bits=4, block_size=BLOCK)
        b = f32.op('MatMul', [xs[1], f'{name}.weight'], name=name)
        return a, f32.op('Add', [b, bias]) if bias else b

    for g in both:
        g.input('inputs_embeds', [1, 'T', h])
        g.input('seqlens_k', [1], I32)
        g.input('total_sequence_length', [1], I32)
        for i in range(cfg['layers']):
            g.input(f'past_key_values.{i}.key', [1, kv, 'P', d])
            g.input(f'past_key_values.{i}.value', [1, kv, 'P', d])
    cos, sin = plain('cos', llm.cos.numpy()), plain('sin', llm.sin.numpy())
    eps = cfg['rms_eps']
    norm = plain('layers.0.norm1', llm.layers[0].norm1.weight.detach().numpy())
    x = [g.op('SimplifiedLayerNormalization', ['inputs_embeds', norm], axis=-1, epsilon=eps, stash_type=1) for g in both]
    skip = ['inputs_embeds', 'inputs_embeds']
    for i, layer in enumerate(llm.layers):
        qkv = matmul(x, layer.qkv, f'layers.{i}.qkv')
        att = []
        for g, t in zip(both, qkv):
            outs = g.op('GroupQueryAttention', [t, '', '', f'past_key_values.{i}.key', f'past_key_values.{i}.value',
                                                'seqlens_k', 'total_sequence_length', cos, sin],
                        [f'attention_{i}', f'present.{i}.key', f'present.{i}.value'], domain=MS, name=f'attention.{i}',
                        num_heads=qh, kv_num_heads=kv, do_rotary=1, rotary_interleaved=0, scale=1 / math.sqrt(d))
            att.append(outs[0])
        y = matmul(att, layer.out, f'layers.{i}.out')
        norm = plain(f'layers.{i}.norm2', layer.norm2.weight.detach().numpy())
        pairs = [g.op('SkipSimplifiedLayerNormalization', [a, b, norm], [f'n2_{i}', '', '', f's2_{i}'], domain=MS,
                      name=f'skip2.{i}', epsilon=eps) for g, a, b in zip(both, y, skip)]
        x, skip = [p[0] for p in pairs], [p[3] for p in pairs]
        gate, up = matmul(x, layer.gate, f'layers.{i}.gate'), matmul(x, layer.up, f'layers.{i}.up')
        act = [g.op('Mul', [g.op('Mul', [a, g.op('Sigmoid', [a])]), b]) for g, a, b in zip(both, gate, up)]
        y = matmul(act, layer.down, f'layers.{i}.down')
        last = i + 1 == cfg['layers']
        w = llm.norm.weight if last else llm.layers[i + 1].norm1.weight
        norm = plain('norm' if last else f'layers.{i + 1}.norm1', w.detach().numpy())
        pairs = [g.op('SkipSimplifiedLayerNormalization', [a, b, norm], [f'n1_{i}', '', '', f's1_{i}'], domain=MS,
                      name=f'skip1.{i}', epsilon=eps) for g, a, b in zip(both, y, skip)]
        x, skip = [p[0] for p in pairs], [p[3] for p in pairs]
    # Only the last position is projected onto the vocabulary.
    x = [g.op('Slice', [t, g.ints(-1), g.ints(2 ** 31), g.ints(1)]) for g, t in zip(both, x)]
    for g, logits in zip(both, matmul(x, llm.head, 'lm_head')):
        g.output('logits', [1, 1, cfg['vocab']], logits)
        for i in range(cfg['layers']):
            for part in ('key', 'value'):
                g.outputs.append(onnx.helper.make_tensor_value_info(f'present.{i}.{part}', F32, [1, kv, 'total', d]))
    q4.save(f'{folder}/onnx/llm_q4.onnx')
    f32.save(f'{folder}/onnx/llm_f32.onnx')
    with open(f'{folder}/onnx/llm_q4.bin', 'wb') as f:
        f.write(blob.data)
    return dict(hidden=h, layers=cfg['layers'], heads=qh, kvHeads=kv, headDim=d, vocab=cfg['vocab'], maxPositions=cfg['positions'],
                embed={'file': 'onnx/llm_q4.bin', 'offset': embed['offset'], 'dtype': 'f16', 'shape': [cfg['vocab'], h]},
                weights=weights, f32Bytes=f32_bytes)


def dequantise_file(folder, llm, target):
    """What the app does at load: llm_q4.bin -> llm_f32.bin, following the manifest."""
    with open(f'{folder}/onnx/llm_q4.bin', 'rb') as f:
        raw = f.read()
    out = bytearray(llm['f32Bytes'])
    part = lambda spot: raw[spot['offset']:spot['offset'] + spot['bytes']]
    for w in llm['weights']:
        if w['kind'] == 'f32':
            value = part(w['source'])
        else:
            value = np.ascontiguousarray(unpack(part(w['q']), part(w['scales']), w['n'], w['k']).T).tobytes()
        out[w['f32']['offset']:w['f32']['offset'] + w['f32']['bytes']] = value
    with open(target, 'wb') as f:
        f.write(out)
