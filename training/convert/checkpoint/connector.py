"""Which connector a checkpoint has, read from its configuration."""
import re
from dataclasses import dataclass, field

from ..errors import need
from ..graphs.parts import ACTIVATIONS


@dataclass
class Connector:
    kind: str                  # mlp (also linear: one layer), resampler, qformer
    rows: int                  # rows f32[hidden] that it gives the language model
    layers: int = 0            # mlp: linear layers
    act: str = 'gelu'
    heads: int = 0
    options: dict = field(default_factory=dict)


def read_connector(config, tower):
    """`config`: the whole of config.json. Hugging Face's own LLaVA classes don't name their connector: theirs is a two-layer MLP."""
    kind = config.get('mm_projector_type') or ('qformer' if config.get('model_type') == 'blip-2' else None)
    if kind is None:
        kind = 'mlp' if config.get('model_type') in ('llava', 'llava_next', 'llava_onevision') and 'vision_config' in config else 'linear'
    act = config.get('projector_hidden_act') or 'gelu'
    need(act in ACTIVATIONS, 'ACTIVATION_UNSUPPORTED', f'The projector\'s activation is "{act}"; supported are {", ".join(ACTIVATIONS)}.')
    if kind == 'linear':
        return Connector('mlp', tower.rows, layers=1)
    if kind == 'mlp':
        return Connector('mlp', tower.rows, layers=2, act=act)
    deep = re.fullmatch(r'mlp(\d+)x_gelu', kind)
    if deep:
        return Connector('mlp', tower.rows, layers=int(deep[1]), act='gelu')
    if kind == 'resampler':
        return read_resampler(config.get('resampler_config') or {}, tower)
    if kind == 'qformer':
        return read_qformer(config, tower)
    need(False, 'CONNECTOR_UNSUPPORTED',
         f'The connector is of type "{kind}"; supported are linear, mlp2x_gelu (mlpNx_gelu), resampler and qformer.')


def read_resampler(c, tower):
    """LLaVA-UHD, Qwen-VL, MiniCPM-V: learned queries, one cross-attention. Keys get 2-D positions: "sincos" of the grid, or
    "interpolate" from the stored table; queries get the stored table unless query_position is false."""
    need(tower.rows == tower.side ** 2, 'CONNECTOR_UNSUPPORTED',
         'A resampler reads the patches only; set vision_feature_select_strategy to "default".')
    queries, width = c.get('num_queries'), c.get('embed_dim')
    need(isinstance(queries, int), 'CONFIG_INVALID', 'resampler_config.num_queries is missing.')
    key = c.get('key_position', 'sincos')
    need(key in ('sincos', 'interpolate'), 'CONNECTOR_UNSUPPORTED',
         f'resampler_config.key_position is "{key}"; supported are "sincos" and "interpolate".')
    return Connector('resampler', queries, heads=c.get('num_heads') or (width or 128) // 128,
                     options=dict(width=width, key=key, query=c.get('query_position', True), eps=c.get('layer_norm_eps', 1e-6)))


QFORMER = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, hidden_act='gelu',
               layer_norm_eps=1e-12, cross_attention_frequency=2, use_qformer_text_input=False, position_embedding_type='absolute')


def read_qformer(config, tower):
    c = {**QFORMER, **{k: v for k, v in (config.get('qformer_config') or {}).items() if v is not None}}
    need(not c['use_qformer_text_input'], 'CONNECTOR_UNSUPPORTED',
         'Its Q-Former reads the instruction (InstructBLIP); only one that reads the image alone is supported.')
    need(c['position_embedding_type'] == 'absolute', 'CONNECTOR_UNSUPPORTED',
         f'Its Q-Former has positions of type "{c["position_embedding_type"]}"; "absolute" is supported.')
    return Connector('qformer', config.get('num_query_tokens', 32), layers=c['num_hidden_layers'], act=c['hidden_act'], heads=c['num_attention_heads'],
                     options=dict(width=c['hidden_size'], ffn=c['intermediate_size'], eps=c['layer_norm_eps'], every=c['cross_attention_frequency']))
