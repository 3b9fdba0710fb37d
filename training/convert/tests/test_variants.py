"""Variants of towers and language models beside the six kinds, against transformers."""
import os

import numpy as np
import pytest
import torch

transformers = pytest.importorskip('transformers', reason='transformers is the reference of these tests: pip install "transformers==4.57.*"')

from safetensors.torch import save_file

from training.convert.check import Converted, session
from training.convert.checkpoint.llm import read_llm
from training.convert.checkpoint.tensors import Tensors
from training.convert.checkpoint.vision import read_tower
from training.convert.graphs.llm import rope_tables
from training.convert.graphs.vision import write_vision
from training.convert.graphs.vision_weights import find_tower, tower_weights
from training.convert.tests import tiny
from training.convert.tests.test_convert import compare, relative, run

SMALL = dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=3, image_size=40, patch_size=8)


@pytest.mark.parametrize('name, config, layer, strategy, size', [
    ('clip last layer', tiny.clip_config(), -1, 'full', None),
    ('clip embedding only', tiny.clip_config(), 0, 'default', None),
    ('clip relu', tiny.clip_config(hidden_act='relu'), -2, 'default', None),
    ('siglip last layer', tiny.siglip_config(), -1, 'full', None),
    ('siglip two layers', tiny.siglip_config(), [1, -1], 'full', None),
    ('dinov2', tiny.dino_config(), -1, 'default', None),
    ('dinov2 enlarged', tiny.dino_config(), -2, 'default', 72),
    ('dinov2 swiglu', tiny.dino_config(use_swiglu_ffn=True), -1, 'full', None),
    ('dinov2 registers', transformers.Dinov2WithRegistersConfig(**SMALL, mlp_ratio=2, num_register_tokens=4), -1, 'full', None),
    ('clip enlarged', tiny.clip_config(), -2, 'default', 48),
])
def test_tower(tmp_path, name, config, layer, strategy, size):
    kinds = {'clip_vision_model': transformers.CLIPVisionModel, 'siglip_vision_model': transformers.SiglipVisionModel,
             'dinov2': transformers.Dinov2Model, 'dinov2_with_registers': transformers.Dinov2WithRegistersModel}
    model = tiny.randomise(kinds[config.model_type](config), 4)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, tmp_path / 'model.safetensors')
    tower = read_tower(config.to_dict(), layer, strategy, size)
    weights = tower_weights(tower, find_tower(Tensors(str(tmp_path)), tower))
    write_vision(tower, weights, str(tmp_path), half=False)
    pixels = torch.randn(1, tower.image, tower.image, 3, generator=torch.Generator().manual_seed(1))
    more = {'interpolate_pos_encoding': True} if size and config.model_type == 'clip_vision_model' else {}
    with torch.no_grad():
        hidden = model(pixels.permute(0, 3, 1, 2), output_hidden_states=True, **more).hidden_states
    read = torch.cat([hidden[i] for i in (layer if isinstance(layer, list) else [layer])], -1)[:, int(strategy == 'default'):]
    got = session(f'{tmp_path}/vision.onnx').run(None, {'pixels': pixels.numpy()})[0]
    assert got.shape == (1, tower.rows, tower.features) == tuple(read.shape)
    assert relative(got, read) < 1e-4
    assert tower.wgsl == (config.model_type == 'siglip_vision_model' and not isinstance(layer, list))


