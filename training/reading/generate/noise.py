"""What happens to a question between head and keyboard: typos, capitals, missing marks; traditional characters. Spans stay with their characters."""
import json
import os
import re

KEYS = {'a': 'sq', 'b': 'vn', 'c': 'xv', 'd': 'sf', 'e': 'wr', 'f': 'dg', 'g': 'fh', 'h': 'gj', 'i': 'uo', 'j': 'hk', 'k': 'jl', 'l': 'k', 'm': 'n', 'n': 'bm', 'o': 'ip', 'p': 'o', 'q': 'w', 'r': 'et', 's': 'ad', 't': 'ry', 'u': 'yi', 'v': 'cb', 'w': 'qe', 'x': 'zc', 'y': 'tu', 'z': 'x'}
with open(os.path.join(os.path.dirname(__file__), '..', 'traditional.json'), encoding='utf-8') as f:
    # {traditional: simplified}, a character each. `read`: those that a simplified character isn't written as by itself.
    _TABLE = json.load(f)
TRADITIONAL = {**_TABLE['both'], **_TABLE['read']}
TO_TRADITIONAL = {simple: full for full, simple in _TABLE['both'].items()}


def edit(text, spans, at, length, new):
    """Replaces text[at:at+length] by `new`, moving spans."""
    shift = len(new) - length
    move = lambda x: x if x <= at else max(at, x + shift) if x >= at + length else min(x, at + len(new))
    return text[:at] + new + text[at + length:], [[move(a), move(b), *rest] for a, b, *rest in spans]


def typo(rng, text, spans):
    words = [m for m in re.finditer(r'[A-Za-z]{4,}', text)]
    if not words:
        return text, spans
    m = rng.choice(words)
    i = rng.randrange(m.start() + 1, m.end() - 1)
    kind = rng.random()
    if kind < 0.3:
        return edit(text, spans, i, 1, '')
    if kind < 0.55:
        return edit(text, spans, i, 2, text[i + 1] + text[i])
    if kind < 0.75:
        return edit(text, spans, i, 1, text[i] * 2)
    letter = rng.choice(KEYS.get(text[i].lower(), 'e'))
    return edit(text, spans, i, 1, letter)


def noise_en(rng, text, spans, marks=True):
    """`marks`: the question mark may be lost."""
    if rng.random() < 0.16:
        for _ in range(1 if rng.random() < 0.75 else 2):
            text, spans = typo(rng, text, spans)
    kind = rng.random() if marks else 1
    if kind < 0.45:
        text = text.rstrip('?.!') if rng.random() < 0.7 else text
    elif kind < 0.5:
        text = text.rstrip('?.!') + rng.choice(['??', '!', '...', ' ?', '?!', ' ...'])
    elif kind < 0.6 and not text.endswith(('?', '.', '!')):
        text += rng.choice(['.', '?', '.'])
    kind = rng.random()
    if kind < 0.45:
        text = text[:1].upper() + text[1:]
    elif kind < 0.49:
        text = text.upper() if len(text.upper()) == len(text) else text
    elif kind < 0.52:
        text = re.sub(r'(?<![A-Za-z])[a-z]', lambda m: m.group().upper(), text)
    if rng.random() < 0.08 and "'" in text:
        at = text.index("'")
        text, spans = edit(text, spans, at, 1, '' if rng.random() < 0.7 else '’')
    return text, spans


def noise_zh(rng, text, spans, marks=True):
    if marks and rng.random() < 0.3:
        text = text.rstrip('？?。！')
    if rng.random() < 0.2:
        text = ''.join(TO_TRADITIONAL.get(c, c) for c in text)
    if rng.random() < 0.3:
        text = text.replace('，', ',').replace('？', '?')
    return text, spans
