"""The language model's graphs with a low-rank adapter as inputs, over the same weight file.

y = W x becomes y = W x + ((x * mask) a) b for every projection of every layer:
  lora_mask           f32[1, T, 1]  1 where the adapter acts
  lora.{i}.{proj}.a   f32[K, r]     PEFT's lora_A transposed
  lora.{i}.{proj}.b   f32[r, N]     PEFT's lora_B transposed, times alpha / r
Each pair has a rank of its own; a projection that an adapter leaves alone gets r = 1 and zeros.

    python -m training.export.lora public/models/nadir-s      adds the graphs to a folder and its manifest
"""
import argparse
import re
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper

from ..core.files import read_json
from ..model import lora
from .graphs.llm import dequantise_file
from .parity import check
from .refresh import refresh
from .restore import load_llm

NODE = re.compile(rf'layers\.(\d+)\.({"|".join(lora.TARGETS)})')


def with_lora(model):
    """A copy of the graph with the adapter's inputs. The node `layers.{i}.{proj}` is the projection's product."""
    out = onnx.ModelProto()
    out.CopyFrom(model)
    graph = out.graph
    sizes = {t.name: list(t.dims) for t in graph.initializer}
    nodes, inputs, masked = [], [helper.make_tensor_value_info('lora_mask', TensorProto.FLOAT, [1, 'T', 1])], {}
    for node in graph.node:
        nodes.append(node)
        at = NODE.fullmatch(node.name)
        if not at:
            continue
        sides = {a.name: a.i for a in node.attribute}
        k, n = (sides['K'], sides['N']) if node.op_type == 'MatMulNBits' else sizes[node.input[1]]
        name, x, y = f'lora.{at[1]}.{at[2]}', node.input[0], node.output[0]
        node.output[0] = f'{y}_base'
        if x not in masked:
            masked[x] = f'{x}_masked'
            nodes.append(helper.make_node('Mul', [x, 'lora_mask'], [masked[x]], name=f'{name}.mask'))
        nodes.append(helper.make_node('MatMul', [masked[x], f'{name}.a'], [f'{name}.low'], name=f'{name}.low'))
        nodes.append(helper.make_node('MatMul', [f'{name}.low', f'{name}.b'], [f'{name}.delta'], name=f'{name}.delta'))
        nodes.append(helper.make_node('Add', [f'{y}_base', f'{name}.delta'], [y], name=f'{name}.add'))
        inputs += [helper.make_tensor_value_info(f'{name}.a', TensorProto.FLOAT, [k, f'{name}.r']),
                   helper.make_tensor_value_info(f'{name}.b', TensorProto.FLOAT, [f'{name}.r', n])]
    assert masked, 'no projection of the graph has a name that an adapter could be added to'
    del graph.node[:]
    graph.node.extend(nodes)
    graph.input.extend(inputs)
    graph.name = f'{graph.name}_lora'
    return out


def write_lora_graphs(folder):
    """Writes onnx/llm_{q4,f32}_lora.onnx beside the graphs that are there; returns the manifest's `llm.loraGraphs`."""
    files = {}
    for kind in ('q4', 'f32'):
        model = with_lora(onnx.load(f'{folder}/onnx/llm_{kind}.onnx', load_external_data=False))
        files[kind] = f'onnx/llm_{kind}_lora.onnx'
        with open(f'{folder}/{files[kind]}', 'wb') as f:
            f.write(model.SerializeToString())
    return files


def feeds_of(tensors, alpha, layers, sizes):
    """PEFT tensors -> the graphs' inputs. `sizes`: {projection: (K, N)}."""
    feeds = {}
    for i in range(layers):
        for proj, (k, n) in sizes.items():
            key = f'{lora.PREFIX}layers.{i}.{proj}'
            a, b = tensors.get(f'{key}.lora_A.weight'), tensors.get(f'{key}.lora_B.weight')
            feeds[f'lora.{i}.{proj}.a'] = np.zeros((k, 1), np.float32) if a is None else np.ascontiguousarray(a.T)
            feeds[f'lora.{i}.{proj}.b'] = np.zeros((1, n), np.float32) if a is None else np.ascontiguousarray(b.T * (alpha / a.shape[0]))
    return feeds


