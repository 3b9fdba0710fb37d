"""A tower's tensors under one set of names and in the app's layout: linear layers [in, out], convolution rows in the order (ky, kx,
channel)."""
import torch
import torch.nn.functional as F

from ..errors import need

PREFIXES = ('vision_tower.vision_model.', 'model.vision_tower.vision_model.', 'vision_tower.', 'model.vision_tower.',
            'model.vision_tower.vision_tower.vision_model.', 'model.vision_tower.vision_tower.', 'vision_model.', '')
PROBE = {
    'clip_vision_model': 'embeddings.class_embedding', 'siglip_vision_model': 'embeddings.patch_embedding.weight',
    'dinov2': 'embeddings.cls_token', 'dinov2_with_registers': 'embeddings.cls_token', 'blip_2_vision_model': 'embeddings.class_embedding',
}


class Source:
    """Tensors of one part by the ends of their names, checked by shape."""

    def __init__(self, tensors, prefix):
        self.tensors, self.prefix = tensors, prefix

    def get(self, name, *shape):
        return self.tensors.get(self.prefix + name, shape or None)

    def bias(self, name, size):
        """A bias, or zeros where the checkpoint has none."""
        return self.get(name, size) if self.has(name) else torch.zeros(size, device='meta' if self.tensors.dry else 'cpu')

    def has(self, name):
        return self.prefix + name in self.tensors


def find_tower(tensors, tower):
    prefix = tensors.prefix(PROBE[tower.kind], PREFIXES)
    need(prefix is not None, 'TENSOR_MISSING', f'The checkpoint holds no vision tower: nothing ends in "{PROBE[tower.kind]}". '
         'If it is kept in another folder, give --vision-tower.')
    return Source(tensors, prefix)


def tower_weights(tower, source):
    """{name: f32 array}: patch, cls, registers, pos_embed, pre_norm, blocks.{i}.(norm1|qkv|proj|norm2|fc1|fc2), norm."""
    with torch.no_grad():
        read = {'dinov2': dino, 'dinov2_with_registers': dino, 'blip_2_vision_model': blip}.get(tower.kind, clip)
        out = read(tower, source)
    return finish(out)


def finish(out):
    """f32 arrays; of a dry run the tensors themselves, which have only shapes."""
    return {name: value if value.is_meta else value.contiguous().numpy() for name, value in out.items()}


def flat_patch(weight):
    """[out, channels, ky, kx] -> [(ky, kx, channel), out]."""
    return weight.permute(2, 3, 1, 0).reshape(-1, weight.shape[0])


def positions(tower, table):
    """[cls + trained², width] -> the same for the converted image size, by the bicubic interpolation that transformers uses."""
    extra, side = int(tower.cls), tower.trained // tower.patch
    if tower.side == side:
        return table
    grid = table[extra:].reshape(1, side, side, tower.width).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=(tower.side, tower.side), mode='bicubic', align_corners=False)
    return torch.cat([table[:extra], grid.permute(0, 2, 3, 1).reshape(-1, tower.width)])


def with_positions(tower, out, table, cls=None, registers=None):
    """Splits the position embedding: the extra tokens get theirs added here, once and for all."""
    table = positions(tower, table)
    if tower.cls:
        out['extra'] = cls.reshape(1, tower.width) + table[:1]
        if registers is not None:
            out['extra'] = torch.cat([out['extra'], registers.reshape(-1, tower.width)])
        table = table[1:]
    out['pos_embed'] = table
    return out


def norm(out, name, source, key, width):
    out[f'{name}.weight'], out[f'{name}.bias'] = source.get(f'{key}.weight', width), source.get(f'{key}.bias', width)


