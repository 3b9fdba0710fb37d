"""A LoRA adapter in PEFT layout, merged into the weights as they are read: W + scale · B·A."""
import math
import re

from ..errors import ConvertError, need
from .tensors import Tensors, read_json


def merge_adapter(tensors, folder, llm_prefix, head_name):
    """Registers the adapter's deltas with `tensors`; returns what it is, for the report.

    The checks name what doesn't fit: an unknown kind, a module the checkpoint lacks, a rank or size that differs."""
    config = read_json(folder, 'adapter_config.json')
    kind = str(config.get('peft_type', '')).upper()
    need(kind == 'LORA', 'ADAPTER_UNSUPPORTED', f'The adapter is of type "{config.get("peft_type")}"; LORA is supported.')
    for key, why in (('use_dora', 'DoRA rescales the weights'), ('fan_in_fan_out', 'its weights are stored transposed'),
                     ('nadir_partial', 'it acts on visual tokens only, and merging would make it act on all; load it in the app instead')):
        need(not config.get(key), 'ADAPTER_UNSUPPORTED', f'The adapter sets {key}: {why}.')
    need(config.get('bias', 'none') == 'none', 'ADAPTER_UNSUPPORTED',
         f'The adapter trains biases (bias: "{config.get("bias")}"); only "none" is supported.')
    weights = Tensors(folder, 'adapter_model.safetensors')
    pairs, whole = {}, {}
    for name in weights.names():
        plain = re.sub(r'^base_model\.model\.', '', name)
        part = re.fullmatch(r'(.+)\.lora_([AB])(?:\.default)?\.weight', plain)
        if part:
            pairs.setdefault(part[1], {})[part[2]] = name
        elif is_whole(plain, config):
            whole[plain.replace('.base_layer.', '.').replace('.modules_to_save.default.', '.')] = name
        else:
            raise ConvertError('ADAPTER_UNSUPPORTED',
                               f'The adapter holds "{name}", which is no lora_A or lora_B, and in no module of modules_to_save.')
    need(pairs or whole, 'ADAPTER_MISMATCH', 'The adapter holds no weights.')
    for module, pair in pairs.items():
        target = find_tensor(tensors, f'{module}.weight', llm_prefix, head_name)
        need(len(pair) == 2, 'ADAPTER_MISMATCH', f'The adapter has only lora_{next(iter(pair))} for "{module}".')
        out_size, in_size = tensors.shape(target)
        (rank, k), (n, rank2) = weights.shape(pair['A']), weights.shape(pair['B'])
        need(rank == rank2 and k == in_size and n == out_size, 'ADAPTER_MISMATCH',
             f'The adapter of "{module}" is B {[n, rank2]} · A {[rank, k]}; the checkpoint\'s weight is {[out_size, in_size]}. Is it for '
             f'another base model?')
        wanted = matched(config.get('rank_pattern'), module, config.get('r'))
        need(rank == wanted, 'ADAPTER_MISMATCH', f'The adapter of "{module}" has rank {rank}; adapter_config.json says {wanted}.')
        alpha = matched(config.get('alpha_pattern'), module, config.get('lora_alpha'))
        scale = alpha / (math.sqrt(rank) if config.get('use_rslora') else rank)
        tensors.deltas[target] = lambda pair=pair, scale=scale: scale * (weights.get(pair['B']) @ weights.get(pair['A']))
    for plain, name in whole.items():
        target = find_tensor(tensors, plain, llm_prefix, head_name)
        need(weights.shape(name) == tensors.shape(target), 'ADAPTER_MISMATCH',
             f'The adapter\'s "{plain}" is {weights.shape(name)}; the checkpoint\'s is {tensors.shape(target)}.')
        tensors.replaced[target] = lambda name=name: weights.get(name)
    return dict(modules=len(pairs), replaced=len(whole), rank=config.get('r'), alpha=config.get('lora_alpha'), rslora=bool(config.get('use_rslora')))


def is_whole(name, config):
    """Tensors that PEFT saves as they are: modules_to_save, and the embedding and head where it thinks they may have been resized."""
    return any(f'.{m}.' in f'.{name}' for m in config.get('modules_to_save') or []) or '.base_layer.' in name \
        or name.endswith(('embed_tokens.weight', 'lm_head.weight'))


def matched(patterns, module, otherwise):
    """PEFT's rank_pattern and alpha_pattern: the value of the first pattern that the end of the module's name matches."""
    for pattern, value in (patterns or {}).items():
        if re.fullmatch(rf'(.*\.)?({pattern})', module):
            return value
    return otherwise


def find_tensor(tensors, name, llm_prefix, head_name):
    """The checkpoint's name for an adapter's tensor: the same, or the same place under this checkpoint's prefix of the LLM."""
    tail = re.search(r'(?:^|\.)(layers\.\d+\..+|embed_tokens\.weight|norm\.weight)$', name)
    candidates = [name]
    if tail and 'vision' not in name:
        candidates.append(llm_prefix + tail[1])
    if name.endswith('lm_head.weight'):
        candidates = [head_name]
    found = next((c for c in candidates if c in tensors), None)
    if name.endswith('lm_head.weight') and found and found.endswith('embed_tokens.weight'):
        raise ConvertError('ADAPTER_UNSUPPORTED',
                           'The adapter changes lm_head, which this model shares with its embedding: merging would change both.')
    need(found, 'ADAPTER_MISMATCH', f'The adapter changes "{name}", which the checkpoint doesn\'t have. Is it for another base model?')
    return found
