"""Plans as token sequences, their grammar, and the decoders that write them."""
import os

import numpy as np
import pytest
import torch

from training.core.config import CONFIG
from training.export.reading import restore
from training.model.llm import LLM
from training.model.plan_writer import Crossed, PlanWriter, Prefixed, greedy, share_of
from training.reading.generate.maker import unmark
from training.reading.generate.rows import rows
from training.reading.model import mask_of
from training.reading.text import ChineseText, EnglishText, Speller, chinese_vocabulary
from training.reading.written import ID, MOST_TOKENS, TOKENS, following, items_of, plan_written, write
from training.stages.reading.data import Set
from training.stages.reading.written import Written

MODEL = os.path.join(os.path.dirname(__file__), '..', '..', 'public', 'models', 'nadir-s')


def english(question):
    """(row, reading) of a marked question."""
    words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']
    q, spans = unmark(question)
    return {'q': q, 'spans': spans, 'subjects': [], 'where': None, 'order': None, 'quantity': None}, EnglishText(words, Speller([], [])).read(q)


def shown(ids):
    return [TOKENS[i][1] or 'end' if i < len(TOKENS) else i - len(TOKENS) for i in ids]


def test_a_plan_is_written_and_read():
    row, reading = english('count \ue000S\ue001car\ue001cars\ue002 near the \ue000A\ue001storage tank\ue001oil tanks\ue002')
    row |= {'intent': 'count', 'subjects': ['car'], 'where': 'near:storage tank'}
    ids = write(row, reading)
    assert shown(ids) == ['count', 1, 1, 'near', 4, 4, 'end'] and items_of(reading)[4] == (4, 6)
    assert plan_written(ids, reading) == {'intent': 'count', 'subjects': ['car'], 'where': 'near:storage tank', 'order': None, 'quantity': None}


def test_a_word_without_a_class_is_copied_and_a_class_without_a_word_is_named():
    row, reading = english('any \ue000S\ue001other:helter skelter\ue001helter skelters\ue002?')
    ids = write(row | {'intent': 'exists', 'subjects': ['other:helter skelter']}, reading)
    assert shown(ids) == ['exists', 1, 2, 'end'] and plan_written(ids, reading)['subjects'] == ['other:helter skelter']
    row, reading = english('where can I leave my wheels')
    assert shown(write(row | {'intent': 'find', 'subjects': ['parking lot']}, reading)) == ['find', 'parking lot', 'end']
    assert write(row | {'intent': 'find', 'subjects': ['other:helter skelter']}, reading) is None


@pytest.mark.parametrize('lang', ['en', 'zh'])
def test_generated_plans_follow_the_grammar_and_come_back(lang):
    made = rows(lang, 400, 2)
    text = ChineseText(chinese_vocabulary(made, 1)) if lang == 'zh' else restore(MODEL, 'en')[0]
    subjects = 0
    for row in made:
        reading = text.read(row['q'])
        ids, items = write(row, reading), items_of(reading)
        assert len(ids) <= MOST_TOKENS and all(ids[n] in following(ids[:n], items) for n in range(len(ids))), (row['q'], shown(ids))
        plan = plan_written(ids, reading)
        assert all(plan[k] == row[k] for k in ('intent', 'where', 'order', 'quantity')), row['q']
        subjects += plan['subjects'] == row['subjects']
    assert subjects >= 390  # the lexicon names a few by their last word: helium tanks


def test_the_grammar_forbids_what_no_plan_says():
    _, reading = english('which, cars or trucks')
    items, label = items_of(reading), lambda field, name: ID[field, name]
    point = lambda k: len(TOKENS) + k
    assert {TOKENS[i][0] for i in following([], items)} == {'intent'}
    assert following([label('intent', 'describe')], items)[0] == ID['end', None] and point(0) not in following([label('intent', 'describe')], items)
    assert label('quantity', 'area') not in following([label('intent', 'count')], items) and label('quantity', 'area') in following([label('intent', 'measure')], items)
    # A thing ends at or after its first word and before the next mark; only then can something else follow.
    assert following([label('intent', 'find'), point(0)], items) == [point(0)]
    assert following([label('intent', 'find'), point(1)], items) == [point(1), point(2), point(3)]
    near = following([label('intent', 'find'), label('where', 'near')], items)
    assert ID['end', None] not in near and point(3) in near and label('thing', 'road') in near
    assert not {TOKENS[i][0] for i in following([label('intent', 'find'), label('order', 'largest')], items)} & {'where', 'thing', 'order'}


def small_llm():
    return LLM(dict(CONFIG, hidden=32, layers=2, q_heads=2, kv_heads=1, head_dim=16, ffn=48, vocab=8, positions=64))


@pytest.mark.parametrize('body', [lambda: Crossed(32, 2, 2, 64), lambda: Prefixed(small_llm())], ids=['crossed', 'llm'])
def test_decoders_write_plans_and_learn_them(body):
    torch.manual_seed(0)
    made = rows('zh', 120, 5)
    text = ChineseText(chinese_vocabulary(made, 1))
    data = Set(made, text, 16, alike=True)
    assert all(len({len(data.readings[i].ids) for i in which}) == 1 for which in data.batches) and sorted(i for b in data.batches for i in b) == list(range(120))
    which = max(data.batches, key=len)
    states = torch.randn(len(which), len(data.readings[which[0]].ids), 24)
    way = Written(24, body()).eval()
    for i, (ids, sure, _) in zip(which, greedy(way.writer, states, [data.readings[i] for i in which])):
        assert len(ids) <= MOST_TOKENS and all(0 < p <= 1 for p in sure)
        assert set(plan_written(ids, data.readings[i])) == {'intent', 'subjects', 'where', 'order', 'quantity'}
    optimiser = torch.optim.AdamW(way.parameters(), 5e-3)
    for _ in range(80):
        loss = way.loss(data, which, states)
        optimiser.zero_grad(), loss.backward(), optimiser.step()
    way.eval()
    read = list(way.read(data, which, states))
    assert sum(plan['intent'] == data.rows[i]['intent'] and plan['where'] == data.rows[i]['where'] for i, plan, _ in read) >= 0.9 * len(which)


def test_what_is_written_later_changes_nothing_before():
    torch.manual_seed(0)
    writer = PlanWriter(24, Crossed(32, 2, 2, 64)).eval()
    _, reading = english('count cars')
    states, share = torch.randn(1, 4, 24), share_of([reading], 4)
    one, two = (writer(states, share, torch.tensor([[ID['intent', 'count'], last]])) for last in (len(TOKENS), ID['end', None]))
    assert torch.allclose(one[:, :2], two[:, :2], atol=1e-6) and not torch.allclose(one[:, 2], two[:, 2])


@pytest.mark.parametrize('lang, name', [('en', 'english'), ('zh', 'chinese')])
def test_a_restored_reader_gives_the_graphs_logits(lang, name):
    onnxruntime = pytest.importorskip('onnxruntime')
    text, reader = restore(MODEL, lang)
    session = onnxruntime.InferenceSession(f'{MODEL}/reader/{name}.onnx', providers=['CPUExecutionProvider'])
    for row in rows(lang, 5, 3):
        reading = text.read(row['q'])
        ids, feats = torch.tensor([reading.ids]), torch.tensor([reading.feats])
        with torch.no_grad():
            mine = reader(ids, feats, mask_of(torch.tensor([ids.shape[1]]), ids.shape[1]))
        for head, theirs in zip([o.name for o in session.get_outputs()], session.run(None, {'ids': ids.numpy(), 'feats': feats.numpy()})):
            assert np.abs(mine[head].numpy() - theirs).max() < 1e-3
