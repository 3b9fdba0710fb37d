"""The connector's graph, operator by operator as model/connector.py has it."""
from onnx import TensorProto

from ...core.config import CONFIG
from ...core.names import CLASSES, DEFECTS, DENSITY, PRESENCE, SCENES
from ...model.rows import EVIDENCE_ROWS
from .graph import Graph


def dense_head(g, x, head, name):
    """model.connector.DenseHead: stride 8 in, stride 4 out, NCHW."""
    x = g.op('DepthToSpace', [g.gelu(g.conv(x, head.conv1, f'{name}.conv1'))], blocksize=2, mode='CRD')
    return g.conv(g.op('Add', [x, g.gelu(g.conv(x, head.conv2, f'{name}.conv2'))]), head.conv3, f'{name}.conv3')


def as_float(g, truth):
    return g.op('Cast', [truth], to=TensorProto.FLOAT)


def decided(g, x):
    """1 at the largest entry of the last axis, 0 elsewhere."""
    return as_float(g, g.op('GreaterOrEqual', [x, g.op('ReduceMax', [x], axes=[-1], keepdims=1)]))


def export_connector(c, folder, cfg=CONFIG):
    g = Graph('connector')
    d, c2, f, h = cfg['width'], cfg['conv2'], cfg['neck'], cfg['hidden']
    side = cfg['image'] // 16
    n = side * side
    tokens, fine = g.input('tokens', [1, n, d]), g.input('fine', [1, 4 * n, c2])
    nchw = lambda x, s, ch: g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 1]), g.ints(1, ch, s, s)])
    nhwc = lambda x: g.op('Transpose', [x], perm=[0, 2, 3, 1])
    up = g.upsample(g.conv(nchw(tokens, side, d), c.lat_token, 'lat_token'))
    neck = g.gelu(g.op('Add', [g.conv(nchw(fine, 2 * side, c2), c.lat_fine, 'lat_fine'), up]))
    neck = g.op('Add', [neck, g.gelu(g.conv(neck, c.neck1, 'neck1'))])
    neck = g.op('Add', [neck, g.gelu(g.conv(neck, c.neck2, 'neck2'))])
    wide = g.op('Add', [neck, g.gelu(g.conv(neck, c.wide1, 'wide1'))])
    wide = g.op('Add', [wide, g.gelu(g.conv(wide, c.wide2, 'wide2'))])
    heat, geom = dense_head(g, wide, c.heat, 'heat'), dense_head(g, wide, c.geom, 'geom')
    # Softplus spelt out: not every GPU provider has it.
    dens = g.gelu(g.conv(neck, c.dens1, 'dens1'))
    dens = g.op('Add', [dens, g.gelu(g.conv(dens, c.dens_mid, 'dens_mid'))])
    density = g.op('Exp', [g.conv(dens, c.dens2, 'dens2')])
    density = g.op('Mul', [g.op('Log', [g.op('Add', [density, g.scalar(1.0)])]), g.const(c.density_scale.detach().numpy()[None, :, None, None])])
    t = g.gelu(g.linear(fine, c.texton, 'texton'))
    mean = g.op('ReduceMean', [t], axes=[1], keepdims=1)
    diff = g.op('Sub', [t, mean])
    var = g.op('ReduceMean', [g.op('Mul', [diff, diff])], axes=[1], keepdims=0)
    std = g.op('Sqrt', [g.op('Add', [var, g.scalar(1e-5)])])
    stats = g.op('Concat', [g.op('Squeeze', [mean, g.ints(1)]), std, g.op('ReduceMean', [tokens], axes=[1], keepdims=0),
                            g.op('ReduceMax', [tokens], axes=[1], keepdims=0), g.op('ReduceMax', [neck], axes=[2, 3], keepdims=0)], axis=1)
    stats = g.layer_norm(stats, c.stat_norm, 'stat_norm')
    local = g.gelu(g.linear(fine, c.quality_local, 'quality_local'))
    local = [g.op(f'Reduce{kind}', [local], axes=[1], keepdims=0) for kind in ('Max', 'Mean')]
    quality = g.linear(g.gelu(g.linear(g.op('Concat', [stats, *local], axis=1), c.quality_fc, 'quality_fc')), c.quality_head, 'quality_head')
    stats = g.gelu(g.linear(stats, c.stat_fc, 'stat_fc'))
    scene = g.linear(stats, c.scene_head, 'scene_head')
    presence = g.linear(stats, c.presence_head, 'presence_head')
    scene_p, presence_p, quality_p = g.op('Softmax', [scene], axis=-1), g.op('Sigmoid', [presence]), g.op('Sigmoid', [quality])
    m = g.op('Reshape', [tokens, g.ints(1, side // 2, 2, side // 2, 2, d)])
    m = g.op('Reshape', [g.op('Transpose', [m], perm=[0, 1, 3, 2, 4, 5]), g.ints(1, n // 4, 4 * d)])
    rows = [g.linear(g.gelu(g.linear(m, c.merge1, 'merge1')), c.merge2, 'merge2')]
    count = g.op('ReduceSum', [density, g.ints(2, 3)], keepdims=0)
    apart = g.op('Unsqueeze', [g.op('Log', [g.op('Add', [count, g.scalar(1.0)])]), g.ints(2)])
    apart = g.op('Abs', [g.op('Sub', [apart, g.const(c.steps.numpy()[None, None])])])
    scaled = g.op('Div', [apart, g.scalar(0.12)])
    around = g.op('Exp', [g.op('Neg', [g.op('Mul', [scaled, scaled])])])
    flat = lambda x: g.op('Reshape', [x, g.ints(1, -1)])
    positive = lambda x: as_float(g, g.op('Greater', [x, g.scalar(0.0)]))
    for layer, name, parts in ((c.global_row, 'global_row', [stats]), (c.scene_row, 'scene_row', [scene_p, decided(g, scene)]),
                               (c.density_row, 'density_row', [flat(around), flat(decided(g, g.op('Neg', [apart])))]),
                               (c.quality_row, 'quality_row', [quality_p, positive(quality)])):
        x = parts[0] if len(parts) == 1 else g.op('Concat', parts, axis=-1)
        rows.append(g.op('Unsqueeze', [g.linear(x, layer, name), g.ints(1)]))
    label, soft, hard = (g.weight(f'presence_rows.{name}', value.detach().numpy()[None]) for name, value in zip(('label', 'soft', 'hard'), c.presence_rows))
    column = lambda x: g.op('Unsqueeze', [x, g.ints(2)])
    present = g.op('Add', [label, g.op('Mul', [column(presence_p), soft])])
    rows.append(g.op('Add', [present, g.op('Mul', [column(positive(presence)), hard])]))
    g.output('visual', [1, n // 4 + EVIDENCE_ROWS, h], g.op('Concat', rows, axis=1))
    g.output('neck', [1, 2 * side, 2 * side, f], nhwc(neck))
    g.output('heat', [1, 4 * side, 4 * side, len(CLASSES)], g.op('Sigmoid', [nhwc(heat)]))
    g.output('geom', [1, 4 * side, 4 * side, 6], nhwc(geom))
    g.output('scene', [1, len(SCENES)], scene_p)
    g.output('presence', [1, len(PRESENCE)], presence_p)
    g.output('density', [1, 2 * side, 2 * side, len(DENSITY)], nhwc(density))
    g.output('quality', [1, len(DEFECTS)], quality_p)
    g.save(f'{folder}/onnx/connector.onnx')
