"""From a question to the tokens, lexicon features and words that the reader sees. `src/vlm/reader/` repeats this in TypeScript; goldens hold the two together."""
import re
import unicodedata
from collections import Counter

from .generate.noise import TRADITIONAL
from .lexicon import ANCHOR_ONLY, CLASSES, OTHERS, plural
from .phrases import chinese_more

HAN = re.compile(r'[\u3400-\u9fff]')
MAX_TOKENS = 96


def language_of(text):
    return 'zh' if HAN.search(text) else 'en'


def normalise(text, lang):
    """Lower case, compatibility forms, no accents, simplified characters: (characters, index of each in the text)."""
    chars, origins = [], []
    for i, c in enumerate(text):
        if lang == 'zh':
            c = TRADITIONAL.get(c, c)
        for d in unicodedata.normalize('NFKD', c.replace('’', "'")).lower():
            if unicodedata.category(d) != 'Mn':
                chars.append(d)
                origins.append(i)
    return ''.join(chars), origins


def english_forms():
    """{words joined by spaces: (kind, name)} of classes; singular and plural. kind 1: a class; 3: an anchor only."""
    forms = {}
    for name, (words, _) in ANCHOR_ONLY.items():
        for word in words:
            forms[key(word)] = (3, name)
    for name, (words, _) in CLASSES.items():
        for word in words:
            for form in (word, plural(word)):
                forms[key(form)] = (1, name)
    return forms


def key(form):
    return ' '.join(re.findall(r'[a-z0-9]+', form.lower()))


def chinese_forms():
    """{characters: (kind, name)}; kind 1: a class, 3: an anchor only, 5: another thing, 7: a region."""
    forms = {}
    for line in chinese_more.REGIONS.strip().splitlines():
        label, phrases = line.split(' | ')
        for phrase in phrases.split(','):
            forms[phrase.strip()] = (7, label)
    for name, words in OTHERS.items():
        for word in words:
            forms[word] = (5, f'other:{name}')
    for name, (_, words) in ANCHOR_ONLY.items():
        for word in words:
            forms[word] = (3, name)
    for name, (_, words) in CLASSES.items():
        for word in words:
            forms[word] = (1, name)
    return forms


ENGLISH_FORMS, CHINESE_FORMS = english_forms(), chinese_forms()
LONGEST_EN = max(f.count(' ') + 1 for f in ENGLISH_FORMS)
LONGEST_ZH = max(map(len, CHINESE_FORMS))


def distance(a, b, most=2):
    """Damerau-Levenshtein (adjacent swaps), or most + 1 where it is more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, last = [], list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        row = [i] + [0] * len(b)
        for j in range(1, len(b) + 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


class Speller:
    """Mends words that the encoder's vocabulary lacks: to the nearest word of our domain, the commoner first."""

    def __init__(self, domain, known):
        """`domain`: words in falling order of how common they are. `known`: words that are right as they stand."""
        self.domain, self.known, self.cache = domain, set(known) | set(domain), {}

    def mend(self, word):
        if word in self.known or len(word) < 3 or not word.isascii() or not word.isalpha():
            return word
        if word not in self.cache:
            most = 1 if len(word) < 7 else 2
            best, found = most + 1, word
            for other in self.domain:
                if len(other) < 3 or other[0] != word[0]:
                    continue
                d = distance(word, other, most)
                if d < best:
                    best, found = d, other
            self.cache[word] = found
        return self.cache[word]


def split_english(text, origins):
    """[(word or mark, start, end)] with positions in the question."""
    return [(m.group(), origins[m.start()], origins[m.end() - 1] + 1) for m in re.finditer(r'[a-z0-9]+|[^\sa-z0-9]', text)]


def split_chinese(text, origins):
    return [(m.group(), origins[m.start()], origins[m.end() - 1] + 1) for m in re.finditer(r'[a-z]+|[0-9]+|[^\sa-z0-9]', text)]


def match_english(units):
    """[(first unit, last unit + 1, kind, name)] of the longest lexicon matches, left to right. Hyphens and apostrophes within are skipped."""
    out, i = [], 0
    words = [w for w, _, _ in units]
    while i < len(words):
        found = None
        if words[i].isalnum():
            parts, j = [], i
            while j < len(words) and len(parts) < LONGEST_EN:
                if words[j] in ("-", "'") and parts:
                    j += 1
                    continue
                if not words[j].isalnum():
                    break
                parts.append(words[j])
                j += 1
                hit = ENGLISH_FORMS.get(' '.join(parts))
                if hit:
                    found = (i, j, *hit)
        if found:
            out.append(found)
            i = found[1]
        else:
            i += 1
    return out


