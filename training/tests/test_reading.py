"""The reader's questions, tokens and plans."""
import os
import random

import pytest

from training.reading.generate.english import English
from training.reading.generate.maker import entries, held, unmark
from training.reading.generate.noise import noise_en, typo
from training.reading.generate.rows import INTENTS, rows
from training.reading.lexicon import CLASSES, plural
from training.reading.model import ORDER, QUANTITY, SENTENCE, WHERE
from training.reading.phrases import english
from training.reading.plan import plan_of, singular
from training.reading.text import ChineseText, EnglishText, Speller, chinese_vocabulary, distance, normalise, split_english
from training.stages.reading.data import labels_of, tags_of

VOCAB = os.path.join(os.path.dirname(__file__), '..', '..', 'public', 'models', 'nadir-s', 'reader', 'vocab.txt')


def vocabulary():
    with open(VOCAB, encoding='utf-8') as f:
        return f.read().split('\n')


@pytest.mark.parametrize('lang', ['en', 'zh'])
def test_rows_hold_every_intent_and_known_labels(lang):
    made = rows(lang, 1500, 3)
    assert {r['intent'] for r in made} == set(INTENTS) == set(SENTENCE['intent'])
    assert len({r['q'] for r in made}) == 1500
    for r in made:
        labels_of(r)
        assert not any(c in r['q'] for c in '{}[]\ue000\ue001\ue002'), r['q']
        assert (r['where'] or '').split(':')[0] in [w or '' for w in WHERE] and (r['order'] or '').split(':')[0] in [o or '' for o in ORDER] and r['quantity'] in QUANTITY


def test_spans_are_the_things_named():
    for r in rows('en', 800, 4, clean=True):
        for start, end, role, name in r['spans']:
            word = r['q'][start:end]
            if not name.startswith('other:') and role == 'S':
                assert word in [f for w in CLASSES[name][0] for f in (w, plural(w))], (r['q'], word)


def test_templates_of_the_two_parts_differ():
    train, kept = English(1, 'train'), English(1, 'held')
    for text in (english.FIND, english.COUNT, english.EXISTS):
        for maker in (train, kept):
            maker.pick(text)
        assert not set(train.lists[text]) & set(kept.lists[text])
        assert all(held(t) for t in kept.lists[text]) and set(train.lists[text]) | set(kept.lists[text]) == set(entries(text))


def test_noise_keeps_spans_on_their_words():
    text, spans = unmark('count the \ue000S\ue001car\ue001cars\ue002 near \ue000A\ue001road\ue001roads\ue002')
    assert text == 'count the cars near roads' and [text[a:b] for a, b, _, _ in spans] == ['cars', 'roads']
    for seed in range(60):
        rng = random.Random(seed)
        changed, moved = typo(rng, *noise_en(rng, text, spans))
        (a, b, _, _), (c, d, _, _) = moved
        assert changed[:a].lower().endswith(' ') and changed[b] == ' ' and changed[c - 1] == ' ' and d <= len(changed), changed
        assert distance(changed[a:b].lower(), 'cars', 4) <= 4


def test_traditional_characters_are_read_as_simplified():
    assert normalise('這張影像裡有幾輛車？', 'zh')[0] == '这张影像里有几辆车?'
    assert normalise('Roofs > 200 m²', 'en')[0] == 'roofs > 200 m2'


def test_tags_follow_words_through_pieces():
    text = EnglishText(vocabulary(), Speller(['count', 'storage', 'tanks'], []))
    question, spans = unmark('count \ue000S\ue001storage tank\ue001storage tanks\ue002?')
    reading = text.read(question)
    tags = tags_of({'spans': spans}, reading)
    assert tags[0] == tags[-1] == -100 and {tags[i] for i, o in enumerate(reading.owner) if o in (1, 2)} == {1} and tags[1] == 0


def test_pieces_are_those_of_the_tokenizers_library():
    from tokenizers import BertWordPieceTokenizer
    vocab = vocabulary()
    theirs = BertWordPieceTokenizer(vocab={t: i for i, t in enumerate(vocab)}, lowercase=True)
    mine = EnglishText(vocab, Speller([], [t for t in vocab if t.isalpha()]))
    for r in rows('en', 400, 6):
        units = [u for u, _, _ in split_english(*normalise(r['q'], 'en'))]
        assert mine.read(r['q']).ids == theirs.encode(' '.join(units)).ids, r['q']


def test_a_plan_is_read_from_logits():
    text = ChineseText(chinese_vocabulary(rows('zh', 400, 1), 1))
    reading = text.read('码头附近有几艘船')
    label = lambda head, value: [9.0 if x == value else 0.0 for x in SENTENCE[head]]
    tag = lambda role: [9.0 if role == t else 0.0 for t in 'OSA']
    units = ['', *(u for u, _, _ in reading.units)]
    tags = [tag('A' if u in '码头' and u else 'S' if u == '船' else 'O') for u in units]
    logits = {'intent': label('intent', 'count'), 'where': label('where', 'near'), 'order': label('order', None), 'quantity': label('quantity', 'area'), 'thing': label('thing', None), 'tags': tags}
    assert plan_of(reading, logits) == {'intent': 'count', 'subjects': ['ship'], 'where': 'near:dock', 'order': None, 'quantity': None}


def test_singulars():
    assert [singular(w) for w in ('churches', 'quarries', 'volcanoes', 'people', 'buses', 'grass', 'horses', 'gas')] == ['church', 'quarry', 'volcano', 'person', 'bus', 'grass', 'horse', 'gas']
