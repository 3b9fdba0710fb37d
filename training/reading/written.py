"""A plan as a sequence of tokens that a decoder writes, and the grammar of such sequences.

    plan   = intent thing* [where [thing]] [order [thing]] [quantity] end
    thing  = first last | class

A token is a label of a head (`TOKENS`) or points at an item of the question: a word, or the words that the lexicon knows together. So
as with the heads the network says which words are meant, and the lexicon what they name; a class is written where nothing names it."""
from .model import SENTENCE
from .plan import MEASURED, ORDERED_BY, PLACED_BY, REGION, WITHOUT_SUBJECTS, name_of, region, word

# (field, label) of each token that isn't a pointer. Ids from len(TOKENS) up point at items.
TOKENS = [('end', None), *((field, label) for field, labels in SENTENCE.items() for label in labels if label is not None)]
ID = {token: i for i, token in enumerate(TOKENS)}
OF = {field: [i for i, (each, _) in enumerate(TOKENS) if each == field] for field in SENTENCE}
WITH_THING = {ID['where', label] for label in PLACED_BY} | {ID['order', label] for label in ORDERED_BY}
MOST_SUBJECTS, MOST_ITEMS = 4, 6
MOST_TOKENS = 1 + 2 * MOST_SUBJECTS + 3 + 3 + 1 + 1


def items_of(reading):
    """[(first unit, unit after the last)] of what can be pointed at. Words beyond the last token can't."""
    seen = max(reading.owner) + 1
    matches = {m[0]: m[1] for m in reading.matches if m[2] != REGION}
    out, i = [], 0
    while i < seen:
        end = matches.get(i, i + 1)
        if word(reading.units[i][0]):
            out.append((i, end))
        i = end
    return out


def following(written, items):
    """Ids that may follow the ids `written`."""
    if not written:
        return OF['intent']
    pointers = [i - len(TOKENS) for i in written if i >= len(TOKENS)]
    if len(pointers) % 2:
        return [len(TOKENS) + k for k in range(pointers[-1], reach(items, pointers[-1]) + 1)]
    things = [*range(len(TOKENS), len(TOKENS) + len(items)), *OF['thing']]
    if written[-1] in WITH_THING:
        return things
    intent = TOKENS[written[0]][1]
    fields = [TOKENS[i][0] for i in written if i < len(TOKENS)]
    done = max(['intent', 'where', 'order', 'quantity'].index(field) for field in fields if field != 'thing')
    subjects = len(pointers) // 2 + fields.count('thing')
    return [ID['end', None],
            *(things if done == 0 and intent not in WITHOUT_SUBJECTS and subjects < MOST_SUBJECTS else []),
            *(OF['where'] if done < 1 else []), *(OF['order'] if done < 2 else []), *(OF['quantity'] if done < 3 and intent in MEASURED else [])]


def reach(items, k):
    """The last item of a thing that starts at item `k`: neighbours without a mark between."""
    last = k
    while last + 1 < len(items) and last + 1 < k + MOST_ITEMS and items[last + 1][0] == items[last][1]:
        last += 1
    return last


def write(row, reading):
    """The ids of a generated row's plan, or None where a thing of it is neither a class nor named in the question."""
    items, spans = items_of(reading), list(row['spans'])

    def thing(name, role):
        span = next((s for s in spans if s[2:] == [role, name]), None)
        named = span and pointed(reading, items, span)
        if named and name_of(reading, items[named[0]][0], items[named[1]][1], role) == name:
            return [len(TOKENS) + k for k in named]
        if ('thing', name) in ID:
            return [ID['thing', name]]
        return [len(TOKENS) + k for k in named] if named else None

    parts = [[ID['intent', row['intent']]], *(thing(name, 'S') for name in row['subjects'])]
    for field in ('where', 'order', 'quantity'):
        label, _, anchor = (row[field] or '').partition(':')
        if label:
            parts.append([ID[field, label]])
        if anchor:
            parts.append(thing(anchor, 'A'))
    return None if None in parts else [i for part in parts for i in part] + [ID['end', None]]


def pointed(reading, items, span):
    """(first, last) item of a span of characters, or None where it covers no item."""
    inside = [k for k, (first, end) in enumerate(items) if any(overlaps(reading.units[i], span) for i in range(first, end))]
    return (inside[0], min(inside[-1], reach(items, inside[0]))) if inside else None


def overlaps(unit, span):
    _, a, b = unit
    return min(b, span[1]) - max(a, span[0]) > (b - a) / 2


def plan_written(written, reading):
    """The plan of a whole sequence, as `plan.plan_of` gives it."""
    items, at = items_of(reading), 1
    plan = {'intent': TOKENS[written[0]][1], 'subjects': [], 'where': None, 'order': None, 'quantity': None}

    def thing(role):
        nonlocal at
        first = written[at]
        at += 1
        if first < len(TOKENS):
            return TOKENS[first][1]
        at += 1
        return name_of(reading, items[first - len(TOKENS)][0], items[written[at - 1] - len(TOKENS)][1], role)

    while written[at] != ID['end', None]:
        token = written[at]
        if token >= len(TOKENS) or TOKENS[token][0] == 'thing':
            name = thing('S')
            plan['subjects'] += [name] if name not in plan['subjects'] else []
            continue
        at += 1
        field, label = TOKENS[token]
        plan[field] = f'{label}:{thing("A")}' if token in WITH_THING else region(reading, label) if field == 'where' else label
    return plan
