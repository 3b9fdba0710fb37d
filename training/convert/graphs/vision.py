"""vision.onnx: pixels f32[1, side, side, 3] -> tokens f32[1, rows, features], over vision.safetensors as external data."""
from .parts import Parts


def write_vision(tower, weights, folder, half):
    """Both files. Returns the manifest's `vision` object without mean and std."""
    g = Parts('vision', weights, half)
    g.use_file(f'{folder}/vision.safetensors')
    d, p, grid = tower.width, tower.patch, tower.side
    pixels = g.op('Transpose', [g.input('pixels', [1, tower.image, tower.image, 3])], perm=[0, 3, 1, 2])
    kernel = g.op('Transpose', [g.op('Reshape', [g.w('patch.weight'), g.ints(p, p, 3, d)])], perm=[3, 2, 0, 1])
    x = g.op('Conv', [pixels, kernel, g.w('patch.bias')], kernel_shape=[p, p], strides=[p, p])
    x = g.op('Transpose', [g.op('Reshape', [x, g.ints(1, d, grid * grid)])], perm=[0, 2, 1])
    x = g.op('Add', [x, g.w('pos_embed')])
    extra = int(tower.cls) + tower.registers
    if extra:
        x = g.op('Concat', [g.op('Unsqueeze', [g.w('extra'), g.ints(0)]), x], axis=1)
    if 'pre_norm.weight' in weights:
        x = g.norm(x, 'pre_norm', tower.eps)
    n, hidden = grid * grid + extra, [x]
    for i in range(tower.depth):
        hidden.append(block(g, tower, f'blocks.{i}', hidden[-1], n))
    read = [hidden[i] for i in tower.layers]
    if tower.final_norm:
        read = [g.norm(x, 'norm', tower.eps) for x in read]
    out = read[0] if len(read) == 1 else g.op('Concat', read, axis=-1)
    if tower.drop:
        out = g.op('Slice', [out, g.ints(tower.drop), g.ints(n), g.ints(1)])
    g.output('tokens', [1, tower.rows, tower.features], out)
    g.save(f'{folder}/vision.onnx')
    return describe(tower)


def block(g, tower, b, x, n):
    """One pre-norm transformer block on x [1, n, width]."""
    d = tower.width
    qkv = g.dense(g.norm(x, f'{b}.norm1', tower.eps), f'{b}.qkv')
    q, k, v = g.op('Split', [qkv, g.ints(d, d, d)], 3, axis=-1)
    x = g.op('Add', [x, g.dense(g.attend(q, k, v, n, n, tower.heads, d // tower.heads), f'{b}.proj')])
    h = g.dense(g.norm(x, f'{b}.norm2', tower.eps), f'{b}.fc1')
    if tower.swiglu:
        a, c = g.op('Split', [h, g.ints(tower.mlp, tower.mlp)], 2, axis=-1)
        h = g.op('Mul', [g.activate(a, 'silu'), c])
    else:
        h = g.activate(h, tower.act)
    return g.op('Add', [x, g.dense(h, f'{b}.fc2')])


def describe(tower):
    """The manifest's `vision`. `stem` is there only where the WGSL tower computes this architecture."""
    spec = dict(graph='onnx/vision.onnx', weights='onnx/vision.safetensors', width=tower.width, depth=tower.depth, heads=tower.heads,
                mlp=tower.mlp, eps=tower.eps, grid=[tower.side, tower.side])
    if tower.wgsl:
        spec['finalNorm'] = tower.final_norm
        spec['stem'] = [dict(name='patch', k=tower.patch, stride=tower.patch, pad=0, act=None, residual=False, **{'in': 3, 'out': tower.width})]
    return spec
