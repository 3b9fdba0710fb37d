"""Chinese questions."""
import re

from ..lexicon import ANCHOR_ONLY, CLASSES, OTHERS, plural
from ..phrases import chinese, chinese_more
from .conditions import chinese_filter
from .maker import ALONG_OF, CLOSE, INSIDE_OF, NEAR_TO, Maker, is_bare, mark, split_tail
from .noise import noise_zh


class Chinese(Maker):
    lang = 'zh'

    def noun(self, name, role='S', loose=True):
        if name is None:
            english_name = self.rng.choice([w for w in OTHERS if OTHERS[w]])
            canonical, surface = f'other:{english_name}', self.rng.choice(OTHERS[english_name])
        else:
            words = CLASSES[name][1]
            canonical, surface = name, words[0] if self.chance(0.35) else self.rng.choice(words)
            if self.chance(0.03):
                surface = plural(self.rng.choice(CLASSES[name][0]))
        adjective = self.rng.choice(chinese_more.ADJECTIVES) if loose and self.chance(0.08) else ''
        return canonical, adjective + mark(role, canonical, surface)

    def anchor(self, among):
        name = self.rng.choice(among) if self.chance(0.85) else self.name(0.15)
        if ANCHOR_ONLY.get(name, ([], []))[1] and self.chance(0.15):
            return name, mark('A', name, self.rng.choice(ANCHOR_ONLY[name][1]))
        return self.noun(name, 'A', False)

    def region(self):
        """(text, label); text stands before a noun, without 的."""
        kind = self.rng.random()
        if kind < 0.62:
            label, phrases = self.rng.choice([line.split(' | ') for line in chinese_more.REGIONS.strip().splitlines()])
            return self.some([p.strip() for p in phrases.split(',')]), label
        among, forms, word = (NEAR_TO, chinese_more.NEAR, 'near') if kind < 0.76 else (ALONG_OF, chinese_more.ALONG, 'along') if kind < 0.87 else (INSIDE_OF, chinese_more.INSIDE, 'inside')
        if word == 'near' and self.chance(0.12):
            return mark('A', 'road', '路') + self.rng.choice(['边', '旁', '边上']), 'near:road'
        if word == 'near' and self.chance(0.12):
            return mark('A', 'dock', '码头') + self.rng.choice(['', '上', '边']), 'near:dock'
        if self.chance(0.12):
            name = self.rng.choice(['water', 'water', 'road', 'road', 'building'])
            relation = 'inside' if name == 'building' else 'near'
            return mark('A', name, self.rng.choice(ANCHOR_ONLY[name][1])), f'{relation}:{name}'
        name, text = self.anchor(among)
        return self.some(forms).replace('{A}', text), f'{word}:{name}'

    def fill(self, template, plan, region=0.0, narrowed=0.0):
        text = template
        plan['bare'] = is_bare(template)
        where = self.region() if self.chance(region) else None
        filt = chinese_filter(self) if self.chance(narrowed) else None
        site = self.some(chinese_more.SITES) if not where and self.chance(0.06) else ''
        name, bare = self.noun(plan.get('name', self.name()))
        plan['subjects'] = [name]
        measure = self.rng.choice(chinese_more.MEASURES.get(name, ['个'])) if self.chance(0.7) else self.rng.choice(['个', '处', '座', '个'])
        full = bare
        front = ''
        if filt:
            full = filt[0] + full
            plan['filter'] = filt[1]
            if filt[2]:
                plan['where'], where = filt[2], None
        if where:
            plan['where'] = where[1]
            if '{S}' in text and self.chance(0.55):
                full = where[0] + self.rng.choice(['的', '的', '']) + full
            else:
                front = where[0] + self.rng.choice(['', '', '，', '的' if text.startswith(('{S}', '{n}')) else ''])
        elif site:
            if '{S}' in text and site.endswith('的'):
                full = site + full
            elif not site.endswith('的') or text.startswith(('{S}', '{n}')):
                front = site
        text = text.replace('{S}', full, 1).replace('{n}', bare, 1).replace('{S}', bare).replace('{n}', bare).replace('{M}', measure)
        if '{S2}' in text:
            second = self.name()
            while second and second == name:
                second = self.name()
            second, phrase = self.noun(second, loose=False)
            text = text.replace('{S2}', phrase)
            plan['subjects'].append(second)
        return front + text

    def options(self):
        words = self.rng.sample(chinese_more.SCENES, self.rng.choice([2, 2, 2, 3, 3, 4]))
        if len(words) == 2:
            return self.rng.choice(['{}还是{}', '{}还是{}', '{}或{}', '{}或者{}', '{}、{}', '{}/{}', '{}亦或{}', '{}抑或是{}']).format(*words)
        return '、'.join(words[:-1]) + self.rng.choice(['还是', '、', '或', '或者', '，']) + words[-1] if self.chance(0.8) else self.rng.choice(['，', ' ', '/', ',']).join(words)

    def again(self, text, plan, joins):
        """A second subject, now and then."""
        if plan['where'] or plan['filter']:
            return text
        second, phrase = self.noun(self.name(), loose=False)
        if second in plan['subjects']:
            return text
        plan['subjects'].append(second)
        return re.sub(f'({CLOSE})', rf'\1{self.rng.choice(joins)}{phrase}', text, count=1)

    def find(self, plan):
        if self.chance(0.05):
            text, plan['subjects'] = split_tail(self.pick(chinese.FIND_INDIRECT), list)
            plan['indirect'] = plan['subjects'][0]
            return text
        text = self.fill(self.pick(chinese.FIND), plan, 0.25, 0.07)
        return self.again(text, plan, ['和', '、', '以及', '与', '跟']) if self.chance(0.06) else text

    def count(self, plan):
        if self.chance(0.04):
            said, plan['filter'], place = chinese_filter(self)
            text = self.fill(self.some(chinese_more.PREDICATE), plan, 0.05).replace('{F}', said.rstrip('的'))
            plan['where'] = place or plan['where']
            return text
        text = self.fill(self.pick(chinese.COUNT), plan, 0.25, 0.09)
        if self.chance(0.04):
            text += self.rng.choice(['，最大的是哪个', '，在哪里', '，都在哪', '，各有多大'])
        return self.again(text, plan, ['和', '、', '加', '与']) if self.chance(0.05) else text

    def exists(self, plan):
        if self.chance(0.06):
            n = self.rng.choice([2, 3, 5, 8, 10, 15, 20, 50, 100])
            more, op = self.rng.choice([('超过', '>'), ('多于', '>'), ('至少', '>='), ('不少于', '>='), ('少于', '<'), ('不到', '<')])
            digits = {2: '两', 3: '三', 5: '五', 8: '八', 10: '十', 20: '二十', 50: '五十', 100: '一百'}
            plan['filter'] = f'count{op}{n}'
            number = digits.get(n, str(n)) if self.chance(0.5) else str(n)
            return self.fill(self.some(['有{q}{M}{S}吗', '有没有{q}{M}{S}', '{S}有{q}{M}吗', '{S}{q}{M}了吗', '{S}数量{q}{M}吗', '是否有{q}{M}{S}', '这里有{q}{M}{S}吗', '能看到{q}{M}{S}吗', '是不是有{q}{M}{S}', '{S}的数量{q}{M}吗']).replace('{q}', more + number), plan, 0.1)
        text = self.fill(self.pick(chinese.EXISTS), plan, 0.22, 0.06)
        return self.again(text, plan, ['或', '或者', '和', '、']) if self.chance(0.06) else text

    def compare(self, plan):
        kind = self.rng.random()
        if kind < 0.7:
            return self.fill(self.pick(chinese.COMPARE), plan, 0.1)
        if kind < 0.85:
            template, plan['quantity'] = split_tail(self.pick(chinese.COMPARE_AREA))
            return self.fill(template, plan, 0.08)
        return self.fill(self.pick(chinese.COMPARE_SPLIT), plan)

    def extreme(self, plan):
        if self.chance(0.65):
            plan['order'] = order = self.rng.choice(list(chinese.ORDERS))
            text = self.pick(chinese.EXTREME).replace('{X}', self.rng.choice(chinese.ORDERS[order]))
            if self.chance(0.08) and '{n}' in text:
                n = self.rng.choice([2, 3, 4, 5, 10])
                digits = {2: '两', 3: '三', 4: '四', 5: '五', 10: '十'}
                number = str(n) if self.chance(0.5) else digits[n]
                plan['filter'] = f'top {n}'
                text = self.some(['{X}的{q}{M}{n}', '找出{X}的{q}{M}{n}', '{X}的前{q}{M}{n}', '标出{X}的{q}{M}{n}', '前{q}{M}{X}的{n}', '{X}的{q}{M}{n}在哪', '哪{q}{M}{n}{X}']).replace('{X}', self.rng.choice(chinese.ORDERS[order])).replace('{q}', number)
            return self.fill(text, plan, 0.08)
        template, order = split_tail(self.pick(chinese.EXTREME_ANCHOR))
        name, text = self.anchor(NEAR_TO)
        plan['order'] = f'{order}:{name}'
        return self.fill(template.replace('{A}', text), plan, 0.03)

    def measure(self, plan):
        groups = self.groups(chinese.MEASURE)
        template, tail = split_tail(self.expand(self.rng.choice(groups[self.rng.choice(list(groups))])))
        plan['quantity'], _, order = tail.partition(' @')
        plan['order'] = order or None
        if '{A}' in template:
            name, text = self.anchor(NEAR_TO)
            if order:
                plan['order'] = f'{order}:{name}'
            text = self.fill(template.replace('{A}', text), plan)
            if not order:
                plan['where'] = f'near:{name}'
            return text
        return self.fill(template, plan, 0.15, 0.04)

    def attribute(self, plan):
        return self.fill(self.pick(chinese_more.ATTRIBUTE), plan, 0.1)

    def describe(self, plan):
        kind = self.rng.random()
        if kind < 0.72:
            return self.pick(chinese_more.DESCRIBE)
        if kind < 0.86:
            text, plan['where'] = self.region()
            return self.pick(chinese_more.DESCRIBE_REGION).replace('{W}', text)
        name, text = self.anchor(NEAR_TO)
        plan['where'] = f'near:{name}'
        return self.pick(chinese_more.DESCRIBE_AROUND).replace('{A}', text)

    def classify(self, plan):
        kind = self.rng.random()
        if kind < 0.5:
            return self.pick(chinese_more.CLASSIFY)
        if kind < 0.75:
            text = self.pick(chinese_more.CLASSIFY_OPTIONS).replace('{O}', self.options())
            return text
        return self.pick(chinese_more.CLASSIFY_ONE).replace('{o}', self.rng.choice(chinese_more.SCENES))

    def identify(self, plan):
        kind = self.rng.random()
        if kind < 0.35:
            return self.pick(chinese_more.IDENTIFY)
        if kind < 0.65:
            text, plan['where'] = self.region()
            return self.pick(chinese_more.IDENTIFY_REGION).replace('{W}', text)
        plan['where'] = 'marked region'
        return self.pick(chinese_more.IDENTIFY_MARKED)

    def quality(self, plan):
        return self.pick(chinese_more.QUALITY)

    def change(self, plan):
        kind = self.rng.random()
        if kind < 0.45:
            text = self.pick(chinese_more.CHANGE)
            if self.chance(0.1):
                where, plan['where'] = self.region()
                text = where + text
            return text
        if kind < 0.9:
            return self.fill(self.pick(chinese_more.CHANGE_SUBJECT), plan, 0.08)
        template, plan['quantity'] = split_tail(self.pick(chinese_more.CHANGE_QUANTITY))
        return self.fill(template, plan, 0.05)

    def help(self, plan):
        return self.pick(chinese_more.HELP)

    def outside(self, plan):
        return self.pick(chinese_more.OUTSIDE)

    def wrap(self, text, plan):
        if plan.get('bare'):
            return text
        if self.chance(0.04):
            words = CLASSES[self.name(0)][1]
            text = self.some(chinese_more.CONTEXT).replace('{x}', self.rng.choice(words)) + text
        elif self.chance(0.25):
            text = self.some(chinese_more.BEFORE) + text
        if self.chance(0.3):
            text = text.rstrip('？?。') + self.some(chinese_more.AFTER) if self.chance(0.7) else text + '？'
        return text

    def noise(self, text, spans, marks):
        return noise_zh(self.rng, text, spans, marks)
