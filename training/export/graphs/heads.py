"""The small networks as ONNX graphs: proposal tokens, change, refiner."""
from ...core.config import CONFIG
from .connector import as_float, decided
from .graph import Graph


def export_proposals(m, folder, file='proposals', classes=None, cfg=CONFIG):
    """`classes`: how many, without it those of `cfg`."""
    g, classes = Graph(file), classes or len(cfg['boxes'])
    geometry, scores = g.input('geometry', [1, 'K', 6]), g.input('scores', [1, 'K', classes])
    x = g.op('Concat', [geometry, scores, decided(g, scores), g.input('features', [1, 'K', cfg['neck']])], axis=-1)
    g.output('tokens', [1, 'K', cfg['hidden']], g.linear(g.gelu(g.linear(x, m.fc1, 'fc1')), m.fc2, 'fc2'))
    g.save(f'{folder}/onnx/{file}.onnx')


def export_change(m, folder, cfg=CONFIG):
    g = Graph('change')
    side, f = cfg['image'] // 8, cfg['neck']
    read = m.read.weight.detach().numpy(), m.read.bias.detach().numpy()  # one layer, two inputs
    weight, bias = g.weight('read.weight', read[0]), g.weight('read.bias', read[1])
    before, after = (g.op('Conv', [g.op('Transpose', [g.input(k, [1, side, side, f])], perm=[0, 3, 1, 2]), weight, bias], kernel_shape=[1, 1])
                     for k in ('neck_before', 'neck_after'))
    nhwc = lambda x: g.op('Transpose', [x], perm=[0, 2, 3, 1])
    pool = lambda v: g.op('MaxPool', [v], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
    over = lambda a, b: g.op('Relu', [g.op('Sub', [a, b])])
    least = g.op('Neg', [pool(g.op('Neg', [before]))])
    moved = g.op('Add', [over(after, pool(before)), over(least, after)])
    x = g.op('Concat', [before, after, g.op('Abs', [g.op('Sub', [after, before])]), moved], axis=1)
    x = g.gelu(g.conv(x, m.mix, 'mix'))
    for name in ('conv1', 'conv2', 'conv3'):
        x = g.op('Add', [x, g.gelu(g.conv(x, getattr(m, name), name))])
    heat = g.conv(x, m.heat, 'heat')
    most = lambda v: g.op('ReduceMax', [v], axes=[2, 3], keepdims=0)
    pooled = g.op('Concat', [g.op('ReduceMean', [x], axes=[2, 3], keepdims=0), most(x), most(heat)], axis=1)
    seen = g.gelu(g.linear(pooled, m.changed1, 'changed1'))
    changed = g.linear(seen, m.changed2, 'changed2')
    p = g.op('Sigmoid', [changed])
    row = g.linear(g.op('Concat', [seen, p, as_float(g, g.op('Greater', [changed, g.scalar(0.0)]))], axis=-1), m.row, 'row')
    g.output('rows', [1, 1, cfg['hidden']], g.op('Unsqueeze', [row, g.ints(1)]))
    g.output('heat', [1, side, side, 1], g.op('Sigmoid', [nhwc(heat)]))
    g.output('geom', [1, side, side, 6], nhwc(g.conv(x, m.geom, 'geom')))
    g.output('changed', [1, 1], p)
    g.save(f'{folder}/onnx/change.onnx')


def export_refiner(m, folder, cfg=CONFIG):
    g = Graph('refiner')
    crop, feat = g.input('crop', ['N', 5, 64, 64]), g.input('features', ['N', cfg['neck'], 16, 16])
    label = g.input('label', ['N', len(cfg['masks'])])
    a = g.gelu(g.conv(crop, m.e1, 'e1'))
    b = g.gelu(g.conv(a, m.e2, 'e2'))
    lab = g.op('Unsqueeze', [g.linear(label, m.label, 'label_fc'), g.ints(2, 3)])
    c = g.gelu(g.op('Add', [g.op('Add', [g.conv(b, m.e3, 'e3'), g.conv(feat, m.feature, 'feature')]), lab]))
    c = g.op('Add', [c, g.gelu(g.conv(c, m.m1, 'm1'))])
    c = g.op('Add', [c, g.gelu(g.conv(c, m.m2, 'm2'))])
    b = g.gelu(g.conv(g.op('Concat', [g.upsample(c), b], axis=1), m.d2, 'd2'))
    a = g.gelu(g.conv(g.op('Concat', [g.upsample(b), a], axis=1), m.d1, 'd1'))
    g.output('mask', ['N', 1, 64, 64], g.conv(a, m.outc, 'outc'))
    g.save(f'{folder}/onnx/refiner.onnx')
