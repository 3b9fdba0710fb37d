"""A model folder: graphs, weights, tokenizer, manifest and card, with parity against PyTorch asserted on the way."""
import os
import shutil

import torch

from ..core.config import VERSION
from ..core.files import read_json, write_json
from ..core.normalise import MEAN, STD
from ..language.tokenizer import token_id, write_tokenizer_files
from .card import write_card
from .graphs.connector import export_connector
from .graphs.heads import export_change, export_proposals, export_refiner
from .graphs.llm import export_llm
from .graphs.vision import export_vision
from .lora import export_lora
from .manifest import manifest
from .parity import check_parity
from .refresh import refresh

MOST, LARGEST = 48e6, 25e6  # bytes of a folder and of a file


def round_to_half(model):
    """The exported weights are f16: make PyTorch hold the same numbers, so that parity is exact up to arithmetic."""
    for part in (model.tower, model.connector, model.proposals, model.change, model.change_proposals, model.refiner):
        for p in part.parameters():
            p.data = p.data.half().float()
    model.llm.embed.weight.data = model.llm.embed.weight.data.half().float()


def export(model, folder, version=VERSION, reader=None):
    """Writes the folder. The model is changed: f16 and 4-bit values as they are shipped. `reader`: a model folder whose reader of questions is
    taken over; it needs no image and is trained by itself (export.reading)."""
    cfg = model.cfg
    os.makedirs(f'{folder}/onnx', exist_ok=True)
    model.eval()
    model.llm.quantise(False)
    round_to_half(model)
    with torch.no_grad():
        probe = model.llm.embed(torch.randint(0, cfg['vocab'], (1, 80), generator=torch.Generator().manual_seed(1)))
        before, _ = model.llm(probe)
    vision = export_vision(model.tower, folder)
    export_connector(model.connector, model.tower.sizes, folder, cfg)
    export_proposals(model.proposals, folder, cfg=cfg)
    export_proposals(model.change_proposals, folder, 'change_proposals', 1, cfg)
    export_change(model.change, folder, cfg)
    export_refiner(model.refiner, folder, cfg)
    llm = export_llm(model.llm, folder, cfg)
    llm['loraGraphs'] = export_lora(model.llm, folder, llm)
    with torch.no_grad():
        after, _ = model.llm(probe)
    print(f'4-bit quantisation: logits differ by {(after - before).abs().mean():.4f} on average, standard deviation of the logits {before.std():.3f}')
    write_tokenizer_files(folder)
    write_card(folder, version)
    write_json(f'{folder}/config.json', dict(
        architectures=['Qwen2ForCausalLM'], model_type='qwen2', hidden_size=cfg['hidden'], intermediate_size=cfg['ffn'],
        num_hidden_layers=cfg['layers'], num_attention_heads=cfg['q_heads'], num_key_value_heads=cfg['kv_heads'],
        head_dim=cfg['head_dim'], hidden_act='silu', rms_norm_eps=cfg['rms_eps'], rope_theta=cfg['rope'], vocab_size=cfg['vocab'],
        max_position_embeddings=cfg['positions'], tie_word_embeddings=False, bos_token_id=None,
        eos_token_id=[token_id('<|im_end|>'), token_id('<|endoftext|>')]))
    write_json(f'{folder}/preprocessor_config.json', dict(
        image_processor_type='NadirImageProcessor', size={'height': cfg['image'], 'width': cfg['image']}, resample='bilinear',
        do_rescale=True, rescale_factor=1 / 255, do_normalize=True, image_mean=MEAN, image_std=STD, bands=['red', 'green', 'blue', 'nir']))
    check_parity(model, folder, llm)
    write_json(f'{folder}/nadir.json', manifest(vision, llm, model.calibration, version, cfg))
    taken = {}
    if reader:
        shutil.copytree(f'{reader}/reader', f'{folder}/reader', dirs_exist_ok=True)
        taken['reader'] = read_json(f'{reader}/nadir.json')['reader']
    files = refresh(folder, **taken)['files']
    total = sum(f['bytes'] for f in files.values())
    print(f'{folder}: {total / 1e6:.1f} MB in {len(files) + 1} files')
    assert total <= MOST, f'the model folder is over {MOST / 1e6:.0f} MB'
    assert all(f['bytes'] <= LARGEST for f in files.values()), f'a file is over {LARGEST / 1e6:.0f} MB'
