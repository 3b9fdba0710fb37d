"""Every graph of a folder against PyTorch, on random input."""
import tempfile

import numpy as np
import onnxruntime as ort
import torch

from .graphs.llm import dequantise_file
from .graphs.stem import outputs


def check(name, got, want, atol, rtol=1e-3):
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape, f'{name}: shape {got.shape}, expected {want.shape}'
    diff = np.abs(got - want)
    assert (diff <= atol + rtol * np.abs(want)).all(), f'{name}: largest difference {diff.max():.2e}'
    print(f'parity {name}: max |difference| {diff.max():.1e}', flush=True)


def run(file, feeds):
    """A graph's outputs by name."""
    session = ort.InferenceSession(file, providers=['CPUExecutionProvider'])
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))


@torch.no_grad()
def check_tower(tower, file, pixels, atol=2e-3):
    """vision.onnx against PyTorch, every output; `tower` holds the weights as the file has them."""
    got, want = run(file, {'pixels': pixels.numpy()}), outputs(tower, pixels)
    assert got.keys() == want.keys(), f'the graph gives {sorted(got)}, PyTorch {sorted(want)}'
    for name, value in want.items():
        check(f'vision.{name}', got[name], value, atol)


@torch.no_grad()
def check_parity(model, folder, llm):
    """ONNX Runtime against PyTorch on random input, every graph; prefill and decode for both LLM graphs."""
    gen, cfg = torch.Generator().manual_seed(0), model.cfg
    pixels = torch.randn(1, cfg['image'], cfg['image'], cfg['bands'], generator=gen)
    check_tower(model.tower, f'{folder}/onnx/vision.onnx', pixels)
    got = run(f'{folder}/onnx/connector.onnx', {name: value.numpy() for name, value in outputs(model.tower, pixels).items()})
    want = model.connector(*model.tower(pixels))
    assert got.keys() == want.keys(), f'the connector gives {sorted(got)}, PyTorch {sorted(want)}'
    for name, value in want.items():
        check(f'connector.{name}', got[name], value, 2e-3)
    geometry, scores = torch.rand(1, 5, 6, generator=gen), torch.rand(1, 5, len(cfg['boxes']), generator=gen)
    features = torch.randn(1, 5, cfg['neck'], generator=gen)
    got = run(f'{folder}/onnx/proposals.onnx', {'geometry': geometry.numpy(), 'scores': scores.numpy(), 'features': features.numpy()})
    check('proposals', got['tokens'], model.proposals(geometry, scores, features), 1e-3)
    scores = torch.rand(1, 5, 1, generator=gen)
    got = run(f'{folder}/onnx/change_proposals.onnx', {'geometry': geometry.numpy(), 'scores': scores.numpy(), 'features': features.numpy()})
    check('change_proposals', got['tokens'], model.change_proposals(geometry, scores, features), 1e-3)
    side = cfg['image'] // 8
    before, after = torch.randn(2, 1, side, side, cfg['neck'], generator=gen)
    got = run(f'{folder}/onnx/change.onnx', {'neck_before': before.numpy(), 'neck_after': after.numpy()})
    want = model.change(before.permute(0, 3, 1, 2), after.permute(0, 3, 1, 2))
    for name, b in zip(('rows', 'heat', 'geom', 'changed'), (want['row'], torch.sigmoid(want['heat']).permute(0, 2, 3, 1),
                                                             want['geom'].permute(0, 2, 3, 1), torch.sigmoid(want['changed']))):
        check(f'change.{name}', got[name], b, 2e-3)
    crop, feat = torch.randn(3, 5, 64, 64, generator=gen), torch.randn(3, cfg['neck'], 16, 16, generator=gen)
    label = torch.eye(len(cfg['masks']))[:3]
    got = run(f'{folder}/onnx/refiner.onnx', {'crop': crop.numpy(), 'features': feat.numpy(), 'label': label.numpy()})
    check('refiner', got['mask'], model.refiner(crop, feat, label), 2e-3)
    embeds = model.llm.embed(torch.randint(0, cfg['vocab'], (1, 90), generator=gen))
    step = model.llm.embed(torch.randint(0, cfg['vocab'], (1, 1), generator=gen))
    want, past = model.llm(embeds)
    want2, _ = model.llm(step, past)
    with tempfile.TemporaryDirectory() as tmp:
        for f in ('llm_q4.onnx', 'llm_q4.bin', 'llm_f32.onnx'):
            with open(f'{folder}/onnx/{f}', 'rb') as a, open(f'{tmp}/{f}', 'wb') as b:
                b.write(a.read())
        dequantise_file(folder, llm, f'{tmp}/llm_f32.bin')
        for f in ('llm_q4', 'llm_f32'):
            s = ort.InferenceSession(f'{tmp}/{f}.onnx', providers=['CPUExecutionProvider'])
            names = [o.name for o in s.get_outputs()]
            feeds = {'inputs_embeds': embeds.numpy(), 'seqlens_k': np.array([89], np.int32), 'total_sequence_length': np.array([90], np.int32)}
            for i in range(cfg['layers']):
                for part in ('key', 'value'):
                    feeds[f'past_key_values.{i}.{part}'] = np.zeros((1, cfg['kv_heads'], 0, cfg['head_dim']), np.float32)
            got = dict(zip(names, s.run(None, feeds)))
            check(f'{f} prefill', got['logits'], want, 2e-3)
            feeds = {k.replace('present', 'past_key_values'): v for k, v in got.items() if k != 'logits'}
            feeds.update({'inputs_embeds': step.numpy(), 'seqlens_k': np.array([90], np.int32), 'total_sequence_length': np.array([91], np.int32)})
            check(f'{f} decode', s.run(['logits'], feeds)[0], want2, 2e-3)