def test_llava_onevision(tmp_path):
    """SigLIP's last layer, all of its tokens, the newline row, a tied embedding."""
    folder = tmp_path / 'in'
    os.makedirs(folder)
    text = tiny.text_config('qwen2', tie_word_embeddings=True)
    config = transformers.LlavaOnevisionConfig(vision_config=tiny.siglip_config(), text_config=text, image_token_index=259, tie_word_embeddings=True)
    model = tiny.randomise(transformers.LlavaOnevisionForConditionalGeneration(config), 61)
    model.save_pretrained(folder)
    tiny.save_tokenizer(str(folder)), tiny.save_processor(str(folder), 32)
    inner = model.model
    llm = transformers.Qwen2ForCausalLM(text).eval()
    llm.model.load_state_dict(inner.language_model.state_dict())
    llm.tie_weights()

    @torch.no_grad()
    def visual(pixels):
        seen = inner.vision_tower(pixels, output_hidden_states=True).hidden_states[-1]
        packed, _ = inner.pack_image_features([inner.multi_modal_projector(seen)], torch.tensor([[32, 32]]), image_newline=inner.image_newline,
                                              vision_aspect_ratio='anyres_max_9')
        return packed[0][None]

    made, lines = run(folder, 'onevision', tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32')
    assert made['tokensPerSlice'] == 17 and made['slicing']['default'] == 'llava-uhd'
    assert made['vision']['stem'][0]['name'] == 'patch' and made['vision']['finalNorm'] is False
    assert any('tied embedding' in line for line in lines)
    assert max(compare(Converted(str(tmp_path / 'out'), made), tiny.Oracle(visual, llm, None), made)) <= 1e-3


def test_blip2_with_qwen3(tmp_path):
    """transformers' own BLIP-2 around a Qwen3: packed queries, keys and values in the tower, its last norm, the Q-Former."""
    folder = tmp_path / 'in'
    os.makedirs(folder)
    text = tiny.text_config('qwen3', head_dim=16)
    vision = transformers.Blip2VisionConfig(hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=3, image_size=32, patch_size=8)
    qformer = transformers.Blip2QFormerConfig(hidden_size=40, num_hidden_layers=2, num_attention_heads=2, intermediate_size=56, encoder_hidden_size=48)
    config = transformers.Blip2Config(vision_config=vision.to_dict(), qformer_config=qformer.to_dict(), text_config=text.to_dict(), num_query_tokens=5,
                                      image_token_index=259)
    model = tiny.randomise(transformers.Blip2ForConditionalGeneration(config), 71)
    model.save_pretrained(folder)
    tiny.save_tokenizer(str(folder)), tiny.save_processor(str(folder), 32)

    @torch.no_grad()
    def visual(pixels):
        seen = model.vision_model(pixels).last_hidden_state
        return model.language_projection(model.qformer(query_embeds=model.query_tokens, encoder_hidden_states=seen).last_hidden_state)

    made, _ = run(folder, 'blip2', tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32')
    assert made['tokensPerSlice'] == 5
    assert max(compare(Converted(str(tmp_path / 'out'), made), tiny.Oracle(visual, model.language_model, None), made)) <= 1e-3


def test_biases_and_odd_sizes(tmp_path):
    """A Llama with biases on every attention layer, two heads a key, and sizes that no block of 32 divides."""
    folder = tmp_path / 'in'
    os.makedirs(folder)
    text = tiny.text_config('llama', attention_bias=True, mlp_bias=True, intermediate_size=70, head_dim=16, hidden_size=40)
    oracle, _ = tiny.hf_llava(str(folder), tiny.clip_config(), text, 81)
    tiny.save_tokenizer(str(folder)), tiny.save_processor(str(folder), 32)
    made, _ = run(folder, 'biases', tmp_path / 'f32', '--weights', 'f32', '--vision-weights', 'f32')
    assert max(compare(Converted(str(tmp_path / 'f32'), made), oracle, made)) <= 1e-3
    made, _ = run(folder, 'biases', tmp_path / 'q4', '--vision-weights', 'f32')
    from training.convert.tests.test_convert import dequantise_oracle
    dequantise_oracle(oracle.llm)
    for graph in ('q4', 'f32'):
        assert max(compare(Converted(str(tmp_path / 'q4'), made, graph), oracle, made)) <= 1e-3


def test_half_precision_tower_stays_close(tmp_path):
    folder = tmp_path / 'in'
    oracle = tiny.build('siglip_mlp_qwen2', str(folder))
    made, _ = run(folder, 'siglip_mlp_qwen2', tmp_path / 'out', '--weights', 'f32')
    pixels = torch.randn(1, 32, 32, 3, generator=torch.Generator().manual_seed(5))
    got = Converted(str(tmp_path / 'out'), made).see(pixels.numpy())
    assert 1e-6 < relative(got, oracle.visual(pixels.permute(0, 3, 1, 2))) < 5e-3


def test_rope_tables_are_transformers(tmp_path):
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
    for more in ({}, {'rope_theta': 5e5}, {'rope_scaling': {'rope_type': 'linear', 'factor': 4.0}}, {'rope_scaling': {'type': 'linear', 'factor': 2.5}}):
        config = tiny.text_config('llama', **more)
        cos, sin = rope_tables(read_llm(config.to_dict(), 64))
        want = LlamaRotaryEmbedding(config)(torch.zeros(1, 64, 4), torch.arange(64)[None])
        assert np.abs(cos - want[0][0, :, :8].numpy()).max() < 1e-5 and np.abs(sin - want[1][0, :, :8].numpy()).max() < 1e-5
