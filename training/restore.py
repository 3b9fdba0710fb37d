"""Model folder -> checkpoint, the way back from export.py, so that training goes on from a release whose checkpoints are gone.

    python -m training.restore --model public/models/nadir-s --out training/checkpoints/released.pt
What comes back is what was shipped: f16 weights, the language model's linear layers at their 4-bit values. BatchNorm was folded
into the convolutions; it starts again as what changes nothing on training tiles, from their statistics.
"""
import argparse
import json

import numpy as np
import onnx
import torch
from safetensors.numpy import load_file

from .export_llm import BLOCK
from .model import Nadir

RENAMED = {'label_fc': 'label'}  # a graph input has the layer's own name


def vision_state(path):
    out = {}
    for name, value in load_file(path).items():
        value = torch.from_numpy(value).float()
        if name.startswith('conv') and name.endswith('.weight'):
            continue  # needs the layer's shape: see conv_weights
        if name == 'pos_embed':
            side = int(len(value) ** 0.5)
            value = value.T.reshape(1, -1, side, side)
        elif name.endswith('.weight') and value.ndim == 2:
            value = value.T
        out[f'tower.{name}'] = value
    return out


def conv_weights(path, tower):
    """[(ky, kx, cin), out] -> [out, in, kh, kw]."""
    out = {}
    for name, value in load_file(path).items():
        if name.startswith('conv') and name.endswith('.weight'):
            cout, cin, k, _ = getattr(tower, name.split('.')[0]).weight.shape
            out[f'tower.{name}'] = torch.from_numpy(value).float().reshape(k, k, cin, cout).permute(3, 2, 0, 1)
    return out


def graph_state(path, module, prefix):
    """The named weights of a graph in the shapes of the module it was written from; a linear layer's are stored transposed."""
    arrays = {i.name: onnx.numpy_helper.to_array(i).astype(np.float32) for i in onnx.load(path).graph.initializer}
    if prefix == 'connector.':
        arrays['presence_rows'] = np.concatenate([arrays.pop(f'presence_rows.{part}') for part in ('label', 'soft', 'hard')])
        arrays['density_scale'] = next(v.reshape(-1) for v in arrays.values() if v.ndim == 4 and v.shape[2:] == (1, 1) and v.shape[0] == 1 and v.shape[1] == len(module.density_scale))
    own, out = module.state_dict(), {}
    for name, value in arrays.items():
        layer, _, kind = name.rpartition('.')
        name = f'{RENAMED[layer]}.{kind}' if layer in RENAMED else name
        if name not in own:
            continue
        value = torch.from_numpy(np.ascontiguousarray(value))
        linear = value.ndim == 2 and isinstance(module.get_submodule(name.rpartition('.')[0]), torch.nn.Linear)
        out[prefix + name] = (value.T if linear else value).reshape(own[name].shape)
    missing = {k for k in own if prefix + k not in out}
    assert not missing, f'{path} lacks {sorted(missing)}'
    return out


def llm_state(folder, llm):
    raw = open(f'{folder}/{llm["embed"]["file"]}', 'rb').read()
    part = lambda spot, dtype: np.frombuffer(raw, dtype, spot['bytes'] // np.dtype(dtype).itemsize, spot['offset'])
    vocab, hidden = llm['embed']['shape']
    out = {'llm.embed.weight': part(dict(offset=llm['embed']['offset'], bytes=2 * vocab * hidden), np.float16).astype(np.float32).reshape(vocab, hidden)}
    for w in llm['weights']:
        name = {'lm_head': 'head'}.get(w['name'], w['name'])
        if w['kind'] == 'q4':
            q = part(w['q'], np.uint8).reshape(w['n'], w['k'] // BLOCK, BLOCK // 2)
            scale = part(w['scales'], np.float32).reshape(w['n'], -1, 1)
            full = np.stack([q & 15, q >> 4], -1).reshape(w['n'], w['k'] // BLOCK, BLOCK).astype(np.float32) - 8
            out[f'llm.{name}.weight'] = (full * scale).reshape(w['n'], w['k'])
        elif name not in ('cos', 'sin'):
            out[f'llm.{name}' if name.endswith('.bias') else f'llm.{name}.weight'] = part(w['source'], np.float32)
    return {k: torch.from_numpy(np.array(v)) for k, v in out.items()}


@torch.no_grad()
def unfold_batch_norm(tower, images):
    """Running statistics measured on `images` f32[N,H,W,4], scale and offset that undo them: the tower computes what it did."""
    seen = {}
    for conv, bn in ((tower.conv1, 'bn1'), (tower.conv2, 'bn2'), (tower.conv2b, 'bn2b'), (tower.conv3, 'bn3')):
        conv.register_forward_hook(lambda _, __, y, bn=bn: seen.update({bn: y.float()}))
    for name in ('bn1', 'bn2', 'bn2b', 'bn3'):
        bn = getattr(tower, name)  # nothing yet, so that deeper layers see what they will see
        bn.running_mean.zero_(), bn.running_var.fill_(1 - bn.eps), bn.weight.fill_(1), bn.bias.zero_()
    tower.eval()(images)
    for name, y in seen.items():
        bn = getattr(tower, name)
        bn.running_mean.copy_(y.mean((0, 2, 3)))
        bn.running_var.copy_(y.var((0, 2, 3)))
        bn.weight.copy_(torch.sqrt(bn.running_var + bn.eps))
        bn.bias.copy_(bn.running_mean)
    for conv in (tower.conv1, tower.conv2, tower.conv2b, tower.conv3):
        conv._forward_hooks.clear()


def restore(folder):
    """Nadir in evaluation mode, without BatchNorm's statistics (see unfold_batch_norm)."""
    with open(f'{folder}/nadir.json', encoding='utf-8') as f:
        manifest = json.load(f)
    model = Nadir()
    vision = f'{folder}/{manifest["vision"]["weights"]}'
    state = {**vision_state(vision), **conv_weights(vision, model.tower), **llm_state(folder, manifest['llm'])}
    for part in ('connector', 'proposals', 'change', 'change_proposals', 'refiner'):
        state.update(graph_state(f'{folder}/onnx/{part}.onnx', getattr(model, part), f'{part}.'))
    left = model.load_state_dict(state, strict=False)
    assert not left.unexpected_keys and all('.bn' in k for k in left.missing_keys), left
    return model.eval()


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--model', default='public/models/nadir-s')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    from .compose import Samples
    from .normalise import normalise
    model = restore(args.model)
    samples = Samples(0, 10 ** 6)
    made = [samples.compose(i) for i in range(64)]
    unfold_batch_norm(model.tower, torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in made])))
    torch.save(dict(model=model.state_dict()), args.out)


if __name__ == '__main__':
    main()
