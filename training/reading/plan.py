"""From logits to a plan. `src/vlm/reader/plan.ts` repeats this; goldens hold the two together."""
import re

from .model import ORDER, QUANTITY, SENTENCE, TAGS, WHERE

IRREGULAR = {'people': 'person', 'men': 'man', 'women': 'woman', 'children': 'child', 'geese': 'goose', 'mice': 'mouse', 'feet': 'foot', 'teeth': 'tooth', 'wolves': 'wolf', 'leaves': 'leaf', 'knives': 'knife', 'shelves': 'shelf', 'loaves': 'loaf', 'halves': 'half', 'calves': 'calf', 'oxen': 'ox', 'buses': 'bus'}

# Kinds of a lexicon match (`text`): a word that names a class only as an anchor, and a region.
ANCHOR, REGION = 3, 7
# Labels that need a thing: near the dock, nearest to the dock.
PLACED_BY, ORDERED_BY = ('near', 'along', 'inside'), ('nearest', 'farthest')
WITHOUT_SUBJECTS = ('describe', 'identify', 'quality', 'help', 'outside')
MEASURED = ('measure', 'compare', 'change')


def singular(word):
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith('ies'):
        return word[:-3] + 'y'
    if re.search(r'(ch|sh|x|ss|zz|[^aeiou]o)es$', word):
        return word[:-2]
    if len(word) > 3 and word.endswith('s') and not word.endswith(('ss', 'us', 'is')):
        return word[:-1]
    return word


def name_of(reading, first, end, role):
    """What the units from `first` to before `end` name: the lexicon's name of the last word, or the words themselves."""
    match = next((m for m in reading.matches if m[2] != REGION and m[0] < end <= m[1]), None)
    # A word that names a class only as an anchor is itself as a subject: the shoreline.
    if match and not (match[2] == ANCHOR and role == 'S'):
        return match[3]
    words = [u for u, _, _ in reading.units[first:end]]
    latin = all(w.isascii() for w in words)
    return 'other:' + (' '.join([*words[:-1], singular(words[-1])]) if latin else ''.join(words))


def things(reading, tags):
    """[(role, name)] in the order named. `tags`: [tokens, 3] logits as lists."""
    count = len(reading.units)
    total, number = [[0.0] * len(TAGS) for _ in range(count)], [0] * count
    for row, owner in zip(tags, reading.owner):
        if owner >= 0:
            total[owner] = [a + b for a, b in zip(total[owner], row)]
            number[owner] += 1
    score = [[v / max(n, 1) for v in t] for t, n in zip(total, number)]
    for first, end, kind, _ in reading.matches:
        if kind != REGION:
            mean = [sum(score[i][k] for i in range(first, end)) / (end - first) for k in range(len(TAGS))]
            for i in range(first, end):
                score[i] = mean
    role = [max(range(len(TAGS)), key=s.__getitem__) if n else 0 for s, n in zip(score, number)]
    out, i = [], 0
    while i < count:
        if role[i] == 0 or not word(reading.units[i][0]):
            i += 1
            continue
        j = i
        while j < count and role[j] == role[i] and word(reading.units[j][0]):
            j += 1
        out.append((TAGS[role[i]], name_of(reading, i, j, TAGS[role[i]])))
        i = j
    return out


def word(unit):
    return unit[0].isalnum()


def best(logits, labels):
    return labels[max(range(len(labels)), key=logits.__getitem__)]


def region(reading, where):
    """The lexicon's region where it knows the words of one."""
    return next((name for _, _, kind, name in reading.matches if kind == REGION), where)


def plan_of(reading, logits):
    """`logits`: {head: list}, tags a list a token."""
    intent = best(logits['intent'], SENTENCE['intent'])
    found = things(reading, logits['tags'])
    subjects = list(dict.fromkeys(name for role, name in found if role == 'S'))
    anchors = [name for role, name in found if role == 'A']
    if not subjects:
        thing = best(logits['thing'], SENTENCE['thing'])
        subjects = [thing] if thing else []
    where, order = best(logits['where'], WHERE), best(logits['order'], ORDER)
    quantity = best(logits['quantity'], QUANTITY)
    if order in ORDERED_BY:
        order = f'{order}:{anchors[0]}' if anchors else None
        anchors = anchors[1:]
    if where in PLACED_BY:
        where = f'{where}:{anchors[0]}' if anchors else None
    elif where:
        where = region(reading, where)
    if intent not in MEASURED:
        quantity = None
    if intent in WITHOUT_SUBJECTS:
        subjects = []
    return {'intent': intent, 'subjects': subjects, 'where': where, 'order': order, 'quantity': quantity}
