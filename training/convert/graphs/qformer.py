"""BLIP-2's Q-Former without text: learned queries through BERT layers (post-norm), every few of which also attend to the image; then a
linear layer."""
from ..errors import need
from .vision_weights import Source, linear, norm

PREFIXES = ('', 'model.', 'multi_modal_projector.', 'model.multi_modal_projector.')


def qformer_weights(connector, tower, tensors, hidden):
    prefix = tensors.prefix('query_tokens', PREFIXES)
    need(prefix is not None, 'TENSOR_MISSING', 'The checkpoint holds no Q-Former: there is no "query_tokens".')
    source, width, ffn, out = Source(tensors, prefix), connector.options['width'], connector.options['ffn'], {}
    out['query'] = source.get('query_tokens', 1, connector.rows, width)[0]
    norm(out, 'norm', source, 'qformer.layernorm', width)
    for i in range(connector.layers):
        a, b = f'qformer.encoder.layer.{i}', f'layers.{i}'
        attention(out, f'{b}.self', source, f'{a}.attention', width, width)
        if i % connector.options['every'] == 0:
            attention(out, f'{b}.cross', source, f'{a}.crossattention', width, tower.features)
        linear(out, f'{b}.fc1', source, [f'{a}.intermediate_query.dense'], ffn, width)
        linear(out, f'{b}.fc2', source, [f'{a}.output_query.dense'], width, ffn)
        norm(out, f'{b}.norm', source, f'{a}.output_query.LayerNorm', width)
    linear(out, 'out', source, ['language_projection'], hidden, width)
    return out


def attention(out, name, source, key, width, keys_width):
    linear(out, f'{name}.query', source, [f'{key}.attention.query'], width, width)
    linear(out, f'{name}.key', source, [f'{key}.attention.key'], width, keys_width)
    linear(out, f'{name}.value', source, [f'{key}.attention.value'], width, keys_width)
    linear(out, f'{name}.proj', source, [f'{key}.output.dense'], width, width)
    norm(out, f'{name}.norm', source, f'{key}.output.LayerNorm', width)


def write_qformer(g, connector, tower, tokens):
    width, heads, eps, n = connector.options['width'], connector.heads, connector.options['eps'], connector.rows
    x = g.norm(g.op('Unsqueeze', [g.w('query'), g.ints(0)]), 'norm', eps)

    def attend(name, x, memory, keys):
        q, k, v = (g.dense(y, f'{name}.{part}') for y, part in ((x, 'query'), (memory, 'key'), (memory, 'value')))
        y = g.dense(g.attend(q, k, v, n, keys, heads, width // heads), f'{name}.proj')
        return g.norm(g.op('Add', [y, x]), f'{name}.norm', eps)

    for i in range(connector.layers):
        b = f'layers.{i}'
        x = attend(f'{b}.self', x, x, n)
        if i % connector.options['every'] == 0:
            x = attend(f'{b}.cross', x, tokens, tower.rows)
        y = g.dense(g.activate(g.dense(x, f'{b}.fc1'), connector.act), f'{b}.fc2')
        x = g.norm(g.op('Add', [y, x]), f'{b}.norm', eps)
    return g.dense(x, 'out')
