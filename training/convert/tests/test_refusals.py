"""What is refused, by code and name; dry runs; split files; text and pixels."""
import json
import os
import shutil

import numpy as np
import pytest

pytest.importorskip('transformers', reason='transformers is the reference of these tests: pip install "transformers==4.57.*"')

from safetensors.torch import load_file, save_file

from training.convert.__main__ import main
from training.convert.check import Converted
from training.convert.checkpoint.pixels import read_pixels
from training.convert.tests import tiny
from training.convert.tests.test_convert import compare, run
from training.convert.text import render


@pytest.fixture(scope='module')
def originals(tmp_path_factory):
    base = tmp_path_factory.mktemp('kinds')
    return {kind: (base / kind, tiny.build(kind, str(base / kind))) for kind in ('siglip_mlp_qwen2', 'clip_qformer_qwen3', 'dino_resampler_qwen25', 'clip_linear_llama')}


@pytest.fixture
def checkpoint(originals, tmp_path):
    def copy(kind='siglip_mlp_qwen2'):
        folder = tmp_path / 'checkpoint'
        shutil.copytree(originals[kind][0], folder)
        return folder
    return copy


def change(folder, *path, value, file='config.json'):
    """Sets (or, with None, removes) a member of a JSON file."""
    whole = json.loads((folder / file).read_text())
    at = whole
    for key in path[:-1]:
        at = at[key]
    at.pop(path[-1], None) if value is None else at.update({path[-1]: value})
    (folder / file).write_text(json.dumps(whole))


def refused(capsys, folder, *options):
    assert main([str(folder), '--dry-run', *options]) == 1
    said = capsys.readouterr().err
    assert said.startswith('error ')
    return said


@pytest.mark.parametrize('path, value, code, words', [
    (['model_type'], 'llama4', 'MODEL_UNSUPPORTED', 'llama4'),
    (['text_config', 'model_type'], 'mistral', 'LLM_UNSUPPORTED', 'mistral'),
    (['text_config', 'hidden_act'], 'gelu', 'ACTIVATION_UNSUPPORTED', 'silu'),
    (['text_config', 'rope_scaling'], {'rope_type': 'yarn', 'factor': 4}, 'ROPE_UNSUPPORTED', 'yarn'),
    (['text_config', 'rope_scaling'], {'rope_type': 'llama3', 'factor': 8}, 'ROPE_UNSUPPORTED', 'llama3'),
    (['text_config', 'rope_scaling'], {'type': 'default', 'mrope_section': [2, 3, 3]}, 'ROPE_UNSUPPORTED', 'mrope'),
    (['text_config', 'num_attention_heads'], 8, 'LLM_UNSUPPORTED', 'multiple of 16'),
    (['text_config', 'num_hidden_layers'], 3, 'TENSOR_MISSING', 'layers.2'),
    (['text_config', 'intermediate_size'], 128, 'SHAPE_MISMATCH', 'gate_proj'),
    (['vision_config', 'model_type'], 'swin', 'TOWER_UNSUPPORTED', 'swin'),
    (['vision_config', 'hidden_act'], 'mish', 'ACTIVATION_UNSUPPORTED', 'mish'),
    (['vision_config', 'hidden_size'], 96, 'SHAPE_MISMATCH', 'patch_embedding'),
    (['vision_feature_layer'], -9, 'TOWER_UNSUPPORTED', '-9'),
    (['vision_feature_select_strategy'], 'default', 'TOWER_UNSUPPORTED', 'has none'),
    (['mm_projector_type'], 'ldpnet', 'CONNECTOR_UNSUPPORTED', 'ldpnet'),
    (['mm_projector_type'], 'mlp3x_gelu', 'TENSOR_MISSING', 'projector of 3 layers'),
    (['mm_projector_type'], 'qformer', 'TENSOR_MISSING', 'query_tokens'),
    (['projector_hidden_act'], 'mish', 'ACTIVATION_UNSUPPORTED', 'mish'),
])
def test_unsupported_parts_are_named(checkpoint, capsys, path, value, code, words):
    folder = checkpoint()
    change(folder, *path, value=value)
    said = refused(capsys, folder)
    assert code in said and words in said


