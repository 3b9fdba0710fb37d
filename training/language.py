"""Instruction templates, answers with pointer tokens, and the tokenizer.

A record describes what is known of one tile:
  scene     index or None            present   {label: True/False}, only labels that are known
  proposals [{cls, score, truth}]    truth: True/False, or None where labels are incomplete
  complete  [bool per class]         classes whose boxes are all labelled
An answer names objects by pointer tokens <p0>, <p1> … in the order of the proposals.
"""
import json
import os

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from .model import CONFIG
from .names import CLASSES, PRESENCE, PRESENCE_INDEX, SCENES

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENIZER_FILE = os.path.join(HERE, 'tokenizer.json')
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>', '<region>'] + [f'<p{i}>' for i in range(CONFIG['pointers'])]
PROPOSALS = {'max': 48, 'minScore': 0.15, 'nmsIou': 0.3}
SCORE_KEEP = 0.35  # heat above which a proposal counts where labels are incomplete
CHAT_TEMPLATE = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
                 "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
TASK_PROMPTS = {
    'describe': {'prompt': 'Describe this image.'},
    'classify': {'prompt': 'What kind of scene is this?'},
    'count': {'prompt': 'How many {label} are there?'},
    'find': {'prompt': 'Find all {label}.'},
    'segment': {'prompt': 'Segment all {label}.'},
    'identify': {'prompt': 'What is at <region>?'},
    'presence': {'prompt': 'Is there {a label} in this image?'},
    'classes': {'prompt': 'Which classes are in this image?'},
}

# Other words people use for a detector class: (singular, plural).
SYNONYMS = {
    0: [('airplane', 'airplanes'), ('plane', 'planes'), ('aircraft', 'aircraft'), ('aeroplane', 'aeroplanes'), ('jet', 'jets')],
    1: [('storage tank', 'storage tanks'), ('tank', 'tanks'), ('oil tank', 'oil tanks')],
    2: [('tennis court', 'tennis courts'), ('court', 'courts')],
    3: [('baseball diamond', 'baseball diamonds'), ('baseball field', 'baseball fields'), ('ball field', 'ball fields')],
    4: [('building', 'buildings'), ('house', 'houses'), ('roof', 'roofs')],
    5: [('car', 'cars'), ('vehicle', 'vehicles'), ('automobile', 'automobiles')],
}
# Detector class -> presence label.
CLASS_PRESENCE = {0: 'airplane', 1: 'tanks', 2: 'court', 4: 'buildings', 5: 'cars'}
PRESENCE_CLASS = {v: k for k, v in CLASS_PRESENCE.items()}
COMMON = ['pavement', 'trees', 'grass', 'cars', 'bare-soil', 'buildings', 'sand']  # presence labels of many scenes
UNKNOWN = ['swimming pools', 'bridges', 'stadiums', 'wind turbines', 'helicopters', 'trains', 'solar panels', 'cranes', 'ships', 'boats', 'docks', 'trees', 'people', 'animals',
           'roads', 'trucks', 'buses', 'roundabouts', 'fountains', 'containers', 'churches', 'schools', 'greenhouses', 'rivers', 'lakes', 'cows', 'tents', 'silos', 'chimneys', 'flags',
           'elephants', 'submarines', 'statues', 'soccer fields', 'basketball courts', 'mobile homes', 'pylons', 'mines', 'quarries', 'volcanoes', 'dogs', 'windows', 'doors', 'runways']
UNKNOWN_ANSWER = 'I can not box that. I can find airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars.'

FIND = ['Find all {p}.', 'Find {p}.', 'Find the {p}.', 'Locate all {p}.', 'Locate the {p}.', 'Where are the {p}?', 'Show me the {p}.', 'Detect {p}.', 'Detect all {p}.',
        'Mark every {s}.', 'Point out all {p} in this image.', 'Where is the {s}?', 'Box every {s}.', 'Give the boxes of all {p}.', 'find {p}', '{p}', 'Highlight {p}.',
        'Can you find the {p}?', 'Are there {p}, and where?', 'List all {p} with their positions.', 'Draw boxes around the {p}.']
SEGMENT = ['Segment all {p}.', 'Segment the {p}.', 'Segment {p}.', 'Outline every {s}.', 'Give masks for all {p}.', 'Trace the {p}.', 'Mask every {s}.', 'Delineate the {p}.', 'segment {p}',
           'Extract the outlines of the {p}.']
COUNT = ['How many {p} are there?', 'How many {p} are in this image?', 'Count the {p}.', 'Count all {p}.', 'What is the number of {p}?', 'How many {p} can you see?',
         'Number of {p}?', 'count {p}', 'How many {p}?', 'Please count the {p} in the picture.', 'Tell me how many {p} there are.']
