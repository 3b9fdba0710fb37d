"""The resampler of Qwen-VL, LLaVA-UHD and MiniCPM-V: learned queries attend once to the patches.

out = (LN_post(MHA(q = LN_q(query) + pos_q, k = LN_kv(W_kv·x) + pos_grid, v = LN_kv(W_kv·x)))) · proj
All positions are constants once the grid is known, so the queries' side is a constant too."""
import math

import torch
import torch.nn.functional as F

from ..errors import need
from .vision_weights import Source, linear

PREFIXES = ('resampler.', 'model.resampler.', 'multi_modal_projector.', 'model.multi_modal_projector.', 'model.mm_projector.', 'mm_projector.',
            'transformer.visual.attn_pool.')


def sincos_2d(width, rows, cols):
    """f32 [rows · cols, width]: the first half of the channels encodes the column, the second the row; each half is sines, then cosines
    (as MAE, Qwen-VL and MiniCPM-V have it)."""
    omega = 1.0 / 10000 ** (torch.arange(width // 4, dtype=torch.float64) / (width / 4))
    y, x = torch.meshgrid(torch.arange(rows, dtype=torch.float64), torch.arange(cols, dtype=torch.float64), indexing='ij')
    parts = [torch.outer(v.reshape(-1), omega) for v in (x, y)]
    return torch.cat([f(a) for a in parts for f in (torch.sin, torch.cos)], dim=1).float()


def key_positions(source, connector, tower, width):
    if connector.options['key'] == 'sincos':
        return sincos_2d(width, tower.side, tower.side)
    table = source.get('pos_embed', connector.rows, width)
    side = math.isqrt(connector.rows)
    need(side * side == connector.rows, 'CONNECTOR_UNSUPPORTED',
         f'Its {connector.rows} queries are no square grid, so their positions can\'t be interpolated.')
    if side == tower.side:
        return table
    grid = F.interpolate(table.reshape(1, side, side, width).permute(0, 3, 1, 2), size=(tower.side, tower.side), mode='bicubic', align_corners=False)
    return grid.permute(0, 2, 3, 1).reshape(-1, width)


def resampler_weights(connector, tower, tensors, hidden):
    prefix = tensors.prefix('query', PREFIXES)
    need(prefix is not None, 'TENSOR_MISSING', 'The checkpoint holds no resampler: there is no "resampler.query".')
    source = Source(tensors, prefix)
    queries, width = tensors.shape(f'{prefix}query')
    need(queries == connector.rows, 'SHAPE_MISMATCH', f'"{prefix}query" has {queries} rows; num_queries is {connector.rows}.')
    need(connector.heads > 0 and width % connector.heads == 0 and width % 4 == 0, 'CONNECTOR_UNSUPPORTED',
         f'A resampler {width} wide can\'t have {connector.heads} heads.')
    eps, out = connector.options['eps'], {}
    connector.options['width'] = width
    query = F.layer_norm(source.get('query', queries, width), [width], source.get('ln_q.weight', width), source.get('ln_q.bias', width), eps)
    if connector.options['query']:
        # A table that the checkpoint leaves out is the sines and cosines of the queries' own grid.
        side = math.isqrt(queries)
        need(source.has('pos_embed') or side * side == queries, 'TENSOR_MISSING',
             f'The checkpoint has no "{prefix}pos_embed", and {queries} queries are no square grid.')
        query = query + (source.get('pos_embed', queries, width) if source.has('pos_embed') else sincos_2d(width, side, side))
    w, b = source.get('attn.in_proj_weight', 3 * width, width), source.get('attn.in_proj_bias', 3 * width)
    out['query'] = query @ w[:width].T + b[:width]
    out['key.weight'], out['key.bias'] = w[width:2 * width].T, b[width:2 * width]
    out['value.weight'], out['value.bias'] = w[2 * width:].T, b[2 * width:]
    out['key_positions'] = key_positions(source, connector, tower, width)
    if source.has('kv_proj.weight'):
        linear(out, 'kv_proj', source, ['kv_proj'], width, tower.features)
    else:
        need(width == tower.features, 'TENSOR_MISSING',
             f'The checkpoint has no "{prefix}kv_proj.weight", and the features are {tower.features} wide, not {width}.')
    linear(out, 'out_proj', source, ['attn.out_proj'], width, width)
    names = ['ln_kv'] + (['ln_post'] if source.has('ln_post.weight') else [])
    for name in names:
        out[f'{name}.weight'], out[f'{name}.bias'] = source.get(f'{name}.weight', width), source.get(f'{name}.bias', width)
    if source.has('proj'):
        out['proj.weight'] = source.get('proj', width, hidden)  # stored [in, out] in the checkpoint
    need('proj.weight' in out or width == hidden, 'TENSOR_MISSING',
         f'The checkpoint has no "{prefix}proj" to get from {width} to {hidden}.')
    return out


def write_resampler(g, connector, tower, x):
    width, heads, eps = connector.options['width'], connector.heads, connector.options['eps']
    n = tower.side ** 2
    if 'kv_proj.weight' in g.weights:
        x = g.dense(x, 'kv_proj')
    x = g.norm(x, 'ln_kv', eps)
    k = g.dense(g.op('Add', [x, g.w('key_positions')]), 'key')
    y = g.attend(g.op('Unsqueeze', [g.w('query'), g.ints(0)]), k, g.dense(x, 'value'), connector.rows, n, heads, width // heads)
    y = g.dense(y, 'out_proj')
    if 'ln_post.weight' in g.weights:
        y = g.norm(y, 'ln_post', eps)
    return g.dense(y, 'proj') if 'proj.weight' in g.weights else y
