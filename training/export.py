"""Checkpoint -> model folder (onnx/, tokenizer, manifest), with parity against PyTorch asserted on the way.

    python -m training.export --checkpoint CKPT --out public/models/nadir-s [--random]
"""
import argparse
import hashlib
import json
import math
import os
import shutil
import tempfile

import numpy as np
import onnxruntime as ort
import torch
from onnx import TensorProto
from safetensors.numpy import save_file

from . import language, pipeline
from .defects import DEFECTS
from .export_connector import export_change, export_connector, export_proposals
from .export_llm import dequantise_file, export_llm
from .export_lora import export_lora
from .model import EVIDENCE_ROWS, Nadir
from .model_config import CONFIG
from .names import CLASSES, CLASSES_ZH, DENSITY, PRESENCE, PRESENCE_ZH, SCENES, SCENES_ZH
from .normalise import MEAN, STD
from .onnx_graph import Graph


def round_to_half(model):
    """The exported weights are f16: make PyTorch hold the same numbers, so that parity is exact up to arithmetic."""
    for part in (model.tower, model.connector, model.proposals, model.change, model.change_proposals, model.refiner):
        for p in part.parameters():
            p.data = p.data.half().float()
    model.llm.embed.weight.data = model.llm.embed.weight.data.half().float()


def flat_conv(conv):
    """[out, in, kh, kw] -> [(ky, kx, cin), out]."""
    w = conv.weight.detach().numpy()
    return np.ascontiguousarray(w.transpose(2, 3, 1, 0).reshape(-1, w.shape[0]))


def vision_weights(tower):
    out = {}
    for name in ('conv1', 'conv2', 'conv2b', 'conv3'):
        conv = getattr(tower, name)
        out[f'{name}.weight'], out[f'{name}.bias'] = flat_conv(conv), conv.bias.detach().numpy()
    pos = tower.pos_embed.detach().numpy()
    out['pos_embed'] = pos[0].reshape(pos.shape[1], -1).T
    for i, b in enumerate(tower.blocks):
        for n in ('norm1', 'norm2'):
            out[f'blocks.{i}.{n}.weight'] = getattr(b, n).weight.detach().numpy()
            out[f'blocks.{i}.{n}.bias'] = getattr(b, n).bias.detach().numpy()
        for n in ('qkv', 'proj', 'fc1', 'fc2'):
            out[f'blocks.{i}.{n}.weight'] = getattr(b, n).weight.detach().numpy().T
            out[f'blocks.{i}.{n}.bias'] = getattr(b, n).bias.detach().numpy()
    out['norm.weight'], out['norm.bias'] = tower.norm.weight.detach().numpy(), tower.norm.bias.detach().numpy()
    return {k: np.ascontiguousarray(v).astype(np.float16) for k, v in out.items()}


