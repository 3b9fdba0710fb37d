"""Adapters: python -m pytest training/tests/test_lora.py -q (from the repository root)."""
import copy
import json
import os

import pytest
import torch

from training.core.config import CONFIG
from training.export.lora import check_lora
from training.export.restore import load_llm
from training.model import lora
from training.model.llm import LLM

MODEL = os.path.join(os.path.dirname(__file__), '../../public/models/nadir-s')
BASE = dict(id='nadir-s', version='0', weights='0' * 64)
TINY = dict(CONFIG, layers=2, vocab=96)


def random_adapter(llm, rank=4, alpha=8, targets=lora.TARGETS, partial=False, seed=1):
    adapter = lora.attach(llm, rank, alpha, targets, partial)
    gen = torch.Generator().manual_seed(seed)
    for p in adapter.parameters():
        p.data = torch.randn(p.shape, generator=gen) * 0.1
    return adapter


@pytest.fixture
def llm():
    torch.manual_seed(0)
    return LLM(TINY).eval()


@pytest.fixture
def x():
    return torch.randn(2, 11, TINY['hidden'], generator=torch.Generator().manual_seed(3))


@torch.no_grad()
def run(llm, x):
    return llm.head(llm.hidden_states(x)[0])


def test_a_new_adapter_changes_nothing_and_freezes_the_base(llm, x):
    want = run(llm, x)
    adapter = lora.attach(llm, 4, 8)
    assert torch.equal(run(llm, x), want)
    trained = {id(p) for p in llm.parameters() if p.requires_grad}
    assert trained == {id(p) for p in adapter.parameters()} and len(trained) == 2 * 5 * TINY['layers']


def test_merging_gives_the_same_outputs_and_unmerging_the_old_weights(llm, x):
    plain, before = run(llm, x), copy.deepcopy(llm.state_dict())
    adapter = random_adapter(llm)
    adapted = run(llm, x)
    assert (adapted - plain).abs().max() > 0.1
    adapter.merge()
    assert torch.allclose(run(llm, x), adapted, atol=1e-4, rtol=1e-4)
    adapter.unmerge()
    assert torch.allclose(run(llm, x), adapted, atol=1e-4, rtol=1e-4), 'unmerged, the adapter acts again'
    adapter.detach()
    assert torch.allclose(run(llm, x), plain, atol=1e-4, rtol=1e-4)
    assert all(torch.allclose(v, before[k], atol=1e-6) for k, v in llm.state_dict().items())


def test_a_partial_adapter_acts_on_image_rows_alone(llm, x):
    plain = run(llm, x)
    adapter = random_adapter(llm, partial=True)
    assert torch.equal(run(llm, x), plain), 'no image rows, no effect'
    adapter.rows.mask = torch.zeros(2, 11, 1)
    adapter.rows.mask[:, 4:8] = 1
    got = run(llm, x)
    assert torch.allclose(got[:, :4], plain[:, :4], atol=1e-5), 'rows before the image see none of it'
    assert (got[:, 4:] - plain[:, 4:]).abs().max() > 0.05
    adapter.rows.mask = torch.ones(2, 11, 1)
    whole = run(llm, x)
    adapter.rows.partial, adapter.rows.mask = False, None
    assert torch.allclose(run(llm, x), whole, atol=1e-5), 'a mask of ones is plain LoRA'


def test_a_partial_adapter_is_not_merged(llm):
    with pytest.raises(ValueError, match='image rows only'):
        random_adapter(llm, partial=True).merge()


def test_saving_and_loading(llm, x, tmp_path):
    adapter = random_adapter(llm, targets=('qkv', 'down'))
    want = run(llm, x)
    lora.save(adapter, tmp_path, BASE, 'Test', 'MIT')
    adapter.detach()
    again, config = lora.load(llm, tmp_path)
    assert torch.equal(run(llm, x), want)
    assert (config['r'], config['lora_alpha'], config['target_modules'], config['nadir_partial']) == (4, 8, ['qkv', 'down'], False)
    assert again.tensors().keys() == adapter.tensors().keys()


def test_foreign_modules_and_shapes_are_refused(llm, tmp_path):
    adapter = random_adapter(llm)
    lora.save(adapter, tmp_path, BASE, 'Test', 'MIT')
    adapter.detach()
    with pytest.raises(ValueError, match='unknown target modules'):
        lora.attach(llm, 4, 8, ('qkv', 'lm_head'))
    with pytest.raises(ValueError, match='base model needs'):
        lora.load(LLM(dict(TINY, ffn=512)), tmp_path)


def test_peft_reads_ours_and_we_read_peft(llm, x, tmp_path):
    peft = pytest.importorskip('peft', reason='the peft package is not installed; it is an oracle only')
    adapter = random_adapter(llm, rank=3, alpha=9)
    want = run(llm, x)
    lora.save(adapter, tmp_path / 'ours', BASE, 'Test', 'MIT')
    adapter.detach()
    theirs = peft.PeftModel.from_pretrained(copy.deepcopy(llm), str(tmp_path / 'ours')).eval()
    assert torch.allclose(run(theirs.base_model.model, x), want, atol=1e-5)

    made = peft.get_peft_model(copy.deepcopy(llm), peft.LoraConfig(r=6, lora_alpha=3, target_modules=['qkv', 'up'])).eval()
    gen = torch.Generator().manual_seed(8)
    for name, p in made.named_parameters():
        if 'lora_' in name:
            p.data = torch.randn(p.shape, generator=gen) * 0.1
    made.save_pretrained(str(tmp_path / 'peft'))
    lora.load(llm, tmp_path / 'peft')
    assert torch.allclose(run(llm, x), run(made.base_model.model, x), atol=1e-5)


def test_the_shipped_graphs_agree_with_pytorch():
    with open(f'{MODEL}/nadir.json', encoding='utf-8') as f:
        llm = json.load(f)['llm']
    assert llm['loraGraphs'] == {'q4': 'onnx/llm_q4_lora.onnx', 'f32': 'onnx/llm_f32_lora.onnx'}
    check_lora(load_llm(MODEL), MODEL, llm)
