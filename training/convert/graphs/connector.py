"""connector.onnx: tokens f32[1, rows, features] -> visual f32[1, rows, hidden], the rows that the language model reads."""
import torch

from ..errors import need
from .parts import Parts
from .qformer import qformer_weights, write_qformer
from .resampler import resampler_weights, write_resampler
from .vision_weights import Source, linear

NEWLINE = ('image_newline', 'model.image_newline')


def connector_weights(connector, tower, tensors, hidden):
    """{name: f32 array}, linear layers [in, out]."""
    read = {'mlp': mlp_weights, 'resampler': resampler_weights, 'qformer': qformer_weights}[connector.kind]
    with torch.no_grad():
        out = read(connector, tower, tensors, hidden)
        newline = next((n for n in NEWLINE if n in tensors), None)
        if newline:
            # LLaVA-NeXT ends an image that is one slice with its newline row.
            out['newline'] = tensors.get(newline, [hidden])[None]
            connector.rows += 1
    return {name: value.contiguous().numpy() for name, value in out.items()}


def mlp_weights(connector, tower, tensors, hidden):
    """transformers' names (linear_1, linear_2) or the original ones (0, 2, 4 with activations between; none for one layer)."""
    n = connector.layers
    single, names = [''], ['linear_1', 'linear_2'][:n]
    places = [(p, names) for p in ('multi_modal_projector.', 'model.multi_modal_projector.') if n <= 2]
    places += [(p, [str(2 * i) for i in range(n)]) for p in ('model.mm_projector.', 'mm_projector.', 'multi_modal_projector.', 'model.multi_modal_projector.')]
    if n == 1:
        places += [(p, single) for p in ('model.mm_projector', 'mm_projector', 'multi_modal_projector', 'model.multi_modal_projector',
                                         'multi_modal_projector.linear', 'model.multi_modal_projector.linear')]
    found = next(((p, names) for p, names in places if all(f'{p}{x}.weight' in tensors for x in names)), None)
    need(found, 'TENSOR_MISSING',
         f'The checkpoint holds no projector of {n} layer{"s" if n > 1 else ""} (for example "{places[0][0]}{places[0][1][0]}.weight").')
    prefix, names = found
    source, out, cols = Source(tensors, prefix), {}, tower.features
    for i, name in enumerate(names):
        linear(out, f'fc{i}', source, [name], hidden, cols)
        cols = hidden
    return out


def write_connector(connector, tower, weights, folder, half, hidden):
    g = Parts('connector', weights, half)
    x = g.input('tokens', [1, tower.rows, tower.features])
    if connector.kind == 'mlp':
        for i in range(connector.layers):
            x = g.dense(g.activate(x, connector.act) if i else x, f'fc{i}')
    elif connector.kind == 'resampler':
        x = write_resampler(g, connector, tower, x)
    else:
        x = write_qformer(g, connector, tower, x)
    if 'newline' in weights:
        x = g.op('Concat', [x, g.op('Unsqueeze', [g.w('newline'), g.ints(0)])], axis=1)
    g.output('visual', [1, connector.rows, hidden], x)
    g.save(f'{folder}/connector.onnx')