def export_vision(tower, folder, cfg=CONFIG):
    weights = vision_weights(tower)
    path = f'{folder}/onnx/vision.safetensors'
    save_file(weights, path, metadata={'format': 'nadir-vision/1'})
    os.chmod(path, 0o644)  # safetensors writes files that only their owner can read
    with open(path, 'rb') as f:
        header_bytes = int.from_bytes(f.read(8), 'little')
        header = json.loads(f.read(header_bytes))
    g = Graph('vision')

    def w(name):
        begin, end = header[name]['data_offsets']
        g.external(name, TensorProto.FLOAT16, header[name]['shape'], 'vision.safetensors', 8 + header_bytes + begin, end - begin)
        return g.op('Cast', [name], to=TensorProto.FLOAT)

    def conv(x, name, k, stride, cin, cout, act=True):
        kernel = g.op('Transpose', [g.op('Reshape', [w(f'{name}.weight'), g.ints(k, k, cin, cout)])], perm=[3, 2, 0, 1])
        p = (k - 1) // 2
        y = g.op('Conv', [x, kernel, w(f'{name}.bias')], kernel_shape=[k, k], strides=[stride, stride], pads=[p] * 4)
        return g.gelu(y) if act else y

    def linear(x, name):
        return g.op('Add', [g.op('MatMul', [x, w(f'{name}.weight')]), w(f'{name}.bias')])

    def norm(x, name):
        return g.op('LayerNormalization', [x, w(f'{name}.weight'), w(f'{name}.bias')], axis=-1, epsilon=cfg['eps'])

    c1, c2, d, heads = cfg['conv1'], cfg['conv2'], cfg['width'], cfg['heads']
    side = cfg['image'] // 16
    n, hd = side * side, d // heads
    x = g.op('Transpose', [g.input('pixels', [1, cfg['image'], cfg['image'], cfg['bands']])], perm=[0, 3, 1, 2])
    x = conv(x, 'conv1', 7, 4, cfg['bands'], c1)
    a = conv(x, 'conv2', 3, 2, c1, c2)
    fine = g.op('Add', [a, conv(a, 'conv2b', 3, 1, c2, c2)])
    fine_out = g.op('Reshape', [g.op('Transpose', [fine], perm=[0, 2, 3, 1]), g.ints(1, 4 * n, c2)])
    x = conv(fine, 'conv3', 3, 2, c2, d, act=False)
    x = g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 3, 1]), g.ints(1, n, d)])
    x = g.op('Add', [x, w('pos_embed')])
    for i in range(cfg['depth']):
        b = f'blocks.{i}'
        qkv = g.op('Reshape', [linear(norm(x, f'{b}.norm1'), f'{b}.qkv'), g.ints(1, n, 3, heads, hd)])
        q, k, v = g.op('Split', [g.op('Transpose', [qkv], perm=[2, 0, 3, 1, 4])], 3, axis=0)
        q, k, v = (g.op('Squeeze', [t, g.ints(0)]) for t in (q, k, v))
        s = g.op('MatMul', [q, g.op('Transpose', [k], perm=[0, 1, 3, 2])])
        s = g.op('Softmax', [g.op('Mul', [s, g.scalar(1 / math.sqrt(hd))])], axis=-1)
        y = g.op('Reshape', [g.op('Transpose', [g.op('MatMul', [s, v])], perm=[0, 2, 1, 3]), g.ints(1, n, d)])
        x = g.op('Add', [x, linear(y, f'{b}.proj')])
        x = g.op('Add', [x, linear(g.gelu(linear(norm(x, f'{b}.norm2'), f'{b}.fc1')), f'{b}.fc2')])
    g.output('tokens', [1, n, d], norm(x, 'norm'))
    g.output('fine', [1, 4 * n, c2], fine_out)
    g.save(f'{folder}/onnx/vision.onnx')


def export_refiner(m, folder, cfg=CONFIG):
    g = Graph('refiner')
    crop, feat = g.input('crop', ['N', 5, 64, 64]), g.input('features', ['N', cfg['neck'], 16, 16])
    label = g.input('label', ['N', len(CLASSES)])
    a = g.gelu(g.conv(crop, m.e1, 'e1'))
    b = g.gelu(g.conv(a, m.e2, 'e2'))
    lab = g.op('Unsqueeze', [g.linear(label, m.label, 'label_fc'), g.ints(2, 3)])
    c = g.gelu(g.op('Add', [g.op('Add', [g.conv(b, m.e3, 'e3'), g.conv(feat, m.feature, 'feature')]), lab]))
    c = g.op('Add', [c, g.gelu(g.conv(c, m.m1, 'm1'))])
    c = g.op('Add', [c, g.gelu(g.conv(c, m.m2, 'm2'))])
    b = g.gelu(g.conv(g.op('Concat', [g.upsample2(c), b], axis=1), m.d2, 'd2'))
    a = g.gelu(g.conv(g.op('Concat', [g.upsample2(b), a], axis=1), m.d1, 'd1'))
    g.output('mask', ['N', 1, 64, 64], g.conv(a, m.outc, 'outc'))
    g.save(f'{folder}/onnx/refiner.onnx')


