"""PEFT adapters merged at conversion, against PEFT itself; and adapters as inputs of the converted graphs."""
import json

import numpy as np
import onnxruntime as ort
import pytest
import torch

pytest.importorskip('transformers', reason='transformers is the reference of these tests: pip install "transformers==4.57.*"')
peft = pytest.importorskip('peft', reason='peft is the reference of these tests: pip install "peft>=0.17"')

from training.convert.__main__ import main
from training.convert.check import Converted
from training.convert.tests import tiny
from training.convert.tests.test_convert import compare, relative, run

TARGETS = ['q_proj', 'v_proj', 'o_proj', 'gate_proj', 'down_proj']


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp('base')
    return folder, tiny.siglip_mlp_qwen2(str(folder))


def adapted(oracle, folder, **more):
    """A random adapter on the language model, saved by PEFT; returns an Oracle that runs it through PEFT."""
    import copy
    config = peft.LoraConfig(**{**dict(r=4, lora_alpha=12, target_modules=TARGETS, task_type='CAUSAL_LM'), **more})
    model = peft.get_peft_model(copy.deepcopy(oracle.llm), config)
    g = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if 'lora_' in name:
                p.copy_(0.3 * torch.randn(p.shape, generator=g))
    model.save_pretrained(str(folder))
    return tiny.Oracle(oracle.visual, model.eval(), oracle.tower)


@pytest.mark.parametrize('more', [
    {}, {'use_rslora': True}, {'rank_pattern': {'v_proj': 2}, 'alpha_pattern': {'layers.0.self_attn.q_proj': 3}}, {'target_modules': ['lm_head', 'k_proj']},
], ids=['plain', 'rslora', 'patterns', 'head'])
def test_merged_adapter_equals_peft(checkpoint, tmp_path, more):
    folder, oracle = checkpoint
    want = adapted(oracle, tmp_path / 'adapter', **more)
    made, lines = run(folder, 'siglip_mlp_qwen2', tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32',
                      '--merge-adapter', str(tmp_path / 'adapter'))
    assert any(line.startswith('adapter') and 'modules merged' in line for line in lines)
    model = Converted(str(tmp_path / 'out'), made)
    assert max(compare(model, want, made)) <= 1e-3
    assert max(compare(model, oracle, made)[1:]) > 1e-2, 'the adapter changed nothing'


def edit(folder, **more):
    path = folder / 'adapter_config.json'
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


@pytest.mark.parametrize('more, code, words', [
    (dict(peft_type='IA3'), 'ADAPTER_UNSUPPORTED', 'IA3'),
    (dict(use_dora=True), 'ADAPTER_UNSUPPORTED', 'use_dora'),
    (dict(nadir_partial=True), 'ADAPTER_UNSUPPORTED', 'visual tokens only'),
    (dict(bias='all'), 'ADAPTER_UNSUPPORTED', 'biases'),
    (dict(r=8), 'ADAPTER_MISMATCH', 'rank 4'),
])
def test_adapters_that_do_not_fit_are_named(checkpoint, tmp_path, capsys, more, code, words):
    folder, oracle = checkpoint
    adapted(oracle, tmp_path / 'adapter')
    edit(tmp_path / 'adapter', **more)
    assert main([str(folder), '--dry-run', '--merge-adapter', str(tmp_path / 'adapter')]) == 1
    said = capsys.readouterr().err
    assert code in said and words in said


def test_adapter_of_another_base_is_named(checkpoint, tmp_path, capsys):
    folder, _ = checkpoint
    other = tiny.Oracle(None, tiny.randomise(tiny.LLM['qwen2'](tiny.text_config('qwen2', num_hidden_layers=3)), 9), None)
    adapted(other, tmp_path / 'deep')
    assert main([str(folder), '--dry-run', '--merge-adapter', str(tmp_path / 'deep')]) == 1
    assert 'ADAPTER_MISMATCH' in capsys.readouterr().err
    other = tiny.Oracle(None, tiny.randomise(tiny.LLM['qwen2'](tiny.text_config('qwen2', hidden_size=32)), 9), None)
    adapted(other, tmp_path / 'narrow')
    assert main([str(folder), '--dry-run', '--merge-adapter', str(tmp_path / 'narrow')]) == 1
    said = capsys.readouterr().err
    assert 'ADAPTER_MISMATCH' in said and 'another base model' in said


@pytest.mark.parametrize('graph', ['q4', 'f32'])
def test_adapter_as_graph_inputs(checkpoint, tmp_path, graph):
    """The lora graphs of a converted folder: zeros change nothing, and o_proj's A and B do what PEFT's do."""
    folder, oracle = checkpoint
    want = adapted(oracle, tmp_path / 'adapter', target_modules=['o_proj'])
    made, _ = run(folder, 'siglip_mlp_qwen2', tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32')
    assert made['llm']['loraGraphs'] == {'q4': 'onnx/llm_q4_lora.onnx', 'f32': 'onnx/llm_f32_lora.onnx'}
    model = Converted(str(tmp_path / 'out'), made, graph)
    path = f'{tmp_path}/out/{made["llm"]["loraGraphs"][graph]}'
    if graph == 'f32':
        with open(path, 'rb') as a, open(f'{model.tmp.name}/lora.onnx', 'wb') as b:
            b.write(a.read())
        path = f'{model.tmp.name}/lora.onnx'
    lora = ort.InferenceSession(path, providers=['CPUExecutionProvider'])
    rows = torch.randn(1, 6, made['llm']['hidden'], generator=torch.Generator().manual_seed(2))
    plain = model.decoder(rows.numpy())
    model.decoder.restart()
    feeds = {'inputs_embeds': rows.numpy(), 'seqlens_k': np.array([5], np.int32), 'total_sequence_length': np.array([6], np.int32),
             'lora_mask': np.ones((1, 6, 1), np.float32), **model.decoder.past}
    for node in lora.get_inputs():
        if node.name.startswith('lora.'):
            feeds[node.name] = np.zeros([1 if isinstance(s, str) else s for s in node.shape], np.float32)
    assert relative(lora.run(['logits'], feeds)[0][0, 0], plain) < 1e-5
    for i, layer in enumerate(want.llm.base_model.model.model.layers):
        o = layer.self_attn.o_proj
        feeds[f'lora.{i}.out.a'] = o.lora_A['default'].weight.detach().numpy().T.copy()
        feeds[f'lora.{i}.out.b'] = (o.lora_B['default'].weight.detach().numpy().T * (12 / 4)).astype(np.float32)
    logits, _ = want.logits(rows)
    assert relative(lora.run(['logits'], feeds)[0][0, 0], logits) < 1e-3
    assert relative(plain, logits) > 1e-2