def test_sliding_windows_are_refused_past_their_length(checkpoint, capsys):
    folder = checkpoint()
    for key, value in (('use_sliding_window', True), ('sliding_window', 64)):
        change(folder, 'text_config', key, value=value)
    said = refused(capsys, folder)
    assert 'LLM_UNSUPPORTED' in said and '--max-positions 64' in said
    assert main([str(folder), '--dry-run', '--max-positions', '64']) == 0


def test_instruction_aware_qformer_is_refused(checkpoint, capsys):
    folder = checkpoint('clip_qformer_qwen3')
    change(folder, 'qformer_config', 'use_qformer_text_input', value=True)
    assert 'InstructBLIP' in refused(capsys, folder)


def test_a_resampler_is_refused_the_cls_token(checkpoint, capsys):
    folder = checkpoint('dino_resampler_qwen25')
    change(folder, 'vision_feature_select_strategy', value='full')
    assert 'CONNECTOR_UNSUPPORTED' in refused(capsys, folder)


def test_missing_parts_are_named(checkpoint, capsys, tmp_path):
    assert 'CHECKPOINT_NOT_FOUND' in refused(capsys, tmp_path / 'nowhere')
    folder = checkpoint('dino_resampler_qwen25')
    os.remove(folder / 'model-00002-of-00003.safetensors')
    said = refused(capsys, folder)
    assert 'CHECKPOINT_NOT_FOUND' in said and 'model-00002' in said
    folder = tmp_path / 'bin'
    shutil.copytree(tmp_path / 'checkpoint', folder)
    for name in os.listdir(folder):
        if 'safetensors' in name:
            os.remove(folder / name)
    (folder / 'pytorch_model.bin').write_bytes(b'x')
    said = refused(capsys, folder)
    assert 'WEIGHTS_UNSUPPORTED' in said and 'pytorch_model.bin' in said


def test_the_tower_kept_elsewhere_is_asked_for(checkpoint, capsys):
    said = refused(capsys, checkpoint('clip_linear_llama'), '--chat-template', 'vicuna')
    assert 'TENSOR_MISSING' in said and 'openai/clip-tiny' in said and '--vision-tower' in said


def test_quantised_checkpoints_are_refused(checkpoint, capsys):
    import torch
    folder = checkpoint()
    state = load_file(folder / 'model.safetensors')
    name = next(n for n in state if n.endswith('fc1.weight'))
    state[name] = torch.zeros(state[name].shape, dtype=torch.uint8)
    save_file(state, folder / 'model.safetensors')
    assert 'WEIGHTS_UNSUPPORTED' in refused(capsys, folder)


def test_text_that_can_not_be_used_is_named(checkpoint, capsys):
    folder = checkpoint()
    change(folder, 'chat_template', value=None, file='tokenizer_config.json')
    assert 'CHAT_TEMPLATE_MISSING' in refused(capsys, folder)
    assert main([str(folder), '--dry-run', '--chat-template', 'chatml']) == 0
    assert 'CHAT_TEMPLATE_MISSING' in refused(capsys, folder, '--chat-template', 'klingon')
    os.remove(folder / 'tokenizer.json')
    (folder / 'tokenizer.model').write_bytes(b'x')
    said = refused(capsys, folder, '--chat-template', 'chatml')
    assert 'TOKENIZER_UNSUPPORTED' in said and 'use_fast=True' in said
    assert 'DIALECT_UNSUPPORTED' in refused(capsys, folder, '--dialect', 'geochat')


def test_the_built_in_turn_begins_as_the_tokenizer_does(originals, tmp_path):
    made, _ = run(originals['clip_linear_llama'][0], 'clip_linear_llama', tmp_path / 'out')
    config = json.loads((tmp_path / 'out/tokenizer_config.json').read_text())
    text = render(config['chat_template'], config)
    assert text.startswith('<|endoftext|>A chat between a curious human') and text.endswith('QqQ ASSISTANT:')
    assert made['stop'] == ['<|im_end|>', '<|endoftext|>']


