"""Conditions on size, score, number and distance, as people put them, with the plan's `filter`. The app parses these by rule
(`src/vlm/reader/filters.ts`); the generator writes them so that the network isn't disturbed by them."""

AREA = ['m²', 'm2', 'square metres', 'square meters', 'sqm', 'sq m', 'ha', 'hectares']
OPS = [('larger than', '>'), ('bigger than', '>'), ('over', '>'), ('above', '>'), ('exceeding', '>'), ('of more than', '>'), ('greater than', '>'), ('at least', '>='), ('of at least', '>='), ('not smaller than', '>='),
       ('smaller than', '<'), ('under', '<'), ('below', '<'), ('of less than', '<'), ('up to', '<='), ('of at most', '<='), ('no larger than', '<=')]


def english_filter(maker):
    """(text after a noun, filter, region or None)."""
    rng = maker.rng
    kind = rng.random()
    words, op = rng.choice(OPS)
    if kind < 0.4:
        unit = rng.choice(AREA)
        n = rng.choice([1, 2, 5, 0.5]) if unit in ('ha', 'hectares') else rng.choice([20, 50, 80, 100, 150, 200, 250, 300, 400, 500, 800, 1000, 2000])
        name = 'ha' if unit in ('ha', 'hectares') else 'm2'
        tail = rng.choice(['', '', ' in area', ' in size'])
        if rng.random() < 0.2:
            return rng.choice([f' from {n} {unit} upwards', f' of {n} {unit} or more', f', {n} {unit} and up']), f'area>={n} {name}', None
        return rng.choice([' ', ' ', ' that are ', ' with an area ', ' whose area is ', ' which are ']) + f'{words} {n} {unit}{tail}', f'area{op}{n} {name}', None
    if kind < 0.55:
        n = rng.choice([5, 10, 20, 25, 30, 40, 50, 60, 100, 150, 200])
        unit, side = rng.choice(['m', 'metres', 'meters']), rng.choice(['long', 'in length', 'long', 'wide', 'in diameter'])
        if rng.random() < 0.25:
            return rng.choice([f' longer than {n} {unit}', f' longer than {n} {unit}', f' that are longer than {n} {unit}']), f'length>{n} m', None
        return f' {words} {n} {unit} {side}', f'length{op}{n} m', None
    if kind < 0.8:
        n = rng.choice([0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
        shown = rng.choice([str(n), f'{round(n * 100)} %', f'{round(n * 100)}%', f'{round(n * 100)} percent'])
        what = rng.choice(['a score', 'a confidence', 'confidence', 'score', 'a certainty', 'a probability'])
        words, op = rng.choice([('above', '>'), ('over', '>'), ('of at least', '>='), ('higher than', '>'), ('below', '<'), ('under', '<'), ('of more than', '>'), ('greater than', '>')])
        if rng.random() < 0.25:
            return rng.choice([f' scoring {words.replace("of ", "")} {shown}', f' that score {words.replace("of ", "")} {shown}', f' with {what} of {shown} or more']), f'score{op}{n}', None
        return rng.choice([f' with {what} {words} {shown}', f' whose {what.split()[-1]} is {words} {shown}', f' ({what.split()[-1]} {words} {shown})']), f'score{op}{n}', None
    n = rng.choice([10, 20, 25, 30, 50, 75, 100, 150, 200, 500])
    name, text = maker.anchor(['building', 'road', 'water', 'runway', 'tree', 'storage tank', 'railway', 'dock', 'bridge', 'swimming pool'])
    unit = rng.choice(['m', 'metres', 'meters', 'm'])
    return rng.choice([f' within {n} {unit} of {text}', f' less than {n} {unit} from {text}', f' closer than {n} {unit} to {text}', f' no more than {n} {unit} from {text}', f' within {n} {unit} from {text}', f' not farther than {n} {unit} from {text}']), f'distance<{n} m', f'near:{name}'


def english_top(maker):
    """(template, order, filter) of a few extremes at once."""
    rng = maker.rng
    n, word = rng.choice([(2, 'two'), (3, 'three'), (4, 'four'), (5, 'five'), (10, 'ten'), (6, 'six'), (20, 'twenty')])
    number = word if rng.random() < 0.5 else str(n)
    order, words = rng.choice([('largest', ['largest', 'biggest']), ('smallest', ['smallest']), ('longest', ['longest']), ('most certain', ['most certain', 'most confident']), ('northernmost', ['northernmost']), ('southernmost', ['southernmost'])])
    template = maker.some(['the {q} {X} {S}', 'show the {q} {X} {S}', 'find the {q} {X} {S}', 'which are the {q} {X} {S}?', 'what are the {q} {X} {S}?', 'top {q} {X} {S}', 'list the {q} {X} {S}', 'mark the {q} {X} {S}', 'give me the {q} {X} {S}', 'where are the {q} {X} {S}?', 'only the {q} {X} {S}', 'highlight the top {q} {X} {S}', '{q} {X} {S}'])
    return template.replace('{q}', number).replace('{X}', rng.choice(words)), order, f'top {n}'


def chinese_filter(maker):
    """(text before a noun, filter, region or None)."""
    rng = maker.rng
    kind = rng.random()
    more, op = rng.choice([('大于', '>'), ('超过', '>'), ('不小于', '>='), ('小于', '<'), ('不到', '<'), ('不超过', '<='), ('高于', '>'), ('至少', '>=')])
    if kind < 0.4:
        n, unit = rng.choice([50, 100, 200, 300, 500, 1000, 2000, 5000]), rng.choice(['平方米', '平米', '平', 'm2', '㎡', '平方公尺'])
        if rng.random() < 0.25:
            return rng.choice([f'{n}{unit}以上的', f'面积在{n}{unit}以上的']), f'area>={n} m2', None
        return rng.choice(['面积', '', '占地'])+f'{more}{n}{unit}的', f'area{op}{n} m2', None
    if kind < 0.55:
        n = rng.choice([10, 20, 30, 50, 100, 200])
        return rng.choice([f'长度{more}{n}米的', f'长{more}{n}米的', f'长于{n}米的' if op == '>' else f'长度{more}{n}米的']), f'length{op}{n} m', None
    if kind < 0.8:
        n = rng.choice([0.3, 0.5, 0.6, 0.7, 0.8, 0.9])
        shown = rng.choice([str(n), f'{round(n * 100)}%', f'百分之{ {30: "三十", 50: "五十", 60: "六十", 70: "七十", 80: "八十", 90: "九十"}[round(n * 100)]}'])
        if rng.random() < 0.3:
            return f'{rng.choice(["置信度", "得分", "把握"])}{shown}以上的', f'score>={n}', None
        return f'{rng.choice(["置信度", "得分", "可信度", "分数"])}{more}{shown}的', f'score{op}{n}', None
    n = rng.choice([10, 20, 30, 50, 100, 200])
    name, text = maker.anchor(['building', 'road', 'water', 'runway', 'tree', 'storage tank', 'dock', 'bridge'])
    return rng.choice([f'离{text}{n}米以内的', f'距{text}{n}米内的', f'距离{text}不到{n}米的', f'{text}周围{n}米内的', f'{text}{n}米范围内的']), f'distance<{n} m', f'near:{name}'