@torch.no_grad()
def check_lora(model, folder, llm, rows=40, image=(3, 27)):
    """Both graphs against PyTorch with a random adapter, on all rows and on the image's only: logits after a prompt
    and after one more row; and against the plain model with an adapter that does nothing."""
    cfg = model.cfg
    gen = torch.Generator().manual_seed(5)
    prompt, step = torch.randn(1, rows, cfg['hidden'], generator=gen), torch.randn(1, 1, cfg['hidden'], generator=gen)
    mask = np.zeros((1, rows, 1), np.float32)
    mask[:, image[0]:image[1]] = 1
    sizes = {p: (getattr(model.layers[0], p).in_features, getattr(model.layers[0], p).out_features) for p in lora.TARGETS}
    with tempfile.TemporaryDirectory() as tmp:
        for name in ('llm_q4_lora.onnx', 'llm_q4.bin', 'llm_f32_lora.onnx'):
            with open(f'{folder}/onnx/{name}', 'rb') as a, open(f'{tmp}/{name}', 'wb') as b:
                b.write(a.read())
        dequantise_file(folder, llm, f'{tmp}/llm_f32.bin')
        sessions = {f: ort.InferenceSession(f'{tmp}/llm_{f}_lora.onnx', providers=['CPUExecutionProvider']) for f in ('q4', 'f32')}
        plain = model(prompt)[0]
        for targets, partial, strength in ((lora.TARGETS, False, 0.08), (('qkv', 'down'), True, 0.08), (lora.TARGETS, False, 0.0)):
            adapter = lora.attach(model, 5, 10, targets, partial)
            for p in adapter.parameters():
                p.data = torch.randn(p.shape, generator=gen) * strength
            adapter.rows.mask = torch.from_numpy(mask) if partial else None
            want, past = model(prompt)
            want2, _ = model(step, past)
            feeds = feeds_of({k: v.numpy() for k, v in adapter.tensors().items()}, 10, cfg['layers'], sizes)
            adapter.detach()
            kind = 'partial' if partial else 'full' if strength else 'zero'
            effect = (want - plain).abs().max().item()
            assert effect > 0.005 if strength else effect == 0, f'the {kind} adapter changed the logits by {effect}'
            for f, s in sessions.items():
                masks = (mask, 0) if partial else (np.ones_like(mask), 1)
                got, got2 = run_lora(s, cfg, prompt.numpy(), step.numpy(), masks, feeds)
                check(f'llm_{f}_lora {kind} prefill', got, want, 2e-3)
                check(f'llm_{f}_lora {kind} decode', got2, want2, 2e-3)


def run_lora(session, cfg, prompt, step, masks, feeds):
    """Logits after the prompt f32[1,T,H], and after one more row f32[1,1,H]."""
    names, n = [o.name for o in session.get_outputs()], prompt.shape[1]
    past = {f'past_key_values.{i}.{part}': np.zeros((1, cfg['kv_heads'], 0, cfg['head_dim']), np.float32)
            for i in range(cfg['layers']) for part in ('key', 'value')}
    lengths = lambda total: {'seqlens_k': np.array([total - 1], np.int32), 'total_sequence_length': np.array([total], np.int32)}
    got = dict(zip(names, session.run(None, {**feeds, **past, **lengths(n), 'inputs_embeds': prompt, 'lora_mask': masks[0]})))
    past = {k.replace('present', 'past_key_values'): v for k, v in got.items() if k != 'logits'}
    mask2 = np.full((1, 1, 1), masks[1], np.float32)
    return got['logits'], session.run(['logits'], {**feeds, **past, **lengths(n + 1), 'inputs_embeds': step, 'lora_mask': mask2})[0]


def export_lora(model, folder, llm):
    """Writes the graphs, asserts parity with `model` (an LLM that holds the exported 4-bit values); returns `loraGraphs`."""
    files = write_lora_graphs(folder)
    check_lora(model, folder, llm)
    return files


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('folder')
    folder = ap.parse_args().folder.rstrip('/')
    llm = read_json(f'{folder}/nadir.json')['llm']
    llm['loraGraphs'] = export_lora(load_llm(folder), folder, llm)
    refresh(folder, llm=llm)


if __name__ == '__main__':
    main()
