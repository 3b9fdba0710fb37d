"""Questions with their plans, made from templates. A row: q, lang, intent, subjects, where, order, quantity, filter, spans [[start, end, role, name]].

Every template belongs to one of two parts by its hash: `train`, or `held` (one in eight), from which early stopping and calibration are
done. No text of ../shared/data/questions was used."""
from .chinese import Chinese
from .english import English
from .maker import unmark

# How often each kind of question is made.
INTENTS = {'find': 16, 'count': 13, 'exists': 14, 'compare': 8, 'extreme': 10, 'measure': 16, 'attribute': 9, 'describe': 8, 'classify': 8, 'identify': 6, 'quality': 5, 'change': 7, 'help': 3, 'outside': 6}


def row(maker, clean=False):
    """One question of a random intent. `clean`: without typos."""
    intent = maker.rng.choices(list(INTENTS), list(INTENTS.values()))[0]
    plan = {'intent': intent, 'subjects': [], 'where': None, 'order': None, 'quantity': None, 'filter': None}
    text = maker.wrap(getattr(maker, intent)(plan), plan)
    text, spans = unmark(text)
    if not clean:
        text, spans = maker.noise(text, spans, not plan.get('bare'))
    return {'q': text, 'lang': maker.lang, **{k: plan[k] for k in ('intent', 'subjects', 'where', 'order', 'quantity', 'filter')}, 'indirect': plan.get('indirect'), 'spans': spans}


def rows(lang, count, seed, part='train', clean=False):
    """`count` different questions of a language and a part."""
    maker = (English if lang == 'en' else Chinese)(f'{lang}-{part}-{seed}', part)
    seen, out = set(), []
    while len(out) < count:
        made = row(maker, clean)
        if made['q'] not in seen and 1 <= len(made['q']) <= 240:
            seen.add(made['q'])
            out.append(made)
    return out