def test_an_image_token_spelt_otherwise_is_renamed(checkpoint, tmp_path):
    folder = checkpoint()
    for name in ('tokenizer.json', 'tokenizer_config.json'):
        (folder / name).write_text((folder / name).read_text().replace('<image>', '<|vision|>'))
    made, lines = run(folder, 'siglip_mlp_qwen2', tmp_path / 'out')
    added = json.loads((tmp_path / 'out/tokenizer.json').read_text())['added_tokens']
    assert [t['id'] for t in added if t['content'] == '<image>'] == [259]
    assert any("'<|im_start|>user\\n' <image> '\\n' question" in line for line in lines)


def test_dry_run_writes_nothing_and_counts_right(originals, tmp_path, capsys):
    folder, _ = originals['clip_qformer_qwen3']
    out = tmp_path / 'out'
    assert main([str(folder), '--dry-run', '--out', str(out)]) == 0
    said = capsys.readouterr().out
    assert not out.exists()
    run(folder, 'clip_qformer_qwen3', out)
    for name in ('llm_q4.bin', 'vision.safetensors'):
        size = os.path.getsize(out / 'onnx' / name) / 1e6
        assert f'onnx/{name} {size:.1f} MB' in said
    from training.convert.__main__ import convert, parse
    planned = convert(parse([str(folder), '--dry-run']), lambda _: None)
    made = json.loads((out / 'nadir.json').read_text())
    assert planned['llm']['f32Bytes'] == made['llm']['f32Bytes']


def test_weights_are_split_and_say_where(originals, tmp_path):
    folder, oracle = originals['siglip_mlp_qwen2']
    made, _ = run(folder, 'siglip_mlp_qwen2', tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32', '--max-file-bytes', '80000')
    parts = [f for f in made['files'] if f.startswith('onnx/llm_q4') and f.endswith('.bin')]
    assert len(parts) > 3 and all(made['files'][f]['bytes'] <= 80000 for f in parts)
    assert any(w['source'].get('file') == 'onnx/llm_q4.2.bin' for w in made['llm']['weights'])
    for graph in ('q4', 'f32'):
        assert max(compare(Converted(str(tmp_path / 'out'), made, graph), oracle, made)) <= 1e-3


def test_a_failure_leaves_nothing_and_nothing_is_overwritten(checkpoint, tmp_path, capsys):
    folder = checkpoint()
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'mine.txt').write_text('keep me')
    assert main([str(folder), '--out', str(out)]) == 1
    assert 'OUT_EXISTS' in capsys.readouterr().err
    assert main([str(folder), '--out', str(out), '--overwrite']) == 1, 'no model folder: not even then'
    assert 'OUT_EXISTS' in capsys.readouterr().err and (out / 'mine.txt').exists()
    state = load_file(folder / 'model.safetensors')
    name = next(n for n in state if n.endswith('layers.1.mlp.down_proj.weight'))
    save_file({k: v for k, v in state.items() if k != name}, folder / 'model.safetensors')
    assert main([str(folder), '--out', str(tmp_path / 'half')]) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ['checkpoint', 'out']


@pytest.mark.parametrize('change, mean, std, size', [
    (dict(), [0.5, 0.4, 0.3], [0.5, 0.25, 0.2], 32),
    (dict(do_normalize=False), [0, 0, 0], [1, 1, 1], 32),
    (dict(rescale_factor=1 / 127.5), [0.25, 0.2, 0.15], [0.25, 0.125, 0.1], 32),
    (dict(do_center_crop=True, crop_size={'height': 24, 'width': 24}), [0.5, 0.4, 0.3], [0.5, 0.25, 0.2], 24),
    (dict(size={'shortest_edge': 28}), [0.5, 0.4, 0.3], [0.5, 0.25, 0.2], 28),
])
def test_pixels(tmp_path, change, mean, std, size):
    tiny.save_processor(str(tmp_path), 32)
    path = tmp_path / 'preprocessor_config.json'
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    got = read_pixels(str(tmp_path), str(tmp_path))
    assert np.allclose(got['mean'], mean, atol=1e-6) and np.allclose(got['std'], std, atol=1e-6) and got['size'] == size