def check(name, got, want, atol, rtol=1e-3):
    got, want = np.asarray(got), np.asarray(want)
    assert got.shape == want.shape, f'{name}: shape {got.shape}, expected {want.shape}'
    diff = np.abs(got - want)
    assert (diff <= atol + rtol * np.abs(want)).all(), f'{name}: largest difference {diff.max():.2e}'
    print(f'parity {name}: max |difference| {diff.max():.1e}', flush=True)


@torch.no_grad()
def check_parity(model, folder, llm, cfg=CONFIG):
    """ONNX Runtime against PyTorch on random input, every graph; prefill and decode for both LLM graphs."""
    run = lambda file, feeds: ort.InferenceSession(file, providers=['CPUExecutionProvider']).run(None, feeds)
    gen = torch.Generator().manual_seed(0)
    pixels = torch.randn(1, cfg['image'], cfg['image'], cfg['bands'], generator=gen)
    tokens, fine = model.tower(pixels)
    got = run(f'{folder}/onnx/vision.onnx', {'pixels': pixels.numpy()})
    check('vision.tokens', got[0], tokens, 2e-3)
    check('vision.fine', got[1], fine, 2e-3)
    got = run(f'{folder}/onnx/connector.onnx', {'tokens': tokens.numpy(), 'fine': fine.numpy()})
    for name, a, b in zip(('visual', 'neck', 'heat', 'geom', 'scene', 'presence', 'density', 'quality'), got, model.connector(tokens, fine)):
        check(f'connector.{name}', a, b, 2e-3)
    geometry, scores = torch.rand(1, 5, 6, generator=gen), torch.rand(1, 5, len(CLASSES), generator=gen)
    features = torch.randn(1, 5, cfg['neck'], generator=gen)
    got = run(f'{folder}/onnx/proposals.onnx', {'geometry': geometry.numpy(), 'scores': scores.numpy(), 'features': features.numpy()})
    check('proposals', got[0], model.proposals(geometry, scores, features), 1e-3)
    scores = torch.rand(1, 5, 1, generator=gen)
    got = run(f'{folder}/onnx/change_proposals.onnx', {'geometry': geometry.numpy(), 'scores': scores.numpy(), 'features': features.numpy()})
    check('change_proposals', got[0], model.change_proposals(geometry, scores, features), 1e-3)
    side = cfg['image'] // 8
    before, after = torch.randn(2, 1, side, side, cfg['neck'], generator=gen)
    got = run(f'{folder}/onnx/change.onnx', {'neck_before': before.numpy(), 'neck_after': after.numpy()})
    want = model.change(before.permute(0, 3, 1, 2), after.permute(0, 3, 1, 2))
    for name, a, b in zip(('rows', 'heat', 'geom', 'changed'), got, (want['row'], torch.sigmoid(want['heat']).permute(0, 2, 3, 1),
                                                                     want['geom'].permute(0, 2, 3, 1), torch.sigmoid(want['changed']))):
        check(f'change.{name}', a, b, 2e-3)
    crop, feat = torch.randn(3, 5, 64, 64, generator=gen), torch.randn(3, cfg['neck'], 16, 16, generator=gen)
    label = torch.eye(len(CLASSES))[:3]
    got = run(f'{folder}/onnx/refiner.onnx', {'crop': crop.numpy(), 'features': feat.numpy(), 'label': label.numpy()})
    check('refiner', got[0], model.refiner(crop, feat, label), 2e-3)
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