def linear(out, name, source, keys, rows, cols, scale=None):
    """One layer out of `keys`, side by side; `scale` [rows] multiplies its output."""
    weight = torch.cat([source.get(f'{k}.weight', rows // len(keys), cols) for k in keys])
    bias = torch.cat([source.bias(f'{k}.bias', rows // len(keys)) for k in keys])
    if scale is not None:
        weight, bias = weight * scale[:, None], bias * scale
    out[f'{name}.weight'], out[f'{name}.bias'] = weight.T, bias


def patch(out, tower, source, key):
    d, p = tower.width, tower.patch
    out['patch.weight'] = flat_patch(source.get(f'{key}.weight', d, tower.channels, p, p))
    out['patch.bias'] = source.bias(f'{key}.bias', d)


def table_rows(tower):
    return (tower.trained // tower.patch) ** 2 + int(tower.cls)


def encoder_blocks(out, tower, source, qkv, proj):
    """Blocks and last norm of the towers whose names differ only in the attention's layers: `qkv`, one or three, and `proj`."""
    d = tower.width
    for i in range(tower.depth):
        a, b = f'encoder.layers.{i}', f'blocks.{i}'
        norm(out, f'{b}.norm1', source, f'{a}.layer_norm1', d)
        linear(out, f'{b}.qkv', source, [f'{a}.self_attn.{name}' for name in qkv], 3 * d, d)
        linear(out, f'{b}.proj', source, [f'{a}.self_attn.{proj}'], d, d)
        norm(out, f'{b}.norm2', source, f'{a}.layer_norm2', d)
        linear(out, f'{b}.fc1', source, [f'{a}.mlp.fc1'], tower.mlp, d)
        linear(out, f'{b}.fc2', source, [f'{a}.mlp.fc2'], d, tower.mlp)
    if tower.final_norm:
        norm(out, 'norm', source, 'post_layernorm', d)


def clip(tower, source):
    """CLIP and SigLIP share their names; SigLIP has no CLS token and no norm before the blocks."""
    d, out = tower.width, {}
    patch(out, tower, source, 'embeddings.patch_embedding')
    table = source.get('embeddings.position_embedding.weight', table_rows(tower), d)
    with_positions(tower, out, table, source.get('embeddings.class_embedding', d) if tower.cls else None)
    if tower.kind == 'clip_vision_model':
        norm(out, 'pre_norm', source, 'pre_layrnorm', d)
    encoder_blocks(out, tower, source, [f'{n}_proj' for n in 'qkv'], 'out_proj')
    return out


def blip(tower, source):
    """BLIP-2's ViT: packed queries, keys and values."""
    d, out = tower.width, {}
    patch(out, tower, source, 'embeddings.patch_embedding')
    with_positions(tower, out, source.get('embeddings.position_embedding', 1, table_rows(tower), d)[0], source.get('embeddings.class_embedding', 1, 1, d))
    encoder_blocks(out, tower, source, ['qkv'], 'projection')
    return out


def dino(tower, source):
    """DINOv2: layer scale is multiplied into the layers before it."""
    d, out = tower.width, {}
    patch(out, tower, source, 'embeddings.patch_embeddings.projection')
    registers = source.get('embeddings.register_tokens', 1, tower.registers, d) if tower.registers else None
    with_positions(tower, out, source.get('embeddings.position_embeddings', 1, table_rows(tower), d)[0],
                   source.get('embeddings.cls_token', 1, 1, d), registers)
    for i in range(tower.depth):
        a, b = f'encoder.layer.{i}', f'blocks.{i}'
        scales = [source.get(f'{a}.layer_scale{n}.lambda1', d) for n in (1, 2)]
        norm(out, f'{b}.norm1', source, f'{a}.norm1', d)
        linear(out, f'{b}.qkv', source, [f'{a}.attention.attention.{n}' for n in ('query', 'key', 'value')], 3 * d, d)
        linear(out, f'{b}.proj', source, [f'{a}.attention.output.dense'], d, d, scales[0])
        norm(out, f'{b}.norm2', source, f'{a}.norm2', d)
        first, second, inner = ('weights_in', 'weights_out', 2 * tower.mlp) if tower.swiglu else ('fc1', 'fc2', tower.mlp)
        linear(out, f'{b}.fc1', source, [f'{a}.mlp.{first}'], inner, d)
        linear(out, f'{b}.fc2', source, [f'{a}.mlp.{second}'], d, tower.mlp, scales[1])
    if tower.final_norm:
        norm(out, 'norm', source, 'layernorm', d)
    return out
