"""What the makers of both languages share: choosing templates of a part, and text whose things are marked."""
import hashlib
import math
import random
import re

from ..lexicon import CLASSES

OPEN, MID, CLOSE = '\ue000', '\ue001', '\ue002'
# How often things are asked about; the rest have weight 1.
WEIGHTS = {'building': 4, 'car': 4, 'tree': 4, 'ship': 4, 'airplane': 3, 'storage tank': 3, 'swimming pool': 3, 'solar panel': 3, 'road': 3, 'water': 3, 'truck': 3, 'tennis court': 3, 'baseball diamond': 3, 'field': 2, 'bridge': 2, 'parking lot': 2, 'container': 2}
NAMES = list(CLASSES)
# Mostly things that others lie near, along or on.
NEAR_TO = ['building', 'road', 'water', 'runway', 'dock', 'tree', 'storage tank', 'swimming pool', 'tennis court', 'bridge', 'parking lot', 'stadium', 'field', 'railway', 'roundabout', 'airplane', 'baseball diamond', 'golf course', 'container', 'ship', 'greenhouse', 'wind turbine', 'pavement']
ALONG_OF = ['road', 'water', 'runway', 'railway', 'dock', 'field', 'bridge']
INSIDE_OF = ['building', 'water', 'runway', 'pavement', 'sand', 'grass', 'parking lot', 'field', 'road', 'bridge', 'bare soil', 'golf course', 'stadium', 'tree', 'dock', 'ship', 'container']


def entries(text):
    """'a | b' over lines -> [a, b]; 'a = x' keeps its tail."""
    return [part.strip() for line in text.strip().splitlines() for part in line.split('|') if part.strip()]


def held(template):
    return int(hashlib.sha1(template.encode()).hexdigest(), 16) % 8 == 0


class Maker:
    """Makes rows of one part. `part`: 'train' or 'held'."""

    def __init__(self, seed, part='train'):
        self.rng = random.Random(seed)
        self.part = part
        self.lists = {}

    # Choosing.
    def pick(self, text):
        """A template of this part."""
        if text not in self.lists:
            self.lists[text] = mine = [t for t in entries(text) if held(t) == (self.part == 'held')] or entries(text)
            # A template that stands for many is chosen more often, but not as often as that.
            self.lists['weights', text] = [1 + 1.5 * math.log2(math.prod(part.count('/') + 1 for part in re.findall(r'\[([^\]]*)\]', t))) for t in mine]
        return self.expand(self.rng.choices(self.lists[text], self.lists['weights', text])[0])

    def expand(self, template):
        """'[a/b] c' -> 'a c' or 'b c'."""
        return re.sub(r'\[([^\]]*)\]', lambda m: self.rng.choice(m.group(1).split('/')), template)

    def some(self, items):
        """One of a list of phrases of this part."""
        mine = [t for t in items if held(t) == (self.part == 'held')]
        return self.rng.choice(mine or items)

    def chance(self, p):
        return self.rng.random() < p

    def name(self, unknown=0.14):
        if self.chance(unknown):
            return None
        return self.rng.choices(NAMES, [WEIGHTS.get(n, 1) for n in NAMES])[0]

    def groups(self, text):
        if ('groups', text) not in self.lists:
            out = {}
            for t in entries(text):
                if held(t) == (self.part == 'held'):
                    out.setdefault(t.rsplit(' = ', 1)[1].split(' @')[0] + ('/anchor' if '{A}' in t else ''), []).append(t)
            self.lists['groups', text] = out
        return self.lists['groups', text]


def is_bare(template):
    """A template of slots and hardly a word: its mark says whether it asks."""
    return not re.sub(r'\{\w+\}|the|all|every|only|just|所有|全部|呢|\W', '', template)


def mark(role, name, surface):
    return f'{OPEN}{role}{MID}{name}{MID}{surface}{CLOSE}'


def unmark(text):
    """Marked text -> (plain text, spans)."""
    out, spans, length = [], [], 0
    for part in re.split(f'({OPEN}[^{CLOSE}]*{CLOSE})', text):
        if part.startswith(OPEN):
            role, name, part = part[1:-1].split(MID)
            spans.append([length, length + len(part), role, name])
        out.append(part)
        length += len(part)
    return ''.join(out), spans


def split_tail(template, kind=None):
    text, _, tail = template.rpartition(' = ')
    return text, [tail] if kind is list else tail
