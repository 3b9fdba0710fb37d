"""Training of adapters: python -m pytest training/tests/test_adapter_training.py -q (from the repository root).

The data are made up and the rows of a prompt drawn at random: what is tested is the training, not what it learns.
"""
import numpy as np
import pytest
import torch
import torch.nn as nn

from training.core.config import CONFIG
from training.language.styles import terse
from training.language.tokenizer import prompt_text, token_id, tokenizer
from training.learning import language_batch
from training.model import lora
from training.model.llm import LLM
from training.stages.adapter import checkpoint_activations, image_mask, score, train

TINY = dict(CONFIG, layers=2)
ITEMS = [dict(geometry=np.zeros((n, 6)), number=n) for n in range(4)]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.llm, self.tower, self.connector = LLM(TINY).eval(), nn.Identity(), nn.Identity()


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    def make_example(rng, items):
        item = items if isinstance(items, dict) else items[0]
        return item, f'How many {rng.integers(9)}?', f'{item["number"]} cars.', None, 'count'

    def assemble(model, examples):
        embeds, labels = torch.zeros(len(examples), 60, TINY['hidden']), torch.full((len(examples), 60), -100)
        for b, (item, question, answer, _, _) in enumerate(examples):
            gen = torch.Generator().manual_seed(len(question) + ord(question[9]) + item['number'])
            embeds[b] = torch.randn(60, TINY['hidden'], generator=gen)
            labels[b, 50:50 + 1 + item['number']] = torch.arange(1 + item['number']) + 7
        return embeds, labels

    monkeypatch.setattr(language_batch, 'make_example', make_example)
    monkeypatch.setattr(language_batch, 'assemble', assemble)


def trained(steps=6, seed=3, partial=False, **rest):
    model = Model()
    torch.manual_seed(seed)
    adapter = lora.attach(model.llm, 4, 8, partial=partial)
    train(model, adapter, ITEMS, None, steps, 8, 1e-2, seed, log=lambda *a, **k: None, **rest)
    return model, adapter


def test_the_same_seed_gives_the_same_adapter_and_the_base_stays():
    (a, one), (_, two) = trained(), trained()
    assert all(torch.equal(x, y) for x, y in zip(one.parameters(), two.parameters()))
    assert any(not torch.equal(x, y) for x, y in zip(one.parameters(), trained(seed=4)[1].parameters()))
    fresh = Model().llm.state_dict()
    for k, v in a.llm.state_dict().items():
        if 'lora_' not in k:
            assert torch.equal(v, fresh[k.replace('.base.', '.')]), f'{k} was trained'
    assert all(layer.lora_B.abs().max() > 0 for layer in one.layers.values())


def test_a_broken_off_run_ends_with_the_same_adapter(tmp_path):
    state = str(tmp_path / 'state.pt')
    _, whole = trained()
    trained(state_file=state, stop_at=4)
    _, resumed = trained(state_file=state)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters()))


def test_a_batch_in_parts_has_the_gradient_of_the_whole(monkeypatch):
    monkeypatch.setattr(torch, 'autocast', lambda *a, **k: torch.enable_grad())  # bfloat16 would round the parts apart
    (_, whole), (_, parts) = trained(steps=2), trained(steps=2, accumulate=4)
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(whole.parameters(), parts.parameters()))


def test_checkpointed_activations_change_nothing():
    model = Model()
    adapter = lora.attach(model.llm, 4, 8)
    x = torch.randn(2, 9, TINY['hidden'])
    grads = []
    for _ in range(2):
        model.llm.hidden_states(x)[0].square().mean().backward()
        grads.append([p.grad.clone() for p in adapter.parameters()])
        for p in adapter.parameters():
            p.grad = None
        checkpoint_activations(model.llm)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(*grads))
    assert any(g.abs().max() > 0 for g in grads[0])


def test_a_partial_adapter_learns_from_image_rows():
    _, adapter = trained(steps=2, partial=True)
    assert any(layer.lora_B.abs().max() > 0 for layer in adapter.layers.values())


def test_the_mask_covers_the_rows_of_the_image():
    tok, rows = tokenizer(), 9
    examples = [(None, 'What is here?', 'I see cars.', None, 'which'), (None, 'Hello', 'Hi.', None, 'talk')]
    prompts = [tok.encode(prompt_text(q, image)).ids for (_, q, _, _, _), image in zip(examples, (True, False))]
    replies = [tok.encode(a + '<|im_end|>').ids for _, _, a, _, _ in examples]
    labels = torch.full((2, 60), -100)
    for b, given in enumerate((rows - 1, 0)):  # the rows take the place of <image>; the second was asked without one
        end = len(prompts[b]) + given + len(replies[b]) - 1
        labels[b, end - len(replies[b]):end] = torch.tensor(replies[b])
    mask = image_mask(examples, labels)
    where = prompts[0].index(token_id('<image>'))
    assert mask[0].sum() == rows and mask[0, where:where + rows].all()
    assert mask[1].sum() == 0


@pytest.mark.parametrize('task, answer, want', [
    ('find', 'Airplanes: <p0><p1>.', '<p0><p1>'),
    ('find', 'There are no cars. The image shows a beach.', 'None.'),
    ('count', '1 <p0> 2 <p1> - 2 cars.', '1 <p0> 2 <p1> - 2'),
    ('count', 'There are no cars. The image shows a beach.', '0'),
    ('present', 'Yes, there are cars: <p3>.', 'Yes.'),
    ('present', 'No, there is no sand. The image shows a forest.', 'No.'),
    ('classify', 'This is a tennis court.', 'Scene: tennis court.'),
    ('count', 'About 60 trees.', 'About 60'),
    ('describe', 'This is a beach. It shows cars: <p0> and many buildings. There is sand and sea.',
     'Scene: beach; cars: <p0>, many buildings; sand, sea.'),
    ('which', 'I see cars, grass and trees.', 'Seen: cars, grass, trees.'),
    ('talk', 'You are welcome.', 'You are welcome.'),
    ('classify', '这是海滩。', '这是海滩。'),
])
def test_terse_answers_say_the_same(task, answer, want):
    assert terse(task, answer) == want


def test_scores_count_exact_answers_and_objects():
    examples = [(None, 'q', '<p0><p1>', None, 'find'), (None, 'q', 'Yes.', None, 'present')]
    got = score(examples, [('<p1><p2>', 3), ('Yes.', 2)])
    assert (got['exact'], got['objectF1'], got['yesF1'], got['tokensPerAnswer']) == (0.5, 0.5, 1.0, 2.5)
    ruled = score([(None, 'q', 'Yes.', None, 'present')], [('Yes, there are cars.', 6)], rewrite='terse')
    assert ruled['exact'] == 1.0
