"""Writes e2e/fixtures/tiny-converted and src/vlm/towers/fixtures/siglip-tower.*: a converted checkpoint with random weights (CLIP, MLP,
Qwen2) and what PyTorch gives for it.

    python -m training.convert.tests.make_fixture

golden.json: the prompt's ids by the checkpoint's own template and tokenizer, the visual rows, the largest logits and the greedy answer, all from
transformers with the 4-bit values in its weights. siglip-tower: a converted SigLIP tower, which the app's WGSL computes, with transformers' features. The tile is a formula, so that it needs no file: byte i of [row, col, band] is (37 i + 11 (i >> 5)) mod 256."""
import argparse
import json
import os
import re
import shutil
import tempfile

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import SiglipVisionModel

from training.convert.__main__ import convert, parse
from training.convert.checkpoint.tensors import Tensors
from training.convert.checkpoint.vision import read_tower
from training.convert.graphs.vision import write_vision
from training.convert.graphs.vision_weights import find_tower, tower_weights
from training.convert.tests import tiny
from training.convert.tests.test_convert import dequantise_oracle
from training.convert.text import MARK, render

TOWERS = os.path.join(os.path.dirname(__file__), '../../../src/vlm/towers/fixtures')
FOLDER = os.path.join(os.path.dirname(__file__), '../../../e2e/fixtures/tiny-converted')
QUESTION, STEPS, SEED = 'Describe this image.', 12, 2


def build(folder):
    """A checkpoint smaller than the tests'; the seed is one whose greedy choices are not close."""
    vision = tiny.clip_config(hidden_size=32, intermediate_size=48, num_attention_heads=2)
    oracle, model = tiny.hf_llava(folder, vision, tiny.text_config('qwen2', rope_theta=1e6), SEED, vision_feature_layer=-2)
    tiny.save_tokenizer(folder), tiny.save_processor(folder, 32)
    with torch.no_grad():  # shipped as f16
        for part in (model.model.vision_tower, model.model.multi_modal_projector):
            for p in part.parameters():
                p.copy_(p.half().float())
    return oracle


@torch.no_grad()
def golden(folder, oracle, manifest):
    i = np.arange(32 * 32 * 3)
    tile = ((37 * i + 11 * (i >> 5)) % 256).astype(np.uint8).reshape(32, 32, 3)
    pixels = (tile / 255 - np.array([0.5, 0.4, 0.3])) / np.array([0.5, 0.25, 0.2])
    visual = oracle.visual(torch.from_numpy(pixels.astype(np.float32))[None].permute(0, 3, 1, 2))
    config = json.load(open(f'{folder}/tokenizer_config.json'))
    text = render(config['chat_template'], config).replace(MARK, QUESTION)
    ids = Tokenizer.from_file(f'{folder}/tokenizer.json').encode(text, add_special_tokens=False).ids
    at, table = ids.index(259), oracle.llm.get_input_embeddings()
    embeds = torch.cat([table(torch.tensor([ids[:at]])), visual, table(torch.tensor([ids[at + 1:]]))], 1)
    logits, past = oracle.logits(embeds)
    top = torch.topk(logits, 20)
    answer, margin = [], []
    for _ in range(STEPS):
        best = torch.topk(logits, 2)
        margin.append(float(best.values[0] - best.values[1]))
        answer.append(int(best.indices[0]))
        logits, past = oracle.logits(table(torch.tensor([[answer[-1]]])), past)
    assert min(margin) > 0.05, f'choose another seed: the closest choice is {min(margin):.3f} apart'
    assert not set(answer) & {258, 256}, 'the answer ends early'
    rows = visual[0]
    return dict(question=QUESTION, text=text, ids=ids, length=embeds.shape[1], visual=[round(float(v), 5) for v in rows[[0, 7, 15]].reshape(-1)],
                visualRows=[0, 7, 15], top=[[int(i), round(float(v), 5)] for i, v in zip(top.indices, top.values)], answerIds=answer)


@torch.no_grad()
def write_siglip(out):
    """Features of layer -2, so without the last norm; odd sizes on purpose."""
    config = tiny.siglip_config(hidden_size=24, intermediate_size=36, num_attention_heads=3, image_size=40, patch_size=8)
    model = tiny.randomise(SiglipVisionModel(config), 7)
    for p in model.parameters():
        p.copy_(p.half().float())
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f'{folder}/checkpoint')
        model.save_pretrained(f'{folder}/checkpoint')
        tower = read_tower({**config.to_dict(), 'model_type': 'siglip_vision_model'}, -2, 'full')
        spec = write_vision(tower, tower_weights(tower, find_tower(Tensors(f'{folder}/checkpoint'), tower)), folder, half=True)
        shutil.copyfile(f'{folder}/vision.safetensors', f'{out}/siglip-tower.safetensors')
    pixels = torch.randn(1, 40, 40, 3, generator=torch.Generator().manual_seed(1))
    tokens = model(pixels.permute(0, 3, 1, 2), output_hidden_states=True).hidden_states[-2]
    save_file({'pixels': pixels[0].contiguous(), 'tokens': tokens[0].contiguous()}, f'{out}/siglip-tower-goldens.safetensors')
    for name in ('siglip-tower.safetensors', 'siglip-tower-goldens.safetensors'):
        os.chmod(f'{out}/{name}', 0o644)
    text = json.dumps({'imageSize': 40, 'bands': 3, **spec}, indent=2).replace('1e-06', '1e-6')
    with open(f'{out}/siglip-tower.json', 'w') as f:  # lists of plain values in one line, as the repository's formatter has them
        f.write(re.sub(r'\[[^][{}]*\]', lambda m: '[' + ', '.join(m[0][1:-1].split()).replace(',,', ',') + ']', text) + '\n')


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--out', default=FOLDER)
    args = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        oracle = build(folder)
        made = convert(parse([folder, '--out', args.out, '--overwrite', '--name', 'Tiny converted', '--licence', 'MIT (random weights)']))
        dequantise_oracle(oracle.llm)
        with open(f'{args.out}/golden.json', 'w', encoding='utf-8') as f:
            json.dump(golden(folder, oracle, made), f)
            f.write('\n')
    write_siglip(TOWERS)
    total = sum(os.path.getsize(os.path.join(base, n)) for base, _, names in os.walk(args.out) for n in names)
    print(f'{total / 1e3:.0f} kB with goldens')
    assert total < 300e3


if __name__ == '__main__':
    main()
