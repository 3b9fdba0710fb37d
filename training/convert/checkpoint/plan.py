"""config.json -> what will be written: tower, connector, language model, and where their tensors are. Two layouts:

transformers' own (vision_config and text_config inside; model_type llava, llava_next, llava_onevision, blip-2), in which
mm_projector_type may also name a connector that transformers has no class for; and the original LLaVA's (the language model's
configuration at the top, mm_vision_tower, mm_projector_type), whose tower is mostly kept in a folder of its own."""
import os
from dataclasses import dataclass

from ..errors import ConvertError, need
from .connector import Connector, read_connector
from .llm import DEFAULTS as LLM_KINDS
from .llm import Llm, read_llm
from .tensors import Tensors, read_json
from .vision import Tower, read_tower

LLM_PREFIXES = ('language_model.model.', 'model.language_model.model.', 'model.language_model.', 'language_model.', 'llm.model.', 'model.', 'llm.', '')
HEADS = ('language_model.lm_head.weight', 'lm_head.weight', 'model.lm_head.weight', 'llm.lm_head.weight')
COMPOSED = ('llava', 'llava_next', 'llava_onevision', 'blip-2')
ORIGINAL = {'llava': 'llama', 'llava_llama': 'llama', 'llava_qwen': 'qwen2', 'llava_qwen2': 'qwen2', 'llava_qwen3': 'qwen3'}


@dataclass
class Plan:
    folder: str
    config: dict
    tensors: Tensors
    tower: Tower
    tower_tensors: Tensors
    tower_folder: str
    connector: Connector
    llm: Llm
    llm_prefix: str
    head: str
    image_token: int | None
    anyres: bool


def read_plan(folder, vision_folder=None, image_size=None, max_positions=4096):
    need(os.path.isdir(folder), 'CHECKPOINT_NOT_FOUND', f'There is no folder "{folder}".')
    config = read_json(folder, 'config.json')
    kind = config.get('model_type')
    if 'vision_config' in config and 'text_config' in config:
        need(kind in COMPOSED or config.get('mm_projector_type'), 'MODEL_UNSUPPORTED',
             f'The model is of type "{kind}"; supported are {", ".join(COMPOSED)}, and any with vision_config, text_config and '
             f'mm_projector_type.')
        vision, text, layer, strategy = config['vision_config'], config['text_config'], *selection(config)
    elif 'mm_vision_tower' in config or 'mm_projector_type' in config or kind in ORIGINAL:
        text, layer = {**config, 'model_type': ORIGINAL.get(kind, kind)}, config.get('mm_vision_select_layer', -2)
        strategy = {'patch': 'default', 'cls_patch': 'full'}.get(config.get('mm_vision_select_feature', 'patch'), config.get('mm_vision_select_feature'))
        need(vision_folder or 'vision_config' in config, 'TENSOR_MISSING',
             f'This layout keeps its vision tower elsewhere ("{config.get("mm_vision_tower")}"). Download it, and give its folder with '
             f'--vision-tower.')
        vision = read_json(vision_folder, 'config.json') if vision_folder else config['vision_config']
        if 'siglip' in str(vision.get('model_type')):
            strategy = 'full'  # the original code drops no token where there is no CLS
    else:
        raise ConvertError('MODEL_UNSUPPORTED', f'The model is of type "{kind}", which has no vision tower and connector that Nadir knows. '
                           f'Language models alone ({", ".join(LLM_KINDS)}) are not converted.')
    blip = kind == 'blip-2'
    tower = read_tower(vision, -1 if blip else layer, 'full' if blip else strategy, image_size, final_norm=blip)
    llm = read_llm(text, max_positions)
    connector = read_connector(config, tower)
    tensors = Tensors(folder)
    prefix = tensors.prefix('embed_tokens.weight', LLM_PREFIXES)
    need(prefix is not None, 'TENSOR_MISSING', 'The checkpoint holds no language model: no tensor is named "…embed_tokens.weight".')
    head = next((h for h in HEADS if h in tensors), None)
    if llm.tied or head is None:
        need(llm.tied or config.get('tie_word_embeddings'), 'TENSOR_MISSING',
             'The checkpoint has no "lm_head.weight", and tie_word_embeddings is false.')
        head = f'{prefix}embed_tokens.weight'
    image_token = config.get('image_token_id', config.get('image_token_index'))
    anyres = bool(config.get('image_grid_pinpoints')) or 'anyres' in str(config.get('image_aspect_ratio', '')) or bool(config.get('slice_mode'))
    return Plan(folder, config, tensors, tower, Tensors(vision_folder) if vision_folder else tensors, vision_folder or folder, connector, llm,
                prefix, head, image_token, anyres)


# What transformers' classes assume where the configuration leaves it out.
SELECTION = {'llava_onevision': (-1, 'full')}


def selection(config):
    layer, strategy = SELECTION.get(config.get('model_type'), (-2, 'default'))
    return config.get('vision_feature_layer', layer), config.get('vision_feature_select_strategy', strategy)
