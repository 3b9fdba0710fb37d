"""Low-rank adapters (LoRA, https://arxiv.org/abs/2106.09685) on the language model's projections, in PEFT's file layout.

y = W x + (alpha / r) B A x, with A [r, in] at random and B [out, r] zero at the start, so that a new adapter changes nothing.
Partial LoRA (InternLM-XComposer2, https://arxiv.org/abs/2401.16420) acts on the image's rows only: text is read and
written by the base model's own weights.
"""
import hashlib
import json
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

TARGETS = ('qkv', 'out', 'gate', 'up', 'down')
PREFIX = 'base_model.model.'  # PEFT's, before the module's path in the LLM: base_model.model.layers.0.qkv.lora_A.weight


class Rows:
    """The rows of the current call that an adapter acts on, shared by its layers.
    `mask` f32[B, T, 1], or None for all rows. A partial adapter does nothing without a mask, nor in a
    call of one row, which is a token being generated."""

    def __init__(self, partial):
        self.partial, self.mask = partial, None

    def select(self, x):
        """x * mask, or None where the adapter does nothing."""
        if self.mask is None or self.mask.shape[1] != x.shape[1]:
            return None if self.partial else x
        return x * self.mask.to(x.dtype)


class LoRALinear(nn.Module):
    """A frozen linear layer and its low-rank change."""

    def __init__(self, base, rank, alpha, rows, dropout=0.0):
        super().__init__()
        self.base, self.rows, self.scaling, self.merged = base, rows, alpha / rank, False
        self.in_features, self.out_features = base.in_features, base.out_features
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank))
        self.dropout = nn.Dropout(dropout)
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))  # as PEFT does

    def forward(self, x):
        y = self.base(x)
        seen = None if self.merged else self.rows.select(x)
        if seen is None:
            return y
        return y + F.linear(F.linear(self.dropout(seen), self.lora_A), self.lora_B) * self.scaling

    def delta(self):
        return (self.lora_B @ self.lora_A) * self.scaling


class Adapter:
    """The adapter layers put into an LLM by `attach`."""

    def __init__(self, llm, layers, rank, alpha, targets, rows):
        self.llm, self.layers, self.rank, self.alpha, self.targets, self.rows = llm, layers, rank, alpha, tuple(targets), rows

    def parameters(self):
        return [p for layer in self.layers.values() for p in (layer.lora_A, layer.lora_B)]

    def tensors(self):
        """PEFT's names -> tensors, f32."""
        out = {}
        for path, layer in self.layers.items():
            out[f'{PREFIX}{path}.lora_A.weight'] = layer.lora_A.detach().float().contiguous()
            out[f'{PREFIX}{path}.lora_B.weight'] = layer.lora_B.detach().float().contiguous()
        return out

    def merge(self):
        """Adds the change to the base weights; from then on it adds no product of its own. A partial adapter can't be merged."""
        if self.rows.partial:
            raise ValueError('a partial adapter acts on image rows only, so no weights hold its sum; keep it as an adapter')
        for layer in self.layers.values():
            if not layer.merged:
                layer.base.weight.data += layer.delta().detach()
                layer.merged = True

    def unmerge(self):
        for layer in self.layers.values():
            if layer.merged:
                layer.base.weight.data -= layer.delta().detach()
                layer.merged = False

    def detach(self):
        """Puts the base layers back, merged weights included."""
        for path, layer in self.layers.items():
            put(self.llm, path, layer.base)


def put(module, path, value):
    *parents, name = path.split('.')
    for p in parents:
        module = module[int(p)] if p.isdigit() else getattr(module, p)
    setattr(module, name, value)


def attach(llm, rank, alpha, targets=TARGETS, partial=False, dropout=0.0):
    """Freezes the LLM and wraps the projections named `targets` in every layer."""
    unknown = [t for t in targets if t not in TARGETS]
    if unknown:
        raise ValueError(f'unknown target modules {unknown}; the language model has {list(TARGETS)}')
    for p in llm.parameters():
        p.requires_grad_(False)
    rows, layers = Rows(partial), {}
    for i, layer in enumerate(llm.layers):
        for name in targets:
            wrapped = LoRALinear(getattr(layer, name), rank, alpha, rows, dropout)
            setattr(layer, name, wrapped)
            layers[f'layers.{i}.{name}'] = wrapped
    return Adapter(llm, layers, rank, alpha, targets, rows)


def base_of(folder):
    """What an adapter records of its base: {id, version, weights: SHA-256 of the LLM's weight file}."""
    with open(f'{folder}/nadir.json', encoding='utf-8') as f:
        nadir = json.load(f)
    with open(f'{folder}/{nadir["llm"]["embed"]["file"]}', 'rb') as f:
        return dict(id=nadir['id'], version=nadir['version'], weights=hashlib.sha256(f.read()).hexdigest())


def save(adapter, folder, base, name, licence, about=''):
    """Writes adapter_config.json and adapter_model.safetensors, which `peft` reads as well."""
    os.makedirs(folder, exist_ok=True)
    config = dict(
        peft_type='LORA', task_type=None, base_model_name_or_path=base['id'], r=adapter.rank, lora_alpha=adapter.alpha, lora_dropout=0.0,
        target_modules=list(adapter.targets), bias='none', fan_in_fan_out=False, inference_mode=True, init_lora_weights=True,
        modules_to_save=None, rank_pattern={}, alpha_pattern={}, use_rslora=False, use_dora=False,
        nadir_partial=adapter.rows.partial, nadir_name=name, nadir_licence=licence, nadir_about=about, nadir_base=base)
    with open(f'{folder}/adapter_config.json', 'w', encoding='utf-8') as f:
        json.dump(config, f, ensure_ascii=False, indent=1)
        f.write('\n')
    path = f'{folder}/adapter_model.safetensors'
    save_file(adapter.tensors(), path, metadata={'format': 'pt'})
    os.chmod(path, 0o644)  # safetensors writes files that only their owner can read


def load(llm, folder):
    """Attaches the adapter of a PEFT folder. Returns (adapter, its adapter_config.json)."""
    with open(f'{folder}/adapter_config.json', encoding='utf-8') as f:
        config = json.load(f)
    adapter = attach(llm, config['r'], config['lora_alpha'], config['target_modules'], config.get('nadir_partial', False))
    tensors = load_file(f'{folder}/adapter_model.safetensors')
    for path, layer in adapter.layers.items():
        for part in ('lora_A', 'lora_B'):
            value, own = tensors.pop(f'{PREFIX}{path}.{part}.weight'), getattr(layer, part)
            if value.shape != own.shape:
                raise ValueError(f'{path}.{part} is {list(value.shape)}, and the base model needs {list(own.shape)}')
            own.data = value.float()
    if tensors:
        raise ValueError(f'the adapter has tensors for other modules: {sorted(tensors)[:3]}')
    return adapter, config
