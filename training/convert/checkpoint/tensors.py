"""A checkpoint folder, read lazily: config.json, and one tensor at a time out of (sharded) safetensors."""
import json
import os

import torch
from safetensors import safe_open

from ..errors import ConvertError, need


def read_json(folder, name, required=True):
    """A JSON file of the folder as a dict; {} where it is absent and not required."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        need(not required, 'CHECKPOINT_NOT_FOUND', f'"{folder}" has no {name}. Give a folder in Hugging Face layout.')
        return {}
    try:
        with open(path, encoding='utf-8') as f:
            return json.load(f)
    except ValueError as e:
        raise ConvertError('CONFIG_INVALID', f'{name} is not JSON: {e}') from e


FLOATS = ('F16', 'BF16', 'F32', 'F64')


class Tensors:
    """Tensors of model.safetensors, or of the shards that model.safetensors.index.json names.

    Only headers are read when it is made; `get` reads one tensor as f32. `deltas` (tensor name -> function returning
    what is added to it, f32 of the same shape) are how a merged adapter gets in. With `dry`, `get` gives shapes without numbers."""

    def __init__(self, folder, single='model.safetensors'):
        self.folder, self.deltas, self.replaced, self.dry, self._open = folder, {}, {}, False, {}
        index = read_json(folder, f'{single}.index.json', required=False)
        if index:
            self.where = dict(index.get('weight_map', {}))
        elif os.path.exists(os.path.join(folder, single)):
            self.where = {}
            for name in self._file(single).keys():
                self.where[name] = single
        else:
            found = [n for n in sorted(os.listdir(folder)) if n.endswith(('.bin', '.pt', '.pth', '.msgpack', '.h5'))] if os.path.isdir(folder) else []
            need(not found, 'WEIGHTS_UNSUPPORTED',
                 f'"{folder}" holds its weights as {", ".join(found[:3])}. Save them as safetensors (save_pretrained(..., '
                 f'safe_serialization=True)).')
            raise ConvertError('CHECKPOINT_NOT_FOUND', f'"{folder}" has neither {single} nor {single}.index.json.')
        for file in set(self.where.values()):
            need(os.path.exists(os.path.join(folder, file)), 'CHECKPOINT_NOT_FOUND',
                 f'The index names the shard "{file}", which is not in "{folder}".')

    def _file(self, name):
        if name not in self._open:
            try:
                self._open[name] = safe_open(os.path.join(self.folder, name), framework='pt')
            except Exception as e:
                raise ConvertError('WEIGHTS_UNSUPPORTED', f'"{name}" is not a safetensors file: {e}') from e
        return self._open[name]

    def __contains__(self, name):
        return name in self.where

    def names(self):
        return list(self.where)

    def _entry(self, name):
        need(name in self.where, 'TENSOR_MISSING', f'The checkpoint has no tensor "{name}".')
        return self._file(self.where[name])

    def shape(self, name):
        return list(self._entry(name).get_slice(name).get_shape())

    def get(self, name, shape=None):
        """One tensor as f32. SHAPE_MISMATCH unless it has `shape`."""
        file = self._entry(name)
        found = self.shape(name)
        need(shape is None or found == list(shape), 'SHAPE_MISMATCH',
             f'"{name}" is {found}; its configuration asks for {list(shape or [])}.')
        kind = file.get_slice(name).get_dtype()
        need(kind in FLOATS, 'WEIGHTS_UNSUPPORTED',
             f'"{name}" is stored as {kind}: a checkpoint that is already quantised is not converted. Give the original weights.')
        if self.dry:
            return torch.empty(found, device='meta')
        value = file.get_tensor(name).to(torch.float32)
        if name in self.replaced:
            value = self.replaced[name]()
        if name in self.deltas:
            value = value + self.deltas[name]()
        return value

    def prefix(self, probe, candidates):
        """The first of `candidates` under which `probe` exists, or None."""
        return next((p for p in candidates if p + probe in self.where), None)
