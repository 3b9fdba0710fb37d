"""What config.json says of the language model, checked against what the decoder graph can do."""
from dataclasses import dataclass

from ..errors import need

# transformers' defaults: a configuration inside another one is saved without the values that equal them.
DEFAULTS = {
    'llama': dict(vocab_size=32000, hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32,
                  max_position_embeddings=2048, rms_norm_eps=1e-6),
    'qwen2': dict(vocab_size=151936, hidden_size=4096, intermediate_size=22016, num_hidden_layers=32, num_attention_heads=32,
                  num_key_value_heads=32, max_position_embeddings=32768, rms_norm_eps=1e-6),
    'qwen3': dict(vocab_size=151936, hidden_size=4096, intermediate_size=22016, num_hidden_layers=32, num_attention_heads=32,
                  num_key_value_heads=32, head_dim=128, max_position_embeddings=32768, rms_norm_eps=1e-6),
}


@dataclass
class Llm:
    kind: str
    hidden: int
    ffn: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    positions: int
    eps: float
    theta: float
    rope_factor: float
    qk_norm: bool
    tied: bool


def read_llm(config, max_positions):
    """`config`: text_config, or the whole of config.json in the original layout. `max_positions`: the app's cache length at most."""
    kind = config.get('model_type')
    need(kind in DEFAULTS, 'LLM_UNSUPPORTED',
         f'The language model is of type "{kind}"; supported are llama (also Vicuna), qwen2 (also Qwen1.5, Qwen2.5) and qwen3.')
    c = {**DEFAULTS[kind], **{k: v for k, v in config.items() if v is not None}}
    act = c.get('hidden_act', 'silu')
    need(act in ('silu', 'swish'), 'ACTIVATION_UNSUPPORTED', f'The language model\'s activation is "{act}"; silu is supported.')
    need(c.get('partial_rotary_factor', 1) == 1, 'ROPE_UNSUPPORTED',
         f'partial_rotary_factor is {c.get("partial_rotary_factor")}; only 1 is supported.')
    theta, factor = read_rope(c)
    heads = c['num_attention_heads']
    head_dim = c.get('head_dim') or c['hidden_size'] // heads
    need(head_dim % 16 == 0, 'LLM_UNSUPPORTED',
         f'The heads are {head_dim} wide; ONNX Runtime\'s attention with rotary positions needs a multiple of 16.')
    positions = min(max_positions, c['max_position_embeddings'])
    windowed = c.get('use_sliding_window') and (c.get('sliding_window') or positions) < positions
    need(not windowed, 'LLM_UNSUPPORTED',
         f'Its attention window is {c.get("sliding_window")} positions; give --max-positions {c.get("sliding_window")} or less.')
    return Llm(kind=kind, hidden=c['hidden_size'], ffn=c['intermediate_size'], layers=c['num_hidden_layers'], heads=heads,
               kv_heads=c.get('num_key_value_heads') or heads, head_dim=head_dim, positions=positions, eps=c['rms_norm_eps'],
               theta=theta, rope_factor=factor, qk_norm=kind == 'qwen3', tied=bool(c.get('tie_word_embeddings', False)))


def read_rope(c):
    """(theta, factor by which positions are divided). Both spellings: rope_scaling beside rope_theta, and rope_parameters."""
    rope = c.get('rope_parameters') or c.get('rope_scaling') or {}
    theta = c.get('rope_theta') or rope.get('rope_theta') or 10000.0
    kind = rope.get('rope_type', rope.get('type', 'default'))
    need('mrope_section' not in rope and kind != 'mrope', 'ROPE_UNSUPPORTED',
         'Its positions are multimodal (mrope, as in Qwen2-VL); one position a token is supported.')
    need(kind in ('default', 'linear'), 'ROPE_UNSUPPORTED',
         f'Its rotary positions are scaled by "{kind}"; supported are none and "linear".')
    factor = float(rope.get('factor', 1.0)) if kind == 'linear' else 1.0
    need(factor > 0, 'ROPE_UNSUPPORTED', f'The factor of its rotary positions is {factor}.')
    return float(theta), factor
