"""The reader's folder: `python -m training.export.reading FOLDER --english en.pt --chinese zh.pt [--goldens FILE]`. FOLDER is a model
folder; its reader/ is written, and its nadir.json names it.

english.onnx and chinese.onnx take one question's token ids and lexicon features, int64[1, tokens], and give logits. Weights are 8-bit integers with a
scale an output, and become f32 when a session is made. reader.json has labels, vocabularies and lexicon."""
import argparse
import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto

from ..core.files import read_json, write_json
from ..reading.generate.rows import rows
from ..reading.model import SENTENCE, TAGS, Reader, chinese_reader, mask_of
from ..reading.generate.noise import TRADITIONAL
from ..reading.plan import IRREGULAR, plan_of
from ..reading.text import CHINESE_FORMS, ENGLISH_FORMS, MAX_TOKENS, ChineseText, EnglishText, Speller
from .graphs.graph import MS, Graph
from .refresh import refresh


def eight_bit(weight):
    """f32[out, in] -> int8[out, in] and f32[out], symmetric."""
    scale = np.maximum(np.abs(weight).max(1), 1e-8) / 127
    return np.clip(np.round(weight / scale[:, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


def product(g, x, layer, name):
    """x @ weight.T + bias. The 8-bit weights become f32 when ONNX Runtime folds constants; products in 8 bits moved logits by up to 1 and changed 1 plan in 20."""
    q, scale = eight_bit(layer.weight.detach().numpy())
    weight = g.op('Mul', [g.op('Cast', [g.const(np.ascontiguousarray(q.T), f'{name}.weight')], to=TensorProto.FLOAT), g.const(scale, f'{name}.scale')])
    return g.op('Add', [g.op('MatMul', [x, weight]), g.const(layer.bias.detach().numpy(), f'{name}.bias')])


def rows_of(g, table, ids, name):
    """Rows of a table that is kept in 8 bits."""
    q, scale = eight_bit(table.detach().numpy())
    row = g.op('Cast', [g.op('Gather', [g.const(q, f'{name}.weight'), ids])], to=TensorProto.FLOAT)
    return g.op('Mul', [row, g.op('Gather', [g.const(scale[:, None], f'{name}.scale'), ids])])


def norm(g, x, layer, name):
    return g.op('LayerNormalization', [x, g.const(layer.weight.detach().numpy(), f'{name}.weight'), g.const(layer.bias.detach().numpy(), f'{name}.bias')], axis=-1, epsilon=layer.eps)


def export_reader(model, path):
    g = Graph('reader')
    ids = g.input('ids', [1, 'tokens'], TensorProto.INT64)
    feats = g.input('feats', [1, 'tokens'], TensorProto.INT64)
    width, heads = model.embed.embedding_dim, model.layers[0].heads
    size = width // heads
    count = g.op('Gather', [g.op('Shape', [ids]), g.const(np.array(1, np.int64))])
    places = g.op('Range', [g.const(np.array(0, np.int64)), count, g.const(np.array(1, np.int64))])
    x = g.op('Add', [rows_of(g, model.embed.weight, ids, 'embed'), rows_of(g, model.position.weight[:MAX_TOKENS], places, 'position')])
    x = norm(g, x, model.norm, 'norm')
    for i, layer in enumerate(model.layers):
        if i == model.lower_count:
            x = g.op('Add', [x, g.op('Gather', [g.const(model.feature.weight.detach().numpy(), 'feature.weight'), feats])])
        name = f'layers.{i}'
        qkv = g.op('Reshape', [product(g, x, layer.qkv, f'{name}.qkv'), g.ints(0, 0, 3, heads, size)])
        q, k, v = (g.op('Squeeze', [part, g.ints(2)]) for part in g.op('Split', [qkv], outputs=3, axis=2, num_outputs=3))
        turn = lambda y, perm: g.op('Transpose', [y], perm=perm)
        a = g.op('MatMul', [g.op('Mul', [turn(q, [0, 2, 1, 3]), g.scalar(size ** -0.5)]), turn(k, [0, 2, 3, 1])])
        y = g.op('Reshape', [turn(g.op('MatMul', [g.op('Softmax', [a], axis=-1), turn(v, [0, 2, 1, 3])]), [0, 2, 1, 3]), g.ints(0, 0, width)])
        x = norm(g, g.op('Add', [x, product(g, y, layer.out, f'{name}.out')]), layer.norm1, f'{name}.norm1')
        up = g.op('Gelu', [product(g, x, layer.up, f'{name}.up')], domain=MS)
        x = norm(g, g.op('Add', [x, product(g, up, layer.down, f'{name}.down')]), layer.norm2, f'{name}.norm2')
    read = model.read
    linear = lambda y, layer, name: g.op('Add', [g.op('MatMul', [y, g.const(np.ascontiguousarray(layer.weight.detach().numpy().T), f'{name}.weight')]), g.const(layer.bias.detach().numpy(), f'{name}.bias')])
    weight = g.op('Softmax', [linear(x, read.score, 'score')], axis=1)
    pooled = g.op('MatMul', [turn(weight, [0, 2, 1]), x])
    for i, (name, head) in enumerate(read.heads.items()):
        g.output(name, [1, len(SENTENCE[name])], linear(g.op('Gather', [pooled, g.const(np.array(i, np.int64))], axis=1), head, name))
    g.output('tags', [1, 'tokens', len(TAGS)], linear(x, read.tags, 'tags'))
    g.opset = 18
    g.save(path)


def load(path):
    """(text, model, checkpoint) of what `stages.reading` wrote."""
    c = torch.load(path, weights_only=False)
    if c['lang'] == 'en':
        text = EnglishText(c['vocab'], Speller(c['domain'], [t for t in c['vocab'] if t.isalpha()]))
        model = Reader(len(c['vocab']), 384, 12, 1536, 6 - c['upper'], c['upper'], text.features, 512, 0)
    else:
        text = ChineseText(c['vocab'])
        model = chinese_reader(len(c['vocab']))
    model.load_state_dict(c['model'])
    return text, model.eval(), c


def restore(folder, lang):
    """(text, reader) as the model folder ships them, the way back from export: weights at their 8-bit values."""
    spec = read_json(f'{folder}/reader/reader.json')['languages'][lang]
    arrays = {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(f'{folder}/{spec["graph"]}').graph.initializer}
    if lang == 'en':
        with open(f'{folder}/{spec["vocab"]}', encoding='utf-8') as f:
            vocab = f.read().split('\n')
        text = EnglishText(vocab, Speller(spec['domain'].split(' '), [t for t in vocab if t.isalpha()]))
        model = Reader(len(vocab), 384, 12, 1536, 4, 2, text.features, MAX_TOKENS, 0)
    else:
        text = ChineseText(spec['units'])
        model = chinese_reader(len(spec['units']), drop=0)
    state = {}
    for name in model.state_dict():
        layer, _, kind = name.removeprefix('read.heads.').removeprefix('read.').rpartition('.')
        value = arrays[f'{layer}.{kind}'].astype(np.float32)
        if kind == 'weight':
            value = value * arrays.get(f'{layer}.scale', np.float32(1))
            value = value if layer in ('embed', 'position', 'feature') else value.T  # a layer's are written transposed
        state[name] = torch.from_numpy(np.ascontiguousarray(value))
    model.load_state_dict(state)
    return text, model.eval()


@torch.no_grad()
def answers(text, model, question):
    reading = text.read(question)
    out = model(torch.tensor([reading.ids]), torch.tensor([reading.feats]), mask_of(torch.tensor([len(reading.ids)]), len(reading.ids)))
    return reading, {k: v[0].tolist() for k, v in out.items()}


def grouped(forms):
    """{'kind|name': forms}"""
    out = {}
    for form, (kind, name) in forms.items():
        out.setdefault(f'{kind}|{name}', []).append(form)
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--english', required=True)
    p.add_argument('--chinese', required=True)
    p.add_argument('folder')
    p.add_argument('--goldens')
    p.add_argument('--least-certainty', type=float, default=0.5, help='a reading that is less certain is asked back')
    args = p.parse_args()
    out = f'{args.folder}/reader'
    os.makedirs(out, exist_ok=True)
    en, zh = load(args.english), load(args.chinese)
    for (text, model, _), name in ((en, 'english'), (zh, 'chinese')):
        export_reader(model, f'{out}/{name}.onnx')
        check(text, model, f'{out}/{name}.onnx', 'en' if name == 'english' else 'zh')
    with open(f'{out}/vocab.txt', 'w', encoding='utf-8') as f:
        f.write('\n'.join(en[2]['vocab']))
    write_json(f'{out}/reader.json', {
        'maxTokens': MAX_TOKENS, 'labels': {**SENTENCE, 'tags': TAGS},
        'languages': {'en': {'graph': 'reader/english.onnx', 'temperature': en[2]['temperature'], 'forms': grouped(ENGLISH_FORMS), 'vocab': 'reader/vocab.txt', 'domain': ' '.join(en[2]['domain'])},
                      'zh': {'graph': 'reader/chinese.onnx', 'temperature': zh[2]['temperature'], 'forms': grouped(CHINESE_FORMS), 'units': zh[2]['vocab']}},
        'traditional': [''.join(TRADITIONAL), ''.join(TRADITIONAL.values())], 'irregular': IRREGULAR})
    refresh(args.folder, reader={'settings': 'reader/reader.json', 'graphs': ['reader/english.onnx', 'reader/chinese.onnx'], 'leastCertainty': args.least_certainty})
    for name in sorted(os.listdir(out)):
        print(f'{name}: {os.path.getsize(f"{out}/{name}") / 1e6:.2f} MB')
    if args.goldens:
        made = []
        for lang, (text, model, _) in (('en', en), ('zh', zh)):
            for row in rows(lang, 24, 5, 'held'):
                reading, logits = answers(text, model, row['q'])
                made.append({'q': row['q'], 'lang': lang, 'ids': reading.ids, 'feats': reading.feats, 'logits': {k: np.round(v, 4).tolist() for k, v in logits.items() if k != 'thing'}, 'plan': plan_of(reading, logits)})
        write_json(args.goldens, made)


def check(text, model, path, lang):
    """The 8-bit graph's plans against PyTorch's on held-out questions."""
    import onnxruntime
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    names = [o.name for o in session.get_outputs()]
    equal, worst, made = 0, 0.0, rows(lang, 80, 9, 'held')
    for row in made:
        reading, logits = answers(text, model, row['q'])
        got = session.run(names, {'ids': np.array([reading.ids]), 'feats': np.array([reading.feats])})
        mine = {k: v[0].tolist() for k, v in zip(names, got)}
        worst = max(worst, float(np.abs(np.array(mine['intent']) - np.array(logits['intent'])).max()))
        equal += plan_of(reading, mine) == plan_of(reading, logits)
    print(f'{path}: {equal} of {len(made)} plans are equal in 8 bits; intent logits differ by at most {worst:.2f}')


if __name__ == '__main__':
    main()
