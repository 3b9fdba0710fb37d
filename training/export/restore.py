"""Model folder -> checkpoint, the way back from export, so that training goes on from a release whose checkpoints are gone.

    python -m training.export.restore --model public/models/nadir-s --out RELEASED.pt

What comes back is what was shipped: f16 weights, the language model's linear layers at their 4-bit values, the calibration.
BatchNorm was folded into the convolutions. It starts again from the statistics of training tiles, so that it changes nothing.
"""
import argparse
import math

import numpy as np
import onnx
import torch
from safetensors.numpy import load_file

from ..core.config import CONFIG
from ..core.files import read_json
from ..core.normalise import normalise
from ..data.samples import Samples
from ..model.calibration import REGION, Calibration
from ..model.checkpoint import save
from ..model.llm import LLM
from ..model.nadir import Nadir
from .graphs.llm import unpack

NORMS = {'conv1': 'bn1', 'conv2': 'bn2', 'conv2b': 'bn2b', 'conv3': 'bn3'}
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
    """State dict of the LLM with the very weights that the folder ships. `llm`: the manifest's account of them."""
    with open(f'{folder}/{llm["embed"]["file"]}', 'rb') as f:
        raw = f.read()
    part = lambda spot: raw[spot['offset']:spot['offset'] + spot['bytes']]
    vocab, hidden = llm['embed']['shape']
    table = np.frombuffer(raw, np.float16, vocab * hidden, llm['embed']['offset'])
    out = {'embed.weight': table.astype(np.float32).reshape(vocab, hidden)}
    for w in llm['weights']:
        name = {'lm_head': 'head'}.get(w['name'], w['name'])
        if w['kind'] == 'q4':
            out[f'{name}.weight'] = unpack(part(w['q']), part(w['scales']), w['n'], w['k'])
        elif name not in ('cos', 'sin'):
            out[name if name.endswith('.bias') else f'{name}.weight'] = np.frombuffer(part(w['source']), np.float32)
    return {name: torch.from_numpy(np.array(value)) for name, value in out.items()}


def load_llm(folder):
    """The folder's LLM, of the sizes that its manifest and config.json give."""
    spec, config = read_json(f'{folder}/nadir.json')['llm'], read_json(f'{folder}/config.json')
    model = LLM(dict(CONFIG, hidden=spec['hidden'], layers=spec['layers'], q_heads=spec['heads'], kv_heads=spec['kvHeads'],
                     head_dim=spec['headDim'], vocab=spec['vocab'], positions=spec['maxPositions'], ffn=config['intermediate_size'],
                     rms_eps=config['rms_norm_eps'], rope=config['rope_theta']))
    model.load_state_dict(llm_state(folder, spec))
    return model.eval()


def calibration_state(manifest):
    detector = manifest['detector']
    classes = detector['classes']
    state = dict(least_heat=detector['proposals']['minScores'], least_score=[fit['minScore'] for fit in manifest['refiner']['fits']],
                 slope=[c['calibration']['slope'] for c in classes], offset=[c['calibration']['offset'] for c in classes])
    if not detector.get('regionCalibration'):  # a folder from before claims were calibrated: as nobody has calibrated them
        unset = Calibration()
        state.update(scene_temperature=unset.scene_temperature.item(), region=unset.region.tolist())
    else:
        state.update(scene_temperature=manifest['scenes']['temperature'], region=[detector['regionCalibration'][name] for name in REGION])
    # What counts are worth may not have been measured.
    state.update(recall=[c.get('recall', math.nan) for c in classes], place_spread=detector.get('placeSpread', math.nan),
                 density_error=[d.get('relativeError', math.nan) for d in manifest['density']['classes']])
    return {f'calibration.{name}': torch.tensor(value, dtype=torch.float64) for name, value in state.items()}


def still_batch_norms(tower):
    """BatchNorm that changes nothing."""
    for name in NORMS.values():
        bn = getattr(tower, name)
        bn.running_mean.zero_(), bn.running_var.fill_(1 - bn.eps), bn.weight.fill_(1), bn.bias.zero_()


@torch.no_grad()
def unfold_batch_norm(tower, images):
    """Running statistics measured on `images` f32[N,H,W,4], and scale and offset that undo them: the tower computes what it did."""
    seen, hooks = {}, []
    for conv, bn in NORMS.items():
        hooks.append(getattr(tower, conv).register_forward_hook(lambda _, __, y, bn=bn: seen.update({bn: y.float()})))
    still_batch_norms(tower)  # so that deeper layers see what they will see
    tower.eval()(images)
    for hook in hooks:
        hook.remove()
    for name, y in seen.items():
        bn = getattr(tower, name)
        bn.running_mean.copy_(y.mean((0, 2, 3)))
        bn.running_var.copy_(y.var((0, 2, 3)))
        bn.weight.copy_(torch.sqrt(bn.running_var + bn.eps))
        bn.bias.copy_(bn.running_mean)


@torch.no_grad()
def restore(folder):
    """Nadir in evaluation mode as the folder has it, with a BatchNorm that changes nothing (see unfold_batch_norm)."""
    manifest = read_json(f'{folder}/nadir.json')
    assert manifest['format'] == 'nadir-model/2', f'{folder} is a {manifest["format"]} folder: restore it with the version that exported it'
    model = Nadir()
    vision = f'{folder}/{manifest["vision"]["weights"]}'
    state = {**vision_state(vision), **conv_weights(vision, model.tower), **calibration_state(manifest),
             **{f'llm.{name}': value for name, value in llm_state(folder, manifest['llm']).items()}}
    for part in ('connector', 'proposals', 'change', 'change_proposals', 'refiner'):
        state.update(graph_state(f'{folder}/onnx/{part}.onnx', getattr(model, part), f'{part}.'))
    left = model.load_state_dict(state, strict=False)
    assert not left.unexpected_keys and all('.bn' in k for k in left.missing_keys), left
    still_batch_norms(model.tower)
    return model.eval()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--model', default='public/models/nadir-s')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    model, samples = restore(args.model), Samples(0, 10 ** 6)
    made = [samples.compose(i) for i in range(64)]
    unfold_batch_norm(model.tower, torch.from_numpy(np.stack([normalise(s['image'], s['nir']) for s in made])))
    save(model, args.out)


if __name__ == '__main__':
    main()