def match_chinese(units):
    out, i = [], 0
    while i < len(units):
        found = None
        text, j = '', i
        while j < len(units) and len(text) < LONGEST_ZH:
            text += units[j][0]
            j += 1
            hit = CHINESE_FORMS.get(text)
            if hit:
                found = (i, j, *hit)
        if not found and units[i][0].isascii() and units[i][0].isalpha():
            english = match_english(units[i:i + LONGEST_EN])
            if english and english[0][0] == 0:
                found = (i, i + english[0][1], *english[0][2:])
        if found:
            out.append(found)
            i = found[1]
        else:
            i += 1
    return out


class EnglishText:
    """WordPiece over mended words."""
    features = 5

    def __init__(self, vocab, speller):
        self.ids, self.speller = {t: i for i, t in enumerate(vocab)}, speller

    def read(self, question):
        text, origins = normalise(question, 'en')
        units = [(self.speller.mend(w), a, b) for w, a, b in split_english(text, origins)]
        matches = match_english(units)
        feature = [0] * len(units)
        for first, end, kind, _ in matches:
            for i in range(first, end):
                feature[i] = kind + (i > first)
        ids, owner, feats = [self.ids['[CLS]']], [-1], [0]
        for i, (word, _, _) in enumerate(units):
            for piece in self.pieces(word):
                ids.append(piece)
                owner.append(i)
                feats.append(feature[i])
        ids, owner, feats = ids[:MAX_TOKENS - 1], owner[:MAX_TOKENS - 1], feats[:MAX_TOKENS - 1]
        return Reading(units, matches, ids + [self.ids['[SEP]']], owner + [-1], feats + [0])

    def pieces(self, word):
        out, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start:
                piece = self.ids.get(('##' if start else '') + word[start:end])
                if piece is not None:
                    break
                end -= 1
            if end == start:
                return [self.ids['[UNK]']]
            out.append(piece)
            start = end
        return out


class ChineseText:
    """A token a character, a Latin word or a number."""
    features = 9

    def __init__(self, vocab):
        self.ids = {t: i for i, t in enumerate(vocab)}

    def read(self, question):
        text, origins = normalise(question, 'zh')
        units = split_chinese(text, origins)
        matches = match_chinese(units)
        feats = [0] * len(units)
        for first, end, kind, _ in matches:
            for i in range(first, end):
                feats[i] = kind + (i > first)
        ids = [self.id(u) for u, _, _ in units][:MAX_TOKENS - 1]
        return Reading(units, matches, [self.ids['[CLS]']] + ids, [-1] + list(range(len(ids))), [0] + feats[:MAX_TOKENS - 1])

    def id(self, unit):
        if unit in self.ids:
            return self.ids[unit]
        return self.ids['[NUM]'] if unit[0].isdigit() and unit.isascii() else self.ids['[WORD]'] if unit.isascii() and unit.isalpha() else self.ids['[UNK]']


class Reading:
    """units: (text, start, end); matches: see above; ids, owner (unit of each token, -1 for none), feats: a row a token."""

    def __init__(self, units, matches, ids, owner, feats):
        self.units, self.matches, self.ids, self.owner, self.feats = units, matches, ids, owner, feats


def chinese_vocabulary(rows, least=3):
    """Special tokens, then the units that `rows` hold at least so often."""
    counts = Counter()
    for row in rows:
        counts.update(u for u, _, _ in split_chinese(*normalise(row['q'], 'zh')))
    return ['[PAD]', '[UNK]', '[CLS]', '[NUM]', '[WORD]'] + sorted((u for u, n in counts.items() if n >= least and not (u.isdigit() and len(u) > 1)), key=lambda u: (-counts[u], u))


def english_domain(rows):
    """Words of the questions and the lexicon, the commoner first. `rows` must be free of typos."""
    counts = Counter()
    for row in rows:
        counts.update(w for w, _, _ in split_english(*normalise(row['q'], 'en')) if w.isalpha() and w.isascii())
    for form in ENGLISH_FORMS:
        counts.update(w for w in form.split() if w.isalpha())
    return [w for w, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