PRESENT = ['Is there {a} in this image?', 'Is there {a} here?', 'Are there any {p} in this image?', 'Are there {p} in this image?', 'Do you see {a}?', 'Can you see {p}?',
           'Does this image show {a}?', 'Does the picture contain {p}?', 'Any {p} here?', 'is there {a}?', 'Is {a} visible?', 'Are {p} present?', 'Do you see any {p}?']
MASS = ['Is there {p} in this image?', 'Is there any {p} here?', 'Do you see {p}?', 'Can you see any {p}?', 'Does this image show {p}?', 'Does the picture contain {p}?',
        'Is {p} present?', 'is there {p}?', 'Any {p} here?', 'Are there {p} in this image?']
DESCRIBE = ['Describe this image.', 'Describe the image.', 'What do you see?', 'What is in this image?', 'Give a short description.', 'Caption this image.', 'Tell me about this image.',
            'What does this picture show?', 'Describe this scene in one sentence.', 'describe', 'Summarise what is visible.', 'What can be seen here?', 'Write a caption.', 'Please describe the picture.']
CLASSIFY = ['What kind of scene is this?', 'What type of scene is this?', 'Classify this image.', 'Which scene class fits?', 'What is this place?', 'Classify the scene.', 'What sort of area is this?',
            'Which land use is shown?', 'What land use is this?', 'Name the scene.', 'classify', 'What is the scene category?', 'What kind of place is shown?', 'Scene class?']
OPTIONS = ['Which of these fits best: {o}?', 'Is this {o}?', 'Choose one: {o}.', 'Which is it: {o}?', 'Pick the right scene: {o}.', 'Is the scene {o}?', 'Select from: {o}.']
WHICH = ['Which classes are in this image?', 'Which classes are present?', 'What objects are in this image?', 'List the classes you see.', 'What is present in this image?', 'Name everything in the image.',
         'Which labels apply?', 'What land cover and objects are visible?', 'which classes', 'List what is in the picture.']
IDENTIFY = ['What is at <region>?', 'What is in <region>?', 'Identify <region>.', 'What is this: <region>?', 'Which object is at <region>?', 'Name the object in <region>.', 'What do you see at <region>?',
            'What is inside <region>?', 'What object is <region>?']
TALK = [
    (['What can you do?', 'Help', 'help', 'What can I ask?', 'How can you help me?', 'What are you able to do?'],
     'I can describe an aerial image, name its scene, say whether something is there, count, find and segment airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars, and identify a region that you draw.'),
    (['Who are you?', 'What are you?', 'Which model is this?', 'What is your name?', 'Introduce yourself.'],
     'I am Nadir S, a small vision-language model for aerial images that runs on your own machine.'),
    (['Hello', 'Hi', 'Hello there', 'Good morning', 'Hey', 'hi'], 'Hello. Ask me about the image, for example: How many airplanes are there?'),
    (['Thank you', 'Thanks', 'Thank you very much', 'thanks', 'Great, thanks!'], 'You are welcome.'),
    (['Do you send my images anywhere?', 'Is my data private?', 'Where is the image processed?', 'Does anything leave my computer?'],
     'No. Everything is computed on your own machine.'),
    (['Which objects can you find?', 'What objects do you know?', 'Which classes do you know?', 'What can you detect?'],
     'I can find airplanes, storage tanks, tennis courts, baseball diamonds, buildings and cars.'),
    (['What is the weather tomorrow?', 'Tell me a joke.', 'Who won the match?', 'Write a poem.', 'What is the capital of France?', 'What time is it?'],
     'I can only answer questions about the aerial image.'),
]


def article(noun):
    return ('an ' if noun[0] in 'aeiou' else 'a ') + noun


def join(words, last='and'):
    words = list(words)
    return words[0] if len(words) == 1 else ', '.join(words[:-1]) + f' {last} ' + words[-1]


def scene_phrase(index):
    name = SCENES[index][1]
    return name if name in ('agricultural land', 'commercial buildings', 'chaparral', 'forest') else article(name)


def kept(record, cls):
    """Pointer numbers of the proposals of a class that an answer should name."""
    if record['present'].get(CLASS_PRESENCE.get(cls)) is False:
        return []
    out = []
    for i, p in enumerate(record['proposals']):
        if p['cls'] == cls and (p['truth'] if p['truth'] is not None else p['score'] >= SCORE_KEEP):
            out.append(i)
    return out


def image_sentence(record):
    """What is there instead: the scene, or the objects seen."""
    if record['scene'] is not None:
        return f'The image shows {scene_phrase(record["scene"])}.'
    names = [CLASSES[c][1] for c in range(len(CLASSES)) if kept(record, c)]
    if names:
        return f'The image shows {join(names)}.'
    present = [PRESENCE[PRESENCE_INDEX[k]][2] for k, v in record['present'].items() if v]
    return f'The image shows {join(present)}.' if present else 'The image shows other things.'