def manifest(llm, scores, cfg=CONFIG):
    stem = [dict(name='conv1', k=7, stride=4, pad=3, **{'in': cfg['bands'], 'out': cfg['conv1']}, act='gelu_tanh', residual=False),
            dict(name='conv2', k=3, stride=2, pad=1, **{'in': cfg['conv1'], 'out': cfg['conv2']}, act='gelu_tanh', residual=False),
            dict(name='conv2b', k=3, stride=1, pad=1, **{'in': cfg['conv2'], 'out': cfg['conv2']}, act='gelu_tanh', residual=True),
            dict(name='conv3', k=3, stride=2, pad=1, **{'in': cfg['conv2'], 'out': cfg['width']}, act=None, residual=False)]
    side = cfg['image'] // 16
    bands = [dict(name=n, wavelengthNm=w, mean=m, std=s, optional=n == 'nir')
             for (n, w), m, s in zip((('red', 650), ('green', 560), ('blue', 480), ('nir', 840)), MEAN, STD)]
    return {
        'format': 'nadir-model/1', 'id': 'nadir-s', 'name': 'Nadir S', 'version': '0.5.0',
        'licence': 'MIT (weights); trained on data under CC BY 3.0, CC BY 4.0, ODbL, MIT and public domain: see README.md',
        'bands': [{'name': b['name'], 'wavelengthNm': b['wavelengthNm'], 'optional': b['optional']} for b in bands],
        'gsd': {'min': 0.05, 'max': 1.0, 'best': 0.3},
        'vision': dict(image_size=cfg['image'], bands=[b['name'] for b in bands], mean=MEAN, std=STD, stem=stem, width=cfg['width'],
                       depth=cfg['depth'], heads=cfg['heads'], mlp=cfg['mlp'], eps=cfg['eps'], grid=[side, side],
                       weights='onnx/vision.safetensors', graph='onnx/vision.onnx',
                       outputs={'tokens': [side * side, cfg['width']], 'fine': [4 * side * side, cfg['conv2']]}),
        'connector': {'graph': 'onnx/connector.onnx', 'neck': cfg['neck'], 'neckStride': 8, 'neckGrid': [2 * side, 2 * side]},
        'llm': {'graphs': {'q4': 'onnx/llm_q4.onnx', 'f32': 'onnx/llm_f32.onnx'}, **llm},
        'slicing': {'default': 'resize', 'tile': cfg['image'], 'overlap': 0.25, 'modes': ['resize', 'tiles', 'llava-uhd'], 'maxSlices': 6},
        'tokensPerSlice': side * side // 4 + EVIDENCE_ROWS, 'schema': {'column': ',', 'row': '\n'},
        'dialect': {'id': 'nadir', 'scale': 1000, 'keys': ['x', 'y', 'h', 'w', 'θ'], 'origin': 'centre',
                    'angle': {'unit': 'degree', 'direction': 'clockwise', 'range': [0, 180]}, 'empty': 'There are no'},
        'detector': {'classes': [{'name': n, 'plural': p, 'zh': z, 'calibration': {'slope': a, 'offset': b}}
                                 for (n, p, _), z, (a, b) in zip(CLASSES, CLASSES_ZH, language.CALIBRATION)], 'stride': 4, 'grid': [4 * side, 4 * side]},
        'density': [{'name': n, 'plural': p, 'zh': z} for n, p, z, _ in DENSITY], 'quality': [n for n, _ in DEFECTS], 'qualityZh': [z for _, z in DEFECTS],
        'change': {'graph': 'onnx/change.onnx', 'proposals': 'onnx/change_proposals.onnx', **language.CHANGE_PROPOSALS, 'visualRows': EVIDENCE_ROWS, 'stride': 8, 'grid': [2 * side, 2 * side]},
        'proposals': {**language.PROPOSALS, 'peakWindow': 3, 'graph': 'onnx/proposals.onnx'},
        'scenes': [n for _, n in SCENES], 'presence': [d.replace('-', ' ') for d, _, _ in PRESENCE], 'scenesZh': SCENES_ZH, 'presenceZh': PRESENCE_ZH,
        'tasks': language.TASK_PROMPTS, 'stop': ['<|im_end|>', '<|endoftext|>'], 'maxNewTokens': 256,
        'refiner': {'graph': 'onnx/refiner.onnx', 'size': 64, 'grow': 1.25, 'featureSize': 16,
                    'classes': [n for n, _, _ in CLASSES],
                    'fits': [{'class': n, 'minScore': s} for n, s in pipeline.FITTED.items()],
                    'fitPasses': pipeline.FIT_PASSES, 'repeatIou': pipeline.REPEATS},
        'scores': scores,
        'score': {'meaning': 'an estimated probability that the box is right (IoU 0.5 or more), fitted on held-out tiles of places like those in training; elsewhere it is too high'},
    }


