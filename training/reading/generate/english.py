"""English questions."""
import re

from ..lexicon import ANCHOR_ONLY, CLASSES, MASS, OTHERS, plural
from ..phrases import english, english_more
from ..phrases.unknown import UNKNOWN_EN
from .conditions import english_filter, english_top
from .maker import ALONG_OF, CLOSE, INSIDE_OF, NEAR_TO, Maker, is_bare, mark, split_tail
from .noise import noise_en


class English(Maker):
    lang = 'en'

    def surface(self, name, number):
        """(marker-ready canonical, surface) of a thing; `name` None: one without a class."""
        if name is None:
            word = self.rng.choice(UNKNOWN_EN if self.chance(0.75) else [w for w in OTHERS if w not in ('urban', 'rural')])
            name = f'other:{word}'
        else:
            words = CLASSES[name][0]
            word = words[0] if self.chance(0.3) else self.rng.choice(words)
        many = plural(word)
        return name, (many if number == 'many' else word), word

    def noun(self, name, number, role='S', loose=True):
        """A noun phrase. number: many, one, a (with its article), the."""
        canonical, surface, word = self.surface(name, 'many' if number == 'many' else 'one')
        adjective = self.rng.choice(english_more.ADJECTIVES) + ' ' if loose and self.chance(0.1) else ''
        marked = mark(role, canonical, surface)
        if number == 'a':
            first = (adjective or surface)[0]
            mass = word in MASS or plural(word) == word
            article = '' if mass else 'an ' if first in 'aeiou' else 'a '
            return canonical, article + adjective + marked
        if number == 'the':
            return canonical, f'the {adjective}{marked}'
        return canonical, adjective + marked

    def anchor(self, among):
        name = self.rng.choice(among) if self.chance(0.8) else self.name(0.1)
        nouns = [w for w in ANCHOR_ONLY.get(name, ([], []))[0] if w not in english_more.ADJECTIVE_PLACES]
        if nouns and self.chance(0.25):
            word = self.rng.choice(nouns)
            return name, 'the ' + mark('A', name, word)
        form = self.rng.choices(['the', 'a', 'many', 'themany'], [6, 2, 1, 2])[0]
        if form == 'themany':
            canonical, text = self.noun(name, 'many', 'A', False)
            return canonical, f'the {text}'
        canonical, text = self.noun(name, form, 'A', False)
        if form == 'the' and self.chance(0.08):
            text = text.replace('the ', self.rng.choice(['this ', 'that ', 'one of the ', 'any ', 'my ']), 1)
        return canonical, text

    def region(self):
        """(text, label) of where; text stands after a noun."""
        kind = self.rng.random()
        if kind < 0.62:
            label, phrases = self.rng.choice([line.split(' | ') for line in english_more.REGIONS.strip().splitlines()])
            return ' ' + self.some([p.strip() for p in phrases.split(',')]), label
        among, forms, word = (NEAR_TO, english_more.NEAR, 'near') if kind < 0.76 else (ALONG_OF, english_more.ALONG, 'along') if kind < 0.87 else (INSIDE_OF, english_more.INSIDE, 'inside')
        name, text = self.anchor(among)
        return ' ' + self.some(forms).replace('{A}', text), f'{word}:{name}'

    def fill(self, template, plan, region=0.0, tail=0.08, narrowed=0.0):
        """Fills the slots; sets subjects and what narrows them in `plan`."""
        text, used = re.sub(r' +', ' ', template).strip(), []
        plan['bare'] = is_bare(template)
        where = filt = None
        site = ''
        if self.chance(region):
            where = self.region()
        elif self.chance(0.07):
            site = ' ' + self.some(english_more.SITES)
        if self.chance(narrowed):
            filt = english_filter(self)
        for slot, number in (('{S}', 'many'), ('{s}', 'one'), ('{a}', 'a'), ('{n}', 'many')):
            if slot not in text:
                continue
            name, phrase = self.noun(plan.get('name', self.name()) if not used else used[0], number)
            # The same thing in the other number, where a template says both.
            used = [name if not name.startswith('other:') else None]
            plan['subjects'] = [name]
            if slot != '{n}' and number in ('many', 'a') and text.index(slot) + len(slot) <= len(text):
                extra = ''
                if not filt and not where and not site and number == 'many' and not plan.get('done') and self.chance(0.03):
                    adjective, plan['where'] = self.beside(name)
                    phrase = adjective + phrase
                if filt:
                    extra += filt[0]
                if where and self.chance(0.5) and not plan.get('done'):
                    extra += where[0]
                    plan['where'], where = where[1], None
                if not extra and self.chance(tail):
                    extra = ' ' + self.some(english_more.TAILS)
                phrase += extra
                if filt:
                    plan['filter'] = filt[1]
                    if filt[2]:
                        plan['where'] = filt[2]
                    filt = None
            text = text.replace(slot, phrase, 1).replace(slot, phrase)
        for slot, number in (('{S2}', 'many'), ('{s2}', 'one'), ('{a2}', 'a')):
            if slot in text:
                name = self.name()
                while name and name in plan['subjects']:
                    name = self.name()
                second, phrase = self.noun(name, number)
                text = text.replace(slot, phrase)
                plan['subjects'].append(second)
        ending = re.search(r'[?.!]*$', text).group()
        body = text[:len(text) - len(ending)]
        if where and not plan.get('where'):
            if self.chance(0.25):
                front = where[0].strip()
                if plan['intent'] in ('find', 'count', 'exists', 'measure') and self.chance(0.3) and not where[1].startswith(('near', 'along', 'inside')):
                    body = f'{front}: {body}'
                else:
                    body = f'{front}, {body}' if self.chance(0.8) else f'{front} {body}'
            else:
                body += where[0]
            plan['where'] = where[1]
        elif site:
            body = body + site if self.chance(0.8) else f'{site.strip()}, {body}'
        return body + ending

    def beside(self, name):
        """(adjective with a marked place in it, region): rooftop solar panels, roadside trees."""
        among = {'building': ['solar panel', 'greenhouse', 'swimming pool', 'helicopter', 'person', 'car', 'tree', 'grass']}
        words = [w for w in english_more.BESIDE if name in among.get(w[1], [name])]
        word, place, relation, extra = self.rng.choice(words)
        return mark('A', place, word) + extra + ' ', f'{relation}:{place}'

    def options(self):
        words = self.rng.sample(english_more.SCENES, self.rng.choice([2, 2, 2, 3, 3, 4]))
        shown = [self.article(w) if self.chance(0.4) else w for w in words]
        return ', '.join(shown[:-1]) + self.rng.choice([' or ', ' or ', ', or ', ', ', ' / ']) + shown[-1] if len(shown) > 2 or self.chance(0.8) else '/'.join(shown)

    @staticmethod
    def article(word):
        if word in MASS or word.endswith(('land', 'residential', 'industrial', 'commercial', 'downtown', 'countryside')):
            return word
        return ('an ' if word[0] in 'aeiou' else 'a ') + word

    # Intents. Each sets the plan and returns marked text.
    def find(self, plan):
        if self.chance(0.04):
            text, plan['subjects'] = split_tail(self.pick(english.FIND_INDIRECT), list)
            plan['indirect'] = plan['subjects'][0]
            return text
        template = self.pick(english.FIND)
        text = self.fill(template, plan, 0.25, narrowed=0.07)
        if plan['subjects'] and self.chance(0.06) and '{S}' in template and not plan['where'] and not plan['filter']:
            second, phrase = self.noun(self.name(), 'many')
            if second not in plan['subjects']:
                text = re.sub(f'({CLOSE})', rf'\1{self.rng.choice([" and ", " and the ", ", ", " as well as ", " & "])}{phrase}', text, count=1)
                plan['subjects'].append(second)
        return text

    def count(self, plan):
        if self.chance(0.04):
            said, plan['filter'], place = english_filter(self)
            text = self.fill(self.some(english_more.PREDICATE), plan, 0.05, 0).replace('{F}', said)
            plan['where'] = place or plan['where']
            return text
        template = self.pick(english.COUNT)
        text = self.fill(template, plan, 0.25, narrowed=0.09)
        if self.chance(0.05) and not plan['where'] and not plan['filter'] and '{S}' in template:
            second, phrase = self.noun(self.name(), 'many')
            if second not in plan['subjects']:
                text = re.sub(f'({CLOSE})', rf'\1{self.rng.choice([" and ", " and ", " plus ", " & ", " or "])}{phrase}', text, count=1)
                plan['subjects'].append(second)
        if self.chance(0.04):
            text = re.sub(r'[?.!]*$', self.rng.choice([', and which is the largest?', ' and where are they?', ', and where?', ' and how big are they?', ', and are they new?']), text)
        return text

    def exists(self, plan):
        if self.chance(0.06):
            n = self.rng.choice([2, 3, 4, 5, 6, 8, 12, 15, 20, 30, 50, 100])
            words = {2: 'two', 3: 'three', 4: 'four', 5: 'five', 6: 'six', 8: 'eight', 12: 'twelve', 20: 'twenty', 50: 'fifty', 100: 'a hundred'}
            number = words.get(n, str(n)) if self.chance(0.5) else str(n)
            more, op = self.rng.choice([('more than', '>'), ('at least', '>='), ('over', '>'), ('fewer than', '<'), ('less than', '<'), ('no more than', '<=')])
            plan['filter'] = f'count{op}{n}'
            return self.fill(self.some(['are there {q} {S}?', 'are there {q} {S} here?', 'do you see {q} {S}?', 'is the number of {S} {q}?', 'do we have {q} {S}?', 'can you see {q} {S}?', '{q} {S}?', 'are {q} {S} visible?', 'does the image show {q} {S}?', 'have you found {q} {S}?', 'is it true that there are {q} {S}?']).replace('{q}', f'{more} {number}'), plan, 0.15)
        template = self.pick(english.EXISTS)
        text = self.fill(template, plan, 0.22, narrowed=0.06)
        if self.chance(0.08) and not plan['where'] and not plan['filter'] and ('{S}' in template or '{a}' in template):
            second, phrase = self.noun(self.name(), 'a' if '{a}' in template else 'many')
            if second not in plan['subjects']:
                text = re.sub(f'({CLOSE})', rf'\1{self.rng.choice([" or ", " or ", " and "])}{phrase}', text, count=1)
                plan['subjects'].append(second)
        return text

    def compare(self, plan):
        kind = self.rng.random()
        if kind < 0.7:
            return self.fill(self.pick(english.COMPARE), plan, 0.12, 0.02)
        if kind < 0.87:
            template, plan['quantity'] = split_tail(self.pick(english.COMPARE_AREA))
            return self.fill(template, plan, 0.08, 0)
        plan['done'] = True
        return self.fill(self.pick(english.COMPARE_SPLIT), plan, 0, 0)

    def extreme(self, plan):
        if self.chance(0.08):
            text, plan['order'], plan['filter'] = english_top(self)
            return self.fill(text, plan, 0.1, 0)
        if self.chance(0.5):
            order = self.rng.choice(list(english.ORDERS))
            plan['order'] = order
            return self.fill(self.pick(english.EXTREME).replace('{X}', self.rng.choice(english.ORDERS[order])), plan, 0.1, 0)
        template, plan['order'] = split_tail(self.pick(english.EXTREME_CLAUSE))
        if '{A}' in template:
            name, text = self.anchor(NEAR_TO)
            template = template.replace('{A}', text)
            plan['order'] = f"{plan['order']}:{name}"
            return self.fill(template, plan, 0.03, 0)
        return self.fill(template, plan, 0.1, 0)

    def measure(self, plan):
        # Every quantity as often as another.
        groups = self.groups(english_more.MEASURE)
        template, tail = split_tail(self.expand(self.rng.choice(groups[self.rng.choice(list(groups))])))
        plan['quantity'], _, order = tail.partition(' @')
        plan['order'] = order or None
        if '{A}' in template:
            name, text = self.anchor(NEAR_TO)
            template = template.replace('{A}', text)
            if order:
                plan['order'] = f'{order}:{name}'
            else:
                plan['where'] = f'near:{name}'
                plan['done'] = True
            return self.fill(template, plan, 0, 0)
        return self.fill(template, plan, 0.15, 0.03, narrowed=0.04)

    def attribute(self, plan):
        text = self.fill(self.pick(english_more.ATTRIBUTE), plan, 0.1, 0)
        if self.chance(0.06) and not plan['where']:
            name, anchor = self.anchor(NEAR_TO)
            text = re.sub(r'([?.!]*)$', rf'{self.rng.choice([" nearest to ", " closest to ", " nearest "])}{anchor}\1', text, count=1)
            plan['order'] = f'nearest:{name}'
        return text

    def describe(self, plan):
        kind = self.rng.random()
        if kind < 0.72:
            return self.pick(english_more.DESCRIBE)
        if kind < 0.86:
            text, plan['where'] = self.region()
            return self.pick(english_more.DESCRIBE_REGION).replace('{W}', text)
        name, text = self.anchor(NEAR_TO)
        plan['where'] = f'near:{name}'
        return self.pick(english_more.DESCRIBE_AROUND).replace('{A}', text)

    def classify(self, plan):
        kind = self.rng.random()
        if kind < 0.5:
            return self.pick(english_more.CLASSIFY)
        if kind < 0.72:
            return self.pick(english_more.CLASSIFY_OPTIONS).replace('{O}', self.options())
        word = self.rng.choice([w for w in english_more.SCENES if w not in ('urban', 'rural', 'residential', 'industrial', 'commercial')] + [w for w in OTHERS if w.endswith(('area', 'base', 'plant', 'site', 'village', 'city'))])
        return self.pick(english_more.CLASSIFY_ONE).replace('{o}', self.article(word)).replace('{n}', word)

    def identify(self, plan):
        kind = self.rng.random()
        if kind < 0.35:
            return self.pick(english_more.IDENTIFY)
        if kind < 0.7:
            text, plan['where'] = self.region()
            return self.pick(english_more.IDENTIFY_REGION).replace('{W}', text)
        plan['where'] = 'marked region'
        return self.pick(english_more.IDENTIFY_MARKED)

    def quality(self, plan):
        return self.pick(english_more.QUALITY)

    def change(self, plan):
        kind = self.rng.random()
        if kind < 0.5:
            text = self.pick(english_more.CHANGE)
            if self.chance(0.1):
                where, plan['where'] = self.region()
                text = re.sub(r'([?.!]*)$', lambda m: where + m.group(1), text, count=1)
            return text
        if kind < 0.9:
            return self.fill(self.pick(english_more.CHANGE_SUBJECT), plan, 0.08, 0)
        template, plan['quantity'] = split_tail(self.pick(english_more.CHANGE_QUANTITY))
        return self.fill(template, plan, 0.05, 0)

    def help(self, plan):
        return self.pick(english_more.HELP)

    def outside(self, plan):
        return self.pick(english_more.OUTSIDE)

    def wrap(self, text, plan):
        text = re.sub(r' +', ' ', text).strip()
        if plan.get('bare'):
            return text
        if self.chance(0.04):
            thing = self.surface(self.name(), self.rng.choice(['one', 'many']))[1]
            text = self.some(english_more.CONTEXT).replace('{x}', thing) + text
        elif self.chance(0.25):
            front = self.some(english_more.BEFORE)
            text = front + text
            if front.rstrip().endswith(('.', '!')):
                text = front + text[len(front):]
        if self.chance(0.25) and plan['intent'] not in ('help', 'outside'):
            ending = re.search(r'[?.!]*$', text).group()
            after = self.some(english_more.AFTER)
            text = text[:len(text) - len(ending)] + (ending if after[0] in '.(' or self.chance(0.3) else '') + after + (ending if self.chance(0.6) and after[0] != '.' else '')
        return text

    def noise(self, text, spans, marks):
        return noise_en(self.rng, text, spans, marks)
