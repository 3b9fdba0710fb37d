"""Questions and answers with pointer tokens, in English and Chinese.

A record describes what is known of one tile:
  scene     index or None            present   {label: True/False}, only labels that are known
  proposals [{cls, score, truth}]    truth: True/False, or None where labels are incomplete
  complete  [bool per class]         classes whose boxes are all labelled
  trees     number that the density token names, or None      quality   indices of defects, or None
A record of two images has only: change True/False, proposals [{truth}].
An answer names objects by pointer tokens <p0>, <p1> … in the order of the proposals.
"""
from ..core.names import CLASSES, DEFECTS, DENSITY, DENSITY_STEPS, PRESENCE, PRESENCE_INDEX, SCENES
from . import phrases_en, phrases_zh

SCORE_KEEP = 0.35  # heat above which a proposal counts where labels are incomplete
TASK_PROMPTS = {
    'describe': {'prompt': 'Describe this image.', 'zh': '描述这张图像。'},
    'classify': {'prompt': 'What kind of scene is this?', 'zh': '这是什么场景？'},
    'count': {'prompt': 'How many {label} are there?', 'zh': '{label}的数量是多少？'},
    'find': {'prompt': 'Find all {label}.', 'zh': '找出所有{label}。'},
    'segment': {'prompt': 'Segment all {label}.', 'zh': '分割所有{label}。'},
    'identify': {'prompt': 'What is at <region>?', 'zh': '<region>是什么？'},
    'presence': {'prompt': 'Is there {a label} in this image?', 'zh': '图中有{label}吗？'},
    'classes': {'prompt': 'Which classes are in this image?', 'zh': '图中有哪些类别？'},
    'options': {'prompt': 'Which of these fits best: {options}?', 'zh': '哪一个最合适：{options}？'},
    'quality': {'prompt': 'What is wrong with this image?', 'zh': '这张图像有什么质量问题？'},
    'change': {'prompt': 'What changed between the two images?', 'zh': '两张图像之间有什么变化？'},
}


# Detector class -> presence label.
CLASS_PRESENCE = {0: 'airplane', 1: 'tanks', 2: 'court', 4: 'buildings', 5: 'cars'}
PRESENCE_CLASS = {v: k for k, v in CLASS_PRESENCE.items()}
COMMON = ['pavement', 'trees', 'grass', 'cars', 'bare-soil', 'buildings', 'sand']  # presence labels of many scenes
WORDS = {'en': phrases_en, 'zh': phrases_zh}
ZH_SHARE = 0.22


def kept(record, cls):
    """Pointer numbers of the proposals of a class that an answer should name."""
    if record['present'].get(CLASS_PRESENCE.get(cls)) is False and not record.get('evidence'):
        return []
    out = []
    for i, p in enumerate(record['proposals']):
        if p['cls'] == cls and (p['truth'] if p['truth'] is not None else p['score'] >= SCORE_KEEP):
            out.append(i)
    return out


def pointers(ids):
    return ''.join(f'<p{i}>' for i in ids)


def image_sentence(record, words):
    """A sentence on what the image shows instead: its scene, or the objects seen."""
    if record['scene'] is not None:
        return words.shows(words.scene(record['scene']))
    names = [words.class_name(c)[1] for c in range(len(CLASSES)) if kept(record, c)]
    if not names:
        names = [words.presence_name(PRESENCE_INDEX[k]) for k, v in record['present'].items() if v]
    return words.shows(words.join(names)) if names else words.NOTHING_ELSE


def find_answer(record, cls, words=phrases_en):
    ids = kept(record, cls)
    name = words.class_name(cls)[1]
    return words.found(name, pointers(ids)) if ids else words.sentences([words.none(name), image_sentence(record, words)])


def count_answer(record, cls, words=phrases_en):
    ids = kept(record, cls)
    if not ids:
        return words.sentences([words.none(words.class_name(cls)[1]), image_sentence(record, words)])
    return words.counted(ids, *words.class_name(cls))


def describe_answer(record, words):
    """One sentence on the scene, one on countable objects, one on the rest."""
    parts = [words.is_scene(words.scene(record['scene'])) if record['scene'] is not None else words.NO_SCENE]
    seen = []
    for c in range(len(CLASSES)):
        ids, name = kept(record, c), words.class_name(c)[1]
        if ids:
            seen.append(words.listed(name, pointers(ids)) if len(ids) <= 8 else words.many(name))
    if seen:
        parts.append(words.listing(seen))
    rest = [words.presence_name(PRESENCE_INDEX[k]) for k, v in sorted(record['present'].items())
            if v and not (k in PRESENCE_CLASS and kept(record, PRESENCE_CLASS[k]))]
    if rest:
        parts.append(words.rest(rest))
    return words.sentences(parts)


def choose_class(rng, record):
    """Mostly a class with complete labels. For others the detector's score decides what the answer names."""
    known = [c for c in range(len(CLASSES)) if record['complete'][c]]
    if not known or rng.random() < 0.15:
        known = list(range(len(CLASSES)))
    there = [c for c in known if kept(record, c)]
    if there and rng.random() < 0.7:
        return int(rng.choice(there))
    return int(rng.choice(known))


def pick(rng, templates):
    return str(templates[rng.integers(len(templates))])


def boxes_sample(rng, record, task, words):
    """find, segment or count: (task, question, answer)."""
    templates = dict(find=words.FIND, segment=words.SEGMENT, count=words.COUNT)[task]
    if rng.random() < 0.04:
        many = pick(rng, words.UNKNOWN)
        singular = many.rstrip('s') if words is phrases_en else '个'
        return 'unknown', words.fill(pick(rng, templates), singular, many), words.UNKNOWN_ANSWER
    cls = choose_class(rng, record)
    question = words.fill(pick(rng, templates), *words.class_words(rng, cls))
    return task, question, count_answer(record, cls, words) if task == 'count' else find_answer(record, cls, words)