def find_answer(record, cls, plural):
    ids = kept(record, cls)
    if not ids:
        return f'There are no {plural}. {image_sentence(record)}'
    return f'{plural.capitalize()}: ' + ''.join(f'<p{i}>' for i in ids) + '.'


def count_answer(record, cls, singular, plural):
    ids = kept(record, cls)
    if not ids:
        return f'There are no {plural}. {image_sentence(record)}'
    listed = ' '.join(f'{n} <p{i}>' for n, i in enumerate(ids, 1))
    return f'{listed} - {len(ids)} {singular if len(ids) == 1 else plural}.'


def describe_answer(record):
    """One sentence on the scene, one on countable objects, one on the rest."""
    first = f'This is {scene_phrase(record["scene"])}.' if record['scene'] is not None else 'This is an aerial image.'
    parts = [first]
    seen = []
    for c, (s, p, _) in enumerate(CLASSES):
        ids = kept(record, c)
        if ids and len(ids) <= 12:
            seen.append(f'{p}: ' + ''.join(f'<p{i}>' for i in ids))
        elif ids:
            seen.append(f'many {p}')
    if seen:
        parts.append('It shows ' + join(seen) + '.')
    rest = [PRESENCE[PRESENCE_INDEX[k]][2] for k, v in sorted(record['present'].items())
            if v and not (k in PRESENCE_CLASS and kept(record, PRESENCE_CLASS[k]))]
    if rest:
        parts.append('There ' + ('are ' if rest[0].endswith('s') and rest[0] not in ('grass',) else 'is ') + join(rest) + '.')
    return ' '.join(parts)


def ask_class(rng, record, templates):
    cls = choose_class(rng, record)
    singular, plural = SYNONYMS[cls][0 if rng.random() < 0.65 else rng.integers(len(SYNONYMS[cls]))]
    question = str(rng.choice(templates)).format(s=singular, p=plural)
    return cls, singular, plural, question


def choose_class(rng, record):
    """Mostly a class with complete labels; else the detector's own score decides what the answer names."""
    known = [c for c in range(len(CLASSES)) if record['complete'][c]]
    if not known or rng.random() < 0.15:
        known = list(range(len(CLASSES)))
    there = [c for c in known if kept(record, c)]
    if there and rng.random() < 0.7:
        return int(rng.choice(there))
    return int(rng.choice(known))


def sample(rng, record, task=None):
    """One (task, question, answer) for a record; None if the record can't carry the task."""
    tasks = ['find', 'segment', 'count', 'describe', 'classify', 'options', 'present', 'which', 'talk']
    weights = [0.21, 0.07, 0.21, 0.12, 0.08, 0.04, 0.17, 0.07, 0.03]
    task = task or str(rng.choice(tasks, p=weights))
    if task in ('find', 'segment', 'count'):
        if rng.random() < 0.04:
            many = str(rng.choice(UNKNOWN))
            return 'unknown', str(rng.choice(dict(find=FIND, segment=SEGMENT, count=COUNT)[task])).format(s=many.rstrip('s'), p=many), UNKNOWN_ANSWER
        cls, singular, plural, question = ask_class(rng, record, dict(find=FIND, segment=SEGMENT, count=COUNT)[task])
        name, names = CLASSES[cls][0], CLASSES[cls][1]
        return task, question, count_answer(record, cls, name, names) if task == 'count' else find_answer(record, cls, names)
    if task == 'describe':
        if record['scene'] is None and not record['present']:
            return None
        return task, str(rng.choice(DESCRIBE)), describe_answer(record)
    if task == 'classify':
        if record['scene'] is None:
            return None
        return task, str(rng.choice(CLASSIFY)), f'This is {scene_phrase(record["scene"])}.'
    if task == 'options':
        if record['scene'] is None:
            return None
        others = [int(i) for i in rng.choice([i for i in range(len(SCENES)) if i != record['scene']], int(rng.integers(1, 4)), replace=False)]
        options = [record['scene']] + others
        rng.shuffle(options)
        return task, str(rng.choice(OPTIONS)).format(o=join([SCENES[i][1] for i in options], 'or')), f'This is {scene_phrase(record["scene"])}.'
    if task == 'present':
        if not record['present']:
            return None
        labels = list(record['present'])
        yes = [k for k in labels if record['present'][k]]
        no = [k for k in labels if not record['present'][k]]
        common = [k for k in labels if k in COMMON]
        if common and rng.random() < 0.75:
            # Asked at their own rate: drawn from the few "yes" labels, a common label would nearly always be a yes.
            label = str(rng.choice(common))
        else:
            label = str(rng.choice(yes)) if yes and (not no or rng.random() < 0.5) else str(rng.choice(no))
        _, one, many = PRESENCE[PRESENCE_INDEX[label]]
        if label in PRESENCE_CLASS and rng.random() < 0.4:
            one, many = SYNONYMS[PRESENCE_CLASS[label]][rng.integers(len(SYNONYMS[PRESENCE_CLASS[label]]))]
            one = article(one)
        question = str(rng.choice(MASS)).format(p=many) if one == many else str(rng.choice(PRESENT)).format(a=one, p=many)
        if record['present'][label]:
            answer = f'Yes, there is {many}.' if one == many else f'Yes, there are {many}.'
            ids = kept(record, PRESENCE_CLASS[label]) if label in PRESENCE_CLASS else []
            if ids and len(ids) <= 24:
                answer = f'Yes, there are {many}: ' + ''.join(f'<p{i}>' for i in ids) + '.'
            return task, question, answer
        return task, question, f'No, there is no {many}. {image_sentence(record)}' if one == many else f'No, there are no {many}. {image_sentence(record)}'
    if task == 'which':
        if len(record['present']) < len(PRESENCE):
            return None
        names = [PRESENCE[PRESENCE_INDEX[k]][2] for k, v in sorted(record['present'].items()) if v]
        return task, str(rng.choice(WHICH)), f'I see {join(names)}.' if names else 'None of the classes that I know.'
    if task == 'talk':
        questions, answer = TALK[rng.integers(len(TALK))]
        return task, str(rng.choice(questions)), answer
    raise ValueError(f'unknown task {task}')


