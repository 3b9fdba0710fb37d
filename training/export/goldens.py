"""PyTorch goldens for the app's tests: kernels on random numbers, and the exported model on one generated tile.
Without a model, the boxes of fit_box alone: python -m training.export.goldens e2e/fixtures/goldens

Layout: index.json lists every array as {file, dtype, shape, offset, bytes}; little-endian, row-major.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.normalise import normalise, stretch
from ..inference.evidence import see, see_change
from ..inference.fit_box import fit_box, refine, refiner_inputs
from ..inference.prompt import embed_change, embed_prompt, generate
from ..language.tokenizer import prompt_text
from ..model.block import Block, gelu
from ..scenes.generate import generate as generate_scene

SEED, KIND, GSD = 5024, 'airfield', 0.3
PROMPTS = ['Find all airplanes.', 'How many airplanes are there?', 'What kind of scene is this?', '找出所有飞机。', 'How many trees are there?', 'What is wrong with this image?']
CHANGE_PROMPT = 'What changed between the two images?'


class Pack:
    def __init__(self, folder, file):
        self.folder, self.file, self.data, self.index = folder, file, bytearray(), {}

    def add(self, name, array):
        a = np.ascontiguousarray(array.detach().numpy() if isinstance(array, torch.Tensor) else array)
        if a.dtype == np.float64:
            a = a.astype(np.float32)
        self.data += b'\0' * (-len(self.data) % 4)
        self.index[name] = dict(file=self.file, dtype=str(a.dtype), shape=list(a.shape), offset=len(self.data), bytes=a.nbytes)
        self.data += a.tobytes()

    def close(self):
        with open(f'{self.folder}/{self.file}', 'wb') as f:
            f.write(self.data)


@torch.no_grad()
def kernel_goldens(folder):
    """Small odd sizes on purpose. Linear weights are [in, out]; convolutions [(ky, kx, cin), cout], images NHWC."""
    torch.manual_seed(7)
    p, notes = Pack(folder, 'kernels.bin'), {}
    flat = lambda conv: conv.weight.detach().permute(2, 3, 1, 0).reshape(-1, conv.weight.shape[0]).contiguous()
    for name, k, stride, pad, cin, cout, h, w in (('conv_a', 7, 4, 3, 4, 13, 29, 22), ('conv_b', 3, 2, 1, 5, 7, 11, 8), ('conv_c', 3, 1, 1, 6, 6, 5, 9)):
        conv = nn.Conv2d(cin, cout, k, stride, pad)
        x = torch.randn(1, h, w, cin)
        y = gelu(conv(x.permute(0, 3, 1, 2))).permute(0, 2, 3, 1)
        for part, v in (('x', x), ('weight', flat(conv)), ('bias', conv.bias), ('y', y)):
            p.add(f'{name}.{part}', v)
        notes[name] = dict(op='conv2d + gelu(tanh)', k=k, stride=stride, pad=pad, cin=cin, cout=cout)
    for name, m, k, n in (('linear_a', 5, 33, 17), ('linear_b', 1, 64, 3)):
        layer, x = nn.Linear(k, n), torch.randn(m, k)
        for part, v in (('x', x), ('weight', layer.weight.detach().T), ('bias', layer.bias), ('y', layer(x)), ('y_gelu', gelu(layer(x)))):
            p.add(f'{name}.{part}', v)
        notes[name] = dict(op='y = x W + b; y_gelu = gelu_tanh(y)')
    norm, x = nn.LayerNorm(37, eps=1e-6), torch.randn(9, 37) * 3 + 1
    nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
    for part, v in (('x', x), ('weight', norm.weight), ('bias', norm.bias), ('y', norm(x))):
        p.add(f'layernorm.{part}', v)
    notes['layernorm'] = dict(op='layer norm over the last axis', eps=1e-6)
    for name, n, heads, d in (('attention_a', 23, 2, 16), ('attention_b', 65, 1, 64)):
        qkv = torch.randn(1, n, 3 * heads * d)
        q, k, v = qkv.view(1, n, 3, heads, d).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, heads * d)
        p.add(f'{name}.qkv', qkv[0])
        p.add(f'{name}.y', y)
        notes[name] = dict(op='multi-head attention on packed q|k|v, head-major', heads=heads, headDim=d)
    for name, (a, b), (c, d) in (('pos_up', (4, 4), (7, 5)), ('pos_down', (6, 6), (3, 5))):
        pos = torch.randn(a, b, 8)
        y = F.interpolate(pos.permute(2, 0, 1)[None], (c, d), mode='bilinear', align_corners=False)[0].permute(1, 2, 0)
        p.add(f'{name}.x', pos)
        p.add(f'{name}.y', y)
        notes[name] = dict(op='bilinear, align_corners=false, no antialiasing')
    block, x = Block(32, 2, 48, 1e-6), torch.randn(1, 11, 32)
    for n, v in block.named_parameters():
        nn.init.normal_(v, std=0.2)
        p.add(f'block.{n}', v.detach().T if n.endswith('weight') and v.ndim == 2 else v)
    p.add('block.x', x)
    p.add('block.y', block(x))
    notes['block'] = dict(op='pre-norm transformer block', heads=2)
    # Depthwise kernels as TensorFlow pads them for a stride of 2, and evenly; ReLU6 on values that both its ends cut off.
    gen = torch.Generator().manual_seed(8)
    for name, k, stride, (near, far), channels, h, w in (('depthwise_a', 3, 2, (0, 1), 6, 8, 12), ('depthwise_b', 5, 2, (1, 2), 5, 10, 8), ('depthwise_c', 5, 1, (2, 2), 9, 7, 6)):
        x, weight = (torch.randn(*shape, generator=gen) * 2 for shape in ((1, h, w, channels), (channels, 1, k, k)))
        bias = torch.randn(channels, generator=gen)
        y = F.relu6(F.conv2d(F.pad(x.permute(0, 3, 1, 2), (near, far, near, far)), weight, bias, stride, groups=channels)).permute(0, 2, 3, 1)
        assert (y == 0).any() and (y == 6).any()
        for part, v in (('x', x), ('weight', weight.permute(2, 3, 1, 0).reshape(-1, channels)), ('bias', bias), ('y', y)):
            p.add(f'{name}.{part}', v)
        notes[name] = dict(op='depthwise conv2d + ReLU6', k=k, stride=stride, pad=near, padAfter=far)
    p.close()
    return p.index, notes


@torch.no_grad()
def model_goldens(model, folder):
    scene = generate_scene(SEED, 256, 256, GSD, KIND)
    tile = stretch(scene['image'])
    pixels = normalise(tile, True)
    p = Pack(folder, 'model.bin')
    seen = see(model, torch.from_numpy(pixels)[None])
    p.add('tile_u8', tile)
    p.add('tokens_rows_0_37_255', seen['tokens'][0, [0, 37, 255]])
    p.add('fine_rows_0_500_1023', seen['fine'][0, [0, 500, 1023]])
    p.add('visual', seen['visual'][0])
    p.add('scene', seen['scene'])
    p.add('presence', seen['presence'])
    p.add('density', seen['density'])
    p.add('quality', seen['quality'])
    p.add('cover', seen['cover'].astype(np.float16))
    listed = lambda proposals: [dict(cls=o['cls'], score=o['score'], cell=o['cell'], box=list(o['box'])) for o in proposals]
    out = dict(prompts=[], heads=listed(seen['heads']), proposals=listed(seen['proposals']),
               tokens=dict(mean=float(seen['tokens'].mean()), std=float(seen['tokens'].std())), fine=dict(mean=float(seen['fine'].mean()), std=float(seen['fine'].std())))
    p.add('heat', seen['heat'].astype(np.float16))
    p.add('geom', seen['geom'].astype(np.float16))
    for q in PROMPTS:
        embeds, ids = embed_prompt(model, seen, q)
        logits, _ = model.llm(embeds)
        top = torch.topk(logits[0, -1], 20)
        text, answer_ids = generate(model, embeds, 128)
        out['prompts'].append(dict(question=q, prompt=prompt_text(q), ids=ids, length=embeds.shape[1], top=[[int(i), float(v)] for i, v in zip(top.indices, top.values)],
                                   answer=text, answerIds=answer_ids))
    # The same tile with a part paved over, for a question about change.
    paved = tile.copy()
    paved[60:170, 120:230] = (176, 172, 165, 168)
    after = see(model, torch.from_numpy(normalise(paved, True))[None])
    change = see_change(model, seen, after)
    p.add('paved_u8_box', np.array([120, 60, 230, 170, 176, 172, 165, 168], np.int32))
    p.add('change_heat', change['heat'].astype(np.float16))
    p.add('change_rows', change['rows'])
    text, answer_ids = generate(model, embed_change(model, change, CHANGE_PROMPT), 64)
    out['change'] = dict(question=CHANGE_PROMPT, changed=change['changed'], answer=text, answerIds=answer_ids,
                         proposals=listed(change['proposals']))
    outlined = [p for p in seen['proposals'] if model.boxes[p['cls']] in model.masks]
    box, cls = (outlined[0]['box'], outlined[0]['cls']) if outlined else ((128.0, 128.0, 80.0, 40.0, 30.0), model.boxes.index(model.masks[0]))
    crop, features = refiner_inputs(pixels, seen['neck'], box)
    p.add('refiner_crop', crop.astype(np.float16))
    p.add('refiner_mask_logits', refine(model, pixels, seen['neck'], box, model.boxes[cls]))
    out['refiner'] = dict(box=list(box), cls=cls)
    out['truth'] = [dict(label=o['label'], box=list(o['box'])) for o in scene['objects']]
    p.close()
    return p.index, out


def fit_box_goldens(folder, n=64):
    """fit-box.json: made-up masks (hexadecimal bits, row by row; 1 = above 0) of boxes, and the boxes that fit them."""
    rng = np.random.default_rng(11)
    at = (np.arange(n) + 0.5) / n - 0.5
    u, v = np.meshgrid(at, at)

    def slab(x, y, w, h, degrees=0.0):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return (np.abs((u - x) * c + (v - y) * s) < w / 2) & (np.abs((v - y) * c - (u - x) * s) < h / 2)

    masks = {
        'its own box': slab(0, 0, 0.8, 0.8), 'everything': np.ones((n, n), bool), 'nothing': np.zeros((n, n), bool),
        'turned a little': slab(0.04, -0.05, 0.7, 0.5, 12), 'turned back': slab(-0.05, 0.02, 0.6, 0.62, -33),
        'an L': slab(-0.2, 0, 0.3, 0.8) | slab(0, 0.25, 0.7, 0.3), 'a disc': np.hypot(u, v) < 0.4, 'a diamond': np.abs(u) + np.abs(v) < 0.42,
        'the larger of two': slab(-0.15, 0, 0.6, 0.8) | slab(0.38, 0, 0.14, 0.9), 'parts that touch at a corner': slab(-0.16, -0.1, 0.68, 0.8) | slab(0.34, 0.4, 0.32, 0.2),
        'nineteen samples': (np.arange(n * n) < 19).reshape(n, n), 'a row of twenty': (np.arange(n * n) < 20).reshape(n, n),
        'too small a part': slab(0, 0, 0.3, 0.3), 'a corner': slab(0.35, 0.35, 0.3, 0.3)}
    for i in range(12):
        x, y, w, h, degrees = rng.uniform((-0.1, -0.1, 0.5, 0.5, -90), (0.1, 0.1, 0.9, 0.9, 90))
        masks[f'ragged {i}'] = slab(x, y, w, h, degrees) & (rng.random((n, n)) < 0.9)
    cases = []
    for name, mask in masks.items():
        box = tuple(float(b) for b in rng.uniform((60, 60, 12, 12, 0), (196, 196, 90, 90, 180)).round(2))
        cases.append(dict(name=name, box=box, bits=np.packbits(mask).tobytes().hex(), fitted=fit_box(box, np.where(mask, 1.5, -0.5))))
    for name, box in (('over the left edge', (8.0, 120.0, 60.0, 40.0, 20.0)), ('over a corner', (250.0, 252.0, 50.0, 30.0, 100.0)), ('nearly outside', (270.0, 100.0, 40.0, 40.0, 0.0))):
        mask = slab(0, 0, 0.78, 0.78)
        cases.append(dict(name=name, box=box, bits=np.packbits(mask).tobytes().hex(), fitted=fit_box(box, np.where(mask, 1.5, -0.5))))
    with open(f'{folder}/fit-box.json', 'w') as f:
        json.dump(dict(about='Written by training/export/goldens.py from inference/fit_box.py.', size=n, grow=1.25, cases=cases), f, indent=1)
        f.write('\n')


def write_goldens(model, folder):
    os.makedirs(folder, exist_ok=True)
    fit_box_goldens(folder)
    kernels, notes = kernel_goldens(folder)
    arrays, facts = model_goldens(model, folder)
    with open(f'{folder}/index.json', 'w') as f:
        json.dump(dict(about='Written by training/export/goldens.py from PyTorch; see there for layouts.', classes=model.boxes,
                       kernels=notes, arrays={**kernels, **arrays}, model=facts), f, indent=1)
        f.write('\n')
    total = sum(os.path.getsize(f'{folder}/{n}') for n in os.listdir(folder))
    print(f'goldens: {total / 1e6:.2f} MB')
    assert total < 1.5e6


if __name__ == '__main__':
    fit_box_goldens(sys.argv[1])
