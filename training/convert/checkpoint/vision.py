"""What config.json says of the vision tower, in one form for CLIP, SigLIP, DINOv2 (with or without registers) and BLIP-2's ViT."""
from dataclasses import dataclass

from ..errors import need
from ..graphs.parts import ACTIVATIONS

BASE = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, num_channels=3, image_size=224)
# transformers' defaults: a configuration inside another one is saved without the values that equal them.
DEFAULTS = {
    'clip_vision_model': dict(BASE, intermediate_size=3072, patch_size=32, hidden_act='quick_gelu', layer_norm_eps=1e-5),
    'siglip_vision_model': dict(BASE, intermediate_size=3072, patch_size=16, hidden_act='gelu_pytorch_tanh', layer_norm_eps=1e-6),
    'dinov2': dict(BASE, mlp_ratio=4, patch_size=14, hidden_act='gelu', layer_norm_eps=1e-6),
    'dinov2_with_registers': dict(BASE, mlp_ratio=4, patch_size=16, hidden_act='gelu', layer_norm_eps=1e-6, num_register_tokens=4),
    'blip_2_vision_model': dict(BASE, hidden_size=1408, intermediate_size=6144, num_hidden_layers=39, num_attention_heads=16, patch_size=14,
                                hidden_act='gelu', layer_norm_eps=1e-6),
}
HAS_CLS = {'clip_vision_model', 'dinov2', 'dinov2_with_registers', 'blip_2_vision_model'}


@dataclass
class Tower:
    kind: str
    width: int
    heads: int
    mlp: int
    patch: int
    trained: int      # image size of the position embedding
    image: int        # image size of the converted model
    channels: int
    eps: float
    act: str
    swiglu: bool
    cls: bool
    registers: int
    depth: int        # layers that run: the last one that is read
    layers: list      # number of layers after which features are read (0: the embedding)
    drop: int         # leading tokens that the connector doesn't get
    final_norm: bool

    @property
    def side(self):
        return self.image // self.patch

    @property
    def rows(self):
        """Tokens that the connector gets."""
        return self.side ** 2 + int(self.cls) + self.registers - self.drop

    @property
    def features(self):
        return self.width * len(self.layers)

    @property
    def wgsl(self):
        """Whether the app's WGSL tower computes this: no extra tokens, no norm before the blocks, tanh GELU, one layer read."""
        return not self.cls and self.act in ('gelu_pytorch_tanh', 'gelu_new', 'gelu_fast') and not self.swiglu and len(self.layers) == 1 \
            and self.depth > 0


def read_tower(config, feature_layer, strategy, image_size=None, final_norm=False):
    """`feature_layer`: as in transformers, an index (or several) into the hidden states, of which the first is the embedding."""
    kind = config.get('model_type')
    # CLIP checkpoints saved whole hold the tower's configuration one level down.
    if kind in ('clip', 'siglip') and 'vision_config' in config:
        kind, config = f'{kind}_vision_model', {**config['vision_config'], 'model_type': f'{kind}_vision_model'}
    need(kind in DEFAULTS, 'TOWER_UNSUPPORTED', f'The vision tower is of type "{kind}"; supported are {", ".join(DEFAULTS)}.')
    c = {**DEFAULTS[kind], **{k: v for k, v in config.items() if v is not None}}
    swiglu = bool(c.get('use_swiglu_ffn', False))
    mlp = c['intermediate_size'] if 'intermediate_size' in c else int(c['hidden_size'] * c['mlp_ratio'])
    mlp = (int(mlp * 2 / 3) + 7) // 8 * 8 if swiglu else mlp
    need(c['hidden_act'] in ACTIVATIONS, 'ACTIVATION_UNSUPPORTED',
         f'The vision tower\'s activation is "{c["hidden_act"]}"; supported are {", ".join(ACTIVATIONS)}.')
    need(c['num_channels'] == 3, 'TOWER_UNSUPPORTED', f'The vision tower reads {c["num_channels"]} channels; 3 are supported.')
    image = image_size or c['image_size']
    for size in (image, c['image_size'], c['patch_size']):
        need(isinstance(size, int), 'TOWER_UNSUPPORTED', f'The vision tower is made for images or patches that aren\'t square ({size}).')
    need(image % c['patch_size'] == 0 and image >= 16, 'TOWER_UNSUPPORTED',
         f'Images of {image} pixels can\'t be cut into patches of {c["patch_size"]}; give --image-size.')
    depth = c['num_hidden_layers']
    indices = feature_layer if isinstance(feature_layer, list) else [feature_layer]
    layers = [i + depth + 1 if i < 0 else i for i in indices]
    need(layers and all(0 <= i <= depth for i in layers), 'TOWER_UNSUPPORTED',
         f'Features are read after layer {feature_layer}; the tower has {depth} layers.')
    need(strategy in ('default', 'full'), 'TOWER_UNSUPPORTED',
         f'vision_feature_select_strategy is "{strategy}"; supported are "default" and "full".')
    cls, registers = kind in HAS_CLS, c.get('num_register_tokens', 0)
    # transformers drops exactly one token, whatever it is: for a tower without CLS that is a mistake of the checkpoint's configuration.
    need(strategy == 'full' or cls, 'TOWER_UNSUPPORTED',
         f'vision_feature_select_strategy "default" drops the CLS token, and a {kind} has none. Set it to "full" in config.json.')
    return Tower(kind=kind, width=c['hidden_size'], heads=c['num_attention_heads'], mlp=mlp, patch=c['patch_size'], trained=c['image_size'],
                 image=image, channels=3, eps=c['layer_norm_eps'], act=c['hidden_act'], swiglu=swiglu, cls=cls, registers=registers,
                 depth=max(layers), layers=layers, drop=int(strategy == 'default'), final_norm=final_norm)
