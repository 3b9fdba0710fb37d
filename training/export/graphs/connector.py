"""The connector's graph, operator by operator as model/pyramid/dense.py and model/rows.py have it."""
from onnx import TensorProto

from ...core.config import CONFIG
from ...core.names import COVER, DEFECTS, DENSITY, PRESENCE, SCENE_SCALES, SCENES, SCENES_10M
from ...model.rows import EVIDENCE_ROWS
from .graph import Graph

TAPS = ('fine', 'finer', 'glance', 'deep')  # the tower's taps in the order of the graph's inputs


def as_float(g, truth):
    return g.op('Cast', [truth], to=TensorProto.FLOAT)


def decided(g, x):
    """1 at the largest entry of the last axis, 0 elsewhere."""
    return as_float(g, g.op('GreaterOrEqual', [x, g.op('ReduceMax', [x], axes=[-1], keepdims=1)]))


def positive(g, x):
    return as_float(g, g.op('Greater', [x, g.scalar(0.0)]))


def reduced(g, kind, x, *axes):
    return g.op(f'Reduce{kind}', [x], axes=list(axes), keepdims=0)


class Connector:
    """Writes the nodes of an Evidence; a method a part."""

    def __init__(self, evidence, sizes, cfg):
        """`sizes`: channels of the tower's stages by stride."""
        self.c, self.g, self.cfg = evidence, Graph('connector'), cfg
        self.side = cfg['image'] // 16
        n = self.side ** 2
        shapes = {'fine': (4 * n, sizes[8]), 'finer': (16 * n, sizes[4]), 'glance': (16 * n, cfg['glance']), 'deep': (n // 4, sizes[32])}
        self.tokens = self.g.input('tokens', [1, n, cfg['width']])
        self.fine, finer, glance, self.deep = (self.g.input(name, [1, *shapes[name]]) for name in TAPS)
        self.finer = self.g.op('Concat', [finer, glance], axis=2)
        self.sizes = sizes

    def conv(self, x, name):
        return self.g.conv(x, getattr(self.c, name), name)

    def linear(self, x, name):
        return self.g.linear(x, getattr(self.c, name), name)

    def added(self, x, name):
        """x + gelu(conv(x))"""
        return self.g.op('Add', [x, self.g.gelu(self.conv(x, name))])

    def grid(self, cells, side, channels):
        """[1, side * side, C] -> [1, C, side, side]"""
        return self.g.op('Reshape', [self.g.op('Transpose', [cells], perm=[0, 2, 1]), self.g.ints(1, channels, side, side)])

    def shuffled(self, x):
        """PyTorch's pixel_shuffle by 2."""
        return self.g.op('DepthToSpace', [x], blocksize=2, mode='CRD')

    def neck(self):
        up = self.g.upsample(self.conv(self.grid(self.tokens, self.side, self.cfg['width']), 'lat_token'))
        fine = self.conv(self.grid(self.fine, 2 * self.side, self.sizes[8]), 'lat_fine')
        return self.added(self.added(self.g.gelu(self.g.op('Add', [fine, up])), 'neck1'), 'neck2')

    def dense(self, neck):
        """Logits of heat, geometry, logits of cover, NCHW at stride 4."""
        lifted = self.shuffled(self.conv(neck, 'lift'))
        finer = self.conv(self.grid(self.finer, 4 * self.side, self.sizes[4] + self.cfg['glance']), 'lat_finer')
        x = self.added(self.added(self.g.gelu(self.g.op('Add', [lifted, finer])), 'trunk1'), 'trunk2')
        far = self.added(self.added(self.g.gelu(self.conv(neck, 'far0')), 'far1'), 'far2')
        sides = self.g.op('Add', [x, self.shuffled(self.conv(far, 'far_lift'))])
        return self.conv(x, 'heat'), self.conv(self.g.gelu(self.conv(sides, 'geom1')), 'geom2'), self.conv(x, 'cover')

    def density(self, neck):
        """Softplus spelt out: not every GPU provider has it."""
        g = self.g
        x = g.op('Exp', [self.conv(self.added(g.gelu(self.conv(neck, 'dens1')), 'dens_mid'), 'dens2')])
        scale = g.const(self.c.density_scale.detach().numpy()[None, :, None, None], 'density_scale')
        return g.op('Mul', [g.op('Log', [g.op('Add', [x, g.scalar(1.0)])]), scale])

    def statistics(self):
        g = self.g
        t = g.gelu(self.linear(self.fine, 'texton'))
        mean = g.op('ReduceMean', [t], axes=[1], keepdims=1)
        apart = g.op('Sub', [t, mean])
        spread = g.op('Sqrt', [g.op('Add', [reduced(g, 'Mean', g.op('Mul', [apart, apart]), 1), g.scalar(1e-5)])])
        pooled = [reduced(g, kind, x, 1) for x in (self.tokens, self.deep) for kind in ('Mean', 'Max')]
        return g.layer_norm(g.op('Concat', [g.op('Squeeze', [mean, g.ints(1)]), spread, *pooled], axis=1), self.c.stat_norm, 'stat_norm')

    def quality(self, stats):
        g = self.g
        local = g.gelu(self.linear(self.finer, 'quality_local'))
        local = [reduced(g, kind, local, 1) for kind in ('Max', 'Mean')]
        return self.linear(g.gelu(self.linear(g.op('Concat', [stats, *local], axis=1), 'quality_fc')), 'quality_head')

    def scenes(self, logits):
        """Probabilities, a softmax for each scale."""
        g = self.g
        parts = [g.op('Slice', [logits, g.ints(a), g.ints(b), g.ints(1)]) for a, b, _ in SCENE_SCALES]
        return [g.op('Softmax', [part], axis=-1) for part in parts], parts

    def patch_rows(self):
        g, d, half = self.g, self.cfg['width'], self.side // 2
        m = g.op('Reshape', [self.tokens, g.ints(1, half, 2, half, 2, d)])
        m = g.op('Reshape', [g.op('Transpose', [m], perm=[0, 1, 3, 2, 4, 5]), g.ints(1, half * half, 4 * d)])
        return self.linear(g.gelu(self.linear(m, 'merge1')), 'merge2')

    def evidence_rows(self, seen, scene, scene_logits, presence, density, quality):
        """The rows of one tile's global evidence, in the order of Rows.evidence_rows. `presence`, `quality`: logits."""
        g = self.g
        count = g.op('ReduceSum', [density, g.ints(2, 3)], keepdims=0)
        apart = g.op('Unsqueeze', [g.op('Log', [g.op('Add', [count, g.scalar(1.0)])]), g.ints(2)])
        apart = g.op('Abs', [g.op('Sub', [apart, g.const(self.c.steps.numpy()[None, None])])])
        scaled = g.op('Div', [apart, g.scalar(0.12)])
        around = g.op('Exp', [g.op('Neg', [g.op('Mul', [scaled, scaled])])])
        flat = lambda x: g.op('Reshape', [x, g.ints(1, -1)])
        rows = []
        for name, parts in (('global_row', [seen]), ('scene_row', [scene, decided(g, scene_logits)]),
                            ('density_row', [flat(around), flat(decided(g, g.op('Neg', [apart])))]),
                            ('quality_row', [g.op('Sigmoid', [quality]), positive(g, quality)])):
            x = parts[0] if len(parts) == 1 else g.op('Concat', parts, axis=-1)
            rows.append(g.op('Unsqueeze', [self.linear(x, name), g.ints(1)]))
        label, soft, hard = (g.weight(f'presence_rows.{name}', value.detach().numpy()[None]) for name, value in zip(('label', 'soft', 'hard'), self.c.presence_rows))
        column = lambda x: g.op('Unsqueeze', [x, g.ints(2)])
        present = g.op('Add', [label, g.op('Mul', [column(g.op('Sigmoid', [presence])), soft])])
        return [*rows, g.op('Add', [present, g.op('Mul', [column(positive(g, presence)), hard])])]


def export_connector(evidence, sizes, folder, cfg=CONFIG):
    """`sizes`: channels of the tower's stages by stride. Inputs tokens and TAPS."""
    w = Connector(evidence, sizes, cfg)
    g, side, n = w.g, w.side, w.side ** 2
    nhwc = lambda x: g.op('Transpose', [x], perm=[0, 2, 3, 1])
    neck = w.neck()
    heat, geom, cover = w.dense(neck)
    density, stats = w.density(neck), w.statistics()
    quality, seen = w.quality(stats), g.gelu(w.linear(stats, 'stat_fc'))
    presence = w.linear(seen, 'presence_head')
    scenes, logits = w.scenes(w.linear(seen, 'scene_head'))
    rows = [w.patch_rows(), *w.evidence_rows(seen, scenes[0], logits[0], presence, density, quality)]
    g.output('visual', [1, n // 4 + EVIDENCE_ROWS, cfg['hidden']], g.op('Concat', rows, axis=1))
    g.output('neck', [1, 2 * side, 2 * side, cfg['neck']], nhwc(neck))
    g.output('heat', [1, 4 * side, 4 * side, len(cfg['boxes'])], g.op('Sigmoid', [nhwc(heat)]))
    g.output('geom', [1, 4 * side, 4 * side, 6], nhwc(geom))
    g.output('scene', [1, len(SCENES) + len(SCENES_10M)], g.op('Concat', scenes, axis=-1))
    g.output('presence', [1, len(PRESENCE)], g.op('Sigmoid', [presence]))
    g.output('density', [1, 2 * side, 2 * side, len(DENSITY)], nhwc(density))
    g.output('quality', [1, len(DEFECTS)], g.op('Sigmoid', [quality]))
    g.output('cover', [1, 4 * side, 4 * side, len(COVER)], g.op('Softmax', [nhwc(cover)], axis=-1))
    g.save(f'{folder}/onnx/connector.onnx')