def presence_sample(rng, record, words):
    labels = list(record['present'])
    yes = [k for k in labels if record['present'][k]]
    no = [k for k in labels if not record['present'][k]]
    common = [k for k in labels if k in COMMON]
    u = rng.random()
    if 'asked' in record:
        label = record['asked']
    elif u < 0.4:
        label = pick(rng, labels)  # each label at its own rate, as an evaluation asks
    elif common and u < 0.75:
        # Drawn from the few "yes" labels, a common label would nearly always be a yes.
        label = pick(rng, common)
    else:
        label = pick(rng, yes) if yes and (not no or rng.random() < 0.5) else pick(rng, no)
    one, many, mass = words.presence_words(PRESENCE_INDEX[label])
    if label in PRESENCE_CLASS and rng.random() < 0.4:
        one, many = words.class_words(rng, PRESENCE_CLASS[label])
    question = words.fill(pick(rng, words.MASS if mass else words.PRESENT), one, many)
    if not record['present'][label]:
        return 'present', question, words.sentences([words.no(many, mass), image_sentence(record, words)])
    ids = kept(record, PRESENCE_CLASS[label]) if label in PRESENCE_CLASS else []
    return 'present', question, words.yes(many, mass, pointers(ids) if len(ids) <= 24 else '')


def options_sample(rng, record, words):
    others = [int(i) for i in rng.choice([i for i in range(len(SCENES)) if i != record['scene']], int(rng.integers(1, 4)), replace=False)]
    choice = [record['scene']] + others
    rng.shuffle(choice)
    names = [SCENES[i][1] if words is phrases_en else words.scene(i) for i in choice]
    return 'options', pick(rng, words.OPTIONS).format(o=words.options(names)), words.is_scene(words.scene(record['scene']))


def density_sample(rng, record, words):
    singular, plural, zh, measure = DENSITY[0]
    one, many = (singular, plural) if words is phrases_en else (measure, zh)
    return 'trees', words.fill(pick(rng, words.COUNT), one, many), words.about(record['trees'], one, many)


TASKS = {'find': 0.18, 'segment': 0.04, 'count': 0.14, 'describe': 0.09, 'classify': 0.07, 'options': 0.04, 'present': 0.25, 'which': 0.05, 'trees': 0.07, 'quality': 0.05, 'talk': 0.02}


def sample(rng, record, task=None, language=None):
    """One (task, question, answer) for a record; None if the record can't carry the task."""
    words = WORDS[language or ('zh' if rng.random() < ZH_SHARE else 'en')]
    if record and 'change' in record:
        ids = [i for i, p in enumerate(record['proposals']) if p['truth']]
        return 'change', pick(rng, words.CHANGE), words.changed(pointers(ids)) if record['change'] else words.UNCHANGED
    task = task or str(rng.choice(list(TASKS), p=list(TASKS.values())))
    if task in ('find', 'segment', 'count'):
        return boxes_sample(rng, record, task, words)
    if task in ('classify', 'options') and record['scene'] is None or task in ('describe', 'present') and not record['present']:
        return None
    if task == 'describe':
        return task, pick(rng, words.DESCRIBE), describe_answer(record, words)
    if task == 'classify':
        return task, pick(rng, words.CLASSIFY), words.is_scene(words.scene(record['scene']))
    if task == 'options':
        return options_sample(rng, record, words)
    if task == 'present':
        return presence_sample(rng, record, words)
    if task == 'which':
        if len(record['present']) < len(PRESENCE):
            return None
        names = [words.presence_name(PRESENCE_INDEX[k]) for k, v in sorted(record['present'].items()) if v]
        return task, pick(rng, words.WHICH), words.i_see(names) if names else words.NONE_KNOWN
    if task == 'trees':
        return None if record['trees'] is None else density_sample(rng, record, words)
    if task == 'quality':
        if record['quality'] is None:
            return None
        names = [words.defect_name(i) for i in record['quality']]
        return task, pick(rng, words.QUALITY), words.flawed(names) if names else words.FLAWLESS
    if task == 'talk':
        questions, answer = words.TALK[rng.integers(len(words.TALK))]
        return task, pick(rng, questions), answer
    raise ValueError(f'unknown task {task}')


def identify(rng, label, language=None):
    """Question and answer about a region; label is a class index or None for background."""
    words = WORDS[language or ('zh' if rng.random() < ZH_SHARE else 'en')]
    return 'identify', pick(rng, words.IDENTIFY), words.NO_OBJECT if label is None else words.identified(label)


def random_record(rng):
    """A made-up record, for training the tokenizer."""
    if rng.random() < 0.04:
        return dict(change=bool(rng.random() < 0.5), proposals=[{'truth': True}])
    proposals = sorted(({'cls': int(rng.integers(6)), 'score': float(rng.random()), 'truth': True} for _ in range(int(rng.integers(0, 12)))),
                       key=lambda p: p['cls'])
    return dict(scene=int(rng.integers(len(SCENES))), proposals=proposals, complete=[True] * 6, trees=int(rng.choice(DENSITY_STEPS)),
                quality=[int(i) for i in rng.choice(len(DEFECTS), int(rng.integers(0, 3)), replace=False)],
                present={k: bool(rng.random() < 0.4) for k, _, _ in PRESENCE})