def identify(rng, label):
    """Question and answer about a region; label is a class index or None for background."""
    answer = 'There is none of the objects that I know.' if label is None else f'This is {article(CLASSES[label][0])}.'
    return 'identify', str(rng.choice(IDENTIFY)), answer


def random_record(rng):
    """A made-up record, for training the tokenizer."""
    proposals = sorted(({'cls': int(rng.integers(6)), 'score': float(rng.random()), 'truth': True} for _ in range(int(rng.integers(0, 12)))),
                       key=lambda p: p['cls'])
    return dict(scene=int(rng.integers(len(SCENES))), proposals=proposals, complete=[True] * 6,
                present={k: bool(rng.random() < 0.4) for k, _, _ in PRESENCE})


def train_tokenizer(path=TOKENIZER_FILE, vocab=CONFIG['vocab']):
    """Byte-level BPE on template text; every byte has a token, so any text can be asked."""
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(30000):
        made = sample(rng, random_record(rng)) if rng.random() < 0.95 else identify(rng, int(rng.integers(6)))
        lines += [made[1], made[2]] if made else []
    lines += [f'{a} {w}' for w in UNKNOWN for a in ('the', 'any', 'all', 'Find', 'How many') for _ in range(20)]
    lines += [w for q, _ in TALK for w in q for _ in range(30)]
    lines += [f' {n}' for n in range(1, 65) for _ in range(40)]
    # Pointers are added tokens: their text must not shape the merges.
    lines = [part for line in lines for part in line.replace('<region>', '\0').replace('<p', '\0').split('\0')]
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tok.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=vocab, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), min_frequency=2)
    tok.train_from_iterator(lines, trainer)
    tok.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIAL])
    tok.save(path)
    return tok


_tokenizer = None


def tokenizer():
    global _tokenizer
    if _tokenizer is None:
        _tokenizer = Tokenizer.from_file(TOKENIZER_FILE) if os.path.exists(TOKENIZER_FILE) else train_tokenizer()
    return _tokenizer


def token_id(text):
    return tokenizer().token_to_id(text)


def prompt_text(question, image=True):
    return f'<|im_start|>user\n{"<image>" if image else ""}{question}<|im_end|>\n<|im_start|>assistant\n'


def write_tokenizer_files(folder):
    tok = tokenizer()
    tok.save(f'{folder}/tokenizer.json')
    config = dict(tokenizer_class='PreTrainedTokenizerFast', model_max_length=CONFIG['positions'], eos_token='<|im_end|>', pad_token='<|endoftext|>',
                  clean_up_tokenization_spaces=False, chat_template=CHAT_TEMPLATE,
                  added_tokens_decoder={str(i): dict(content=s, lstrip=False, normalized=False, rstrip=False, single_word=False, special=True)
                                        for i, s in enumerate(SPECIAL)})
    with open(f'{folder}/tokenizer_config.json', 'w', encoding='utf-8') as f:
        json.dump(config, f, ensure_ascii=False, indent=1)
