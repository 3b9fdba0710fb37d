"""Converted tiny checkpoints against PyTorch: python -m pytest training/convert/tests -q (needs transformers and peft, which only these
tests use)."""

import numpy as np
import pytest
import torch

pytest.importorskip('transformers', reason='transformers is the reference of these tests: pip install "transformers==4.57.*" "peft>=0.17"')

from training.convert.__main__ import convert, parse
from training.convert.check import Converted
from training.convert.graphs.llm import quantise_rows
from training.convert.tests import tiny

OPTIONS = {'clip_linear_llama': ['--chat-template', 'vicuna']}
PROMPT = [10, 20, 256, 30, 7, 99]


def run(folder, kind, out, *more):
    extra = [*OPTIONS.get(kind, []), *(['--vision-tower', f'{folder}/tower'] if kind == 'clip_linear_llama' else [])]
    lines = []
    made = convert(parse([str(folder), '--out', str(out), *extra, *more]), lambda line: lines.append(line))
    return made, lines


@pytest.fixture(scope='module', params=tiny.KINDS)
def checkpoint(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    return request.param, folder, tiny.build(request.param, str(folder))


def pixels_for(manifest):
    side = manifest['slicing']['tile']
    return torch.randn(1, side, side, 3, generator=torch.Generator().manual_seed(5))


def relative(got, want):
    return float(np.abs(np.asarray(got) - np.asarray(want)).max() / np.abs(np.asarray(want)).max())


@torch.no_grad()
def compare(model, oracle, manifest):
    """Largest relative differences of the visual rows, the logits after the prompt and after three more tokens."""
    pixels = pixels_for(manifest)
    visual, want_visual = model.see(pixels.numpy()), oracle.visual(pixels.permute(0, 3, 1, 2)).numpy()
    assert visual.shape == want_visual.shape == (1, manifest['tokensPerSlice'], manifest['llm']['hidden'])
    table = oracle.llm.get_input_embeddings()
    embed = lambda ids: table(torch.tensor([ids]))
    whole = torch.cat([embed(PROMPT[:3]), torch.from_numpy(want_visual), embed(PROMPT[3:])], 1)
    want, past = oracle.logits(whole)
    differences = [relative(visual, want_visual), relative(model.decoder(whole.numpy()), want)]
    assert want.abs().max() > 0.5, 'these numbers say nothing'
    for step in (3, 77, 260):
        want, past = oracle.logits(embed([step]), past)
        got = model.decoder(model.embedding[None, [step]].astype(np.float32))
        differences.append(relative(got, want))
    return differences


@torch.no_grad()
def dequantise_oracle(llm):
    """Puts the 4-bit values into PyTorch's weights."""
    done = set()
    for module in llm.modules():
        if isinstance(module, torch.nn.Linear) and id(module.weight) not in done:
            # A tied head has its own 4-bit copy; the table itself stays f16.
            module.weight = torch.nn.Parameter(quantise_rows(module.weight.detach().clone())[2].clone())
            done.add(id(module.weight))


def test_f32_path_equals_pytorch(checkpoint, tmp_path):
    kind, folder, oracle = checkpoint
    made, _ = run(folder, kind, tmp_path / 'out', '--weights', 'f32', '--vision-weights', 'f32')
    for graph in ('q4', 'f32'):
        differences = compare(Converted(str(tmp_path / 'out'), made, graph), oracle, made)
        assert max(differences) <= 1e-3, (kind, graph, differences)


def test_4_bit_path_equals_pytorch_with_the_same_4_bit_values(checkpoint, tmp_path):
    import copy
    kind, folder, oracle = checkpoint
    made, lines = run(folder, kind, tmp_path / 'out', '--vision-weights', 'f32')
    assert any('4-bit quantisation' in line for line in lines)
    same = copy.deepcopy(oracle.llm)
    dequantise_oracle(same)
    rounded = tiny.Oracle(oracle.visual, same, oracle.tower)
    for graph in ('q4', 'f32'):
        differences = compare(Converted(str(tmp_path / 'out'), made, graph), rounded, made)
        assert max(differences) <= 1e-3, (kind, graph, differences)
    loss = compare(Converted(str(tmp_path / 'out'), made), oracle, made)
    print(f'\n{kind}: 4 bit against the original weights: logits differ by {100 * loss[1]:.1f} % of the largest')
    assert 1e-3 < loss[1] < 0.6, 'quantised weights must differ from the original, and not by much'
