"""Model folder -> checkpoint, the way back from export, so that training goes on from a release whose checkpoints are gone.

    python -m training.export.restore --model public/models/nadir-s --out RELEASED.pt

What comes back is what was shipped: f16 weights, the language model's linear layers at their 4-bit values, the calibration. A folder of edition
0.5 comes back as the teacher that later towers learn the language model's rows from; it can't be exported again.
"""
import argparse
import math

import numpy as np
import onnx
import torch
from safetensors.numpy import load_file

from ..core.config import CONFIG, TEACHER
from ..core.files import read_json
from ..model.calibration import REGION, Calibration
from ..model.checkpoint import save
from ..model.llm import LLM
from ..model.nadir import Nadir
from .graphs.llm import unpack
from .graphs.stem import stem

RENAMED = {'label_fc': 'label'}  # a graph input has the layer's own name


def vision_state(path, tower):
    """The tower's weights, turned back from the layout of export.graphs.vision."""
    out, convolutions = {}, {entry['name']: conv for entry, conv in stem(tower)[0]}
    for name, value in load_file(path).items():
        value, layer = torch.from_numpy(value).float(), name.rpartition('.')[0]
        if layer in convolutions and name.endswith('.weight'):
            cout, cin, k, _ = convolutions[layer].weight.shape
            value = value.reshape(k, k, cin, cout).permute(3, 2, 0, 1)
        elif name == 'pos_embed':
            side = int(len(value) ** 0.5)
            value = value.T.reshape(1, -1, side, side)
        elif name.endswith('.weight') and value.ndim == 2:
            value = value.T
        out[f'tower.{name}'] = value
    return out


def graph_state(path, module, prefix):
    """The named weights of a graph in the shapes of the module it was written from; a linear layer's are stored transposed."""
    arrays = {i.name: onnx.numpy_helper.to_array(i).astype(np.float32) for i in onnx.load(path).graph.initializer}
    if prefix == 'connector.':
        arrays['presence_rows'] = np.concatenate([arrays.pop(f'presence_rows.{part}') for part in ('label', 'soft', 'hard')])
        if 'density_scale' not in arrays:  # nameless in edition 0.5
            arrays['density_scale'] = next(v for v in arrays.values() if v.ndim == 4 and v.shape[2:] == (1, 1) and v.shape[0] == 1 and v.shape[1] == len(module.density_scale))
    own, out = module.state_dict(), {}
    for name, value in arrays.items():
        layer, _, kind = name.rpartition('.')
        name = f'{RENAMED[layer]}.{kind}' if layer in RENAMED else name
        if name not in own:
            continue
        value = torch.from_numpy(np.ascontiguousarray(value))
        linear = value.ndim == 2 and isinstance(module.get_submodule(name.rpartition('.')[0]), torch.nn.Linear)
        out[prefix + name] = (value.T if linear else value).reshape(own[name].shape)
    if prefix == 'change.' and 'change.read.weight' not in out:  # edition 0.5 reads necks as they are
        out.update({f'change.read.{kind}': own[f'read.{kind}'] for kind in ('weight', 'bias')})
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
                 density_error=[d.get('relativeError', math.nan) for d in manifest['density']['classes']],
                 cover_iou=(manifest.get('cover') or {}).get('iou', math.nan))
    return {f'calibration.{name}': torch.tensor(value, dtype=torch.float64) for name, value in state.items()}


def sizes(manifest):
    """`cfg` of the model that a manifest describes."""
    vision, boxes = manifest['vision'], [c['name'] for c in manifest['detector']['classes']]
    of = CONFIG if vision.get('taps') else TEACHER
    return dict(of, width=vision['width'], depth=vision['depth'], heads=vision['heads'], mlp=vision['mlp'], boxes=boxes, masks=manifest['refiner']['classes'])


@torch.no_grad()
def restore(folder):
    """Nadir in evaluation mode as the folder has it."""
    manifest = read_json(f'{folder}/nadir.json')
    assert manifest['format'] == 'nadir-model/2', f'{folder} is a {manifest["format"]} folder: restore it with the version that exported it'
    model = Nadir(sizes(manifest))
    state = {**vision_state(f'{folder}/{manifest["vision"]["weights"]}', model.tower), **calibration_state(manifest),
             **{f'llm.{name}': value for name, value in llm_state(folder, manifest['llm']).items()}}
    for part in ('connector', 'proposals', 'change', 'change_proposals', 'refiner'):
        state.update(graph_state(f'{folder}/onnx/{part}.onnx', getattr(model, part), f'{part}.'))
    model.load_state_dict(state)
    return model.eval()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--model', default='public/models/nadir-s')
    ap.add_argument('--out', required=True)
    args = ap.parse_args()
    save(restore(args.model), args.out)


if __name__ == '__main__':
    main()