def sha256(path):
    return hashlib.sha256(open(path, 'rb').read()).hexdigest()


def write_json(path, value, indent=1):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(value, f, ensure_ascii=False, indent=indent)
        f.write('\n')


def export(model, folder, scores=(), cfg=CONFIG):
    os.makedirs(f'{folder}/onnx', exist_ok=True)
    model.eval()
    model.llm.quantise(False)
    model.tower.fold_batch_norm()
    round_to_half(model)
    with torch.no_grad():
        probe = model.llm.embed(torch.randint(0, cfg['vocab'], (1, 80), generator=torch.Generator().manual_seed(1)))
        before, _ = model.llm(probe)
    export_vision(model.tower, folder, cfg)
    export_connector(model.connector, folder, cfg)
    export_proposals(model.proposals, folder)
    export_proposals(model.change_proposals, folder, 'change_proposals', 1)
    export_change(model.change, folder)
    export_refiner(model.refiner, folder, cfg)
    llm = export_llm(model.llm, folder, cfg)
    llm['loraGraphs'] = export_lora(model.llm, folder, llm)
    with torch.no_grad():
        after, _ = model.llm(probe)
    print(f'4-bit quantisation: logits differ by {(after - before).abs().mean():.4f} on average, standard deviation of the logits {before.std():.3f}')
    language.write_tokenizer_files(folder)
    shutil.copyfile(os.path.join(os.path.dirname(__file__), 'model-card.md'), f'{folder}/README.md')
    write_json(f'{folder}/config.json', dict(
        architectures=['Qwen2ForCausalLM'], model_type='qwen2', hidden_size=cfg['hidden'], intermediate_size=cfg['ffn'],
        num_hidden_layers=cfg['layers'], num_attention_heads=cfg['q_heads'], num_key_value_heads=cfg['kv_heads'],
        head_dim=cfg['head_dim'], hidden_act='silu', rms_norm_eps=cfg['rms_eps'], rope_theta=cfg['rope'], vocab_size=cfg['vocab'],
        max_position_embeddings=cfg['positions'], tie_word_embeddings=False, bos_token_id=None,
        eos_token_id=[language.token_id('<|im_end|>'), language.token_id('<|endoftext|>')]))
    write_json(f'{folder}/preprocessor_config.json', dict(
        image_processor_type='NadirImageProcessor', size={'height': cfg['image'], 'width': cfg['image']}, resample='bilinear',
        do_rescale=True, rescale_factor=1 / 255, do_normalize=True, image_mean=MEAN, image_std=STD, bands=['red', 'green', 'blue', 'nir']))
    check_parity(model, folder, llm, cfg)
    write_json(f'{folder}/nadir.json', manifest(llm, list(scores), cfg))
    from .refresh_manifest import refresh
    refresh(folder)
    with open(f'{folder}/nadir.json', encoding='utf-8') as f:
        files = json.load(f)['files']
    total = sum(f['bytes'] for f in files.values())
    print(f'{folder}: {total / 1e6:.1f} MB in {len(files) + 1} files')
    assert total <= 25e6, 'the model folder is over 25 MB'


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--checkpoint', help='state dict of model.Nadir')
    ap.add_argument('--out', default='public/models/nadir-s')
    ap.add_argument('--random', action='store_true', help='export untrained weights (for work on the app)')
    ap.add_argument('--scores', help='JSON list of measured scores for the manifest')
    ap.add_argument('--goldens', help='also write PyTorch goldens into this folder')
    args = ap.parse_args()
    torch.manual_seed(0)
    model = Nadir()
    if not args.random:
        model.load_state_dict(torch.load(args.checkpoint, map_location='cpu')['model'])
    export(model, args.out, json.load(open(args.scores)) if args.scores else ())
    if args.goldens:
        from .goldens import write_goldens
        write_goldens(model, args.goldens)


if __name__ == '__main__':
    main()
