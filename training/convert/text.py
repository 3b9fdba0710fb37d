"""Tokenizer and chat template: copied, with what the app needs settled here (the image token, the beginning of a text, one turn's
words)."""
import json
import os
import shutil

from ..core.files import write_json
from .checkpoint.tensors import read_json
from .errors import ConvertError, need

IMAGE = '<image>'
MARK = 'QqQ'  # stands for the question while a template is rendered
BUILT_IN = {
    'vicuna': ("A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite "
               "answers to the human's questions. USER: ", ' ASSISTANT:'),
    'chatml': ('<|im_start|>user\n', '<|im_end|>\n<|im_start|>assistant\n'),
    'llava-llama-2': ('[INST] ', ' [/INST]'),
}


def read_tokenizer(plan):
    """(tokenizer.json, tokenizer_config.json) as dicts, the image token in its place."""
    path = os.path.join(plan.folder, 'tokenizer.json')
    slow = [n for n in ('tokenizer.model', 'vocab.json') if os.path.exists(os.path.join(plan.folder, n))]
    need(os.path.exists(path), 'TOKENIZER_UNSUPPORTED', f'The checkpoint has no tokenizer.json{f" (only {slow[0]})" if slow else ""}. '
         'Make one: AutoTokenizer.from_pretrained(DIR, use_fast=True).save_pretrained(DIR).')
    tokenizer, config = read_json(plan.folder, 'tokenizer.json'), read_json(plan.folder, 'tokenizer_config.json', required=False)
    if not config.get('tokenizer_class'):
        config['tokenizer_class'] = 'PreTrainedTokenizerFast'
    place_image_token(tokenizer, plan)
    return tokenizer, config


def place_image_token(tokenizer, plan):
    """The app finds the image by "<image>". Where the checkpoint's image token is spelt otherwise it is renamed; where it has none, one is
    added."""
    added = tokenizer.setdefault('added_tokens', [])
    same = next((t for t in added if t['content'] == IMAGE), None)
    if same:
        same['special'] = True
        return
    at = next((t for t in added if plan.image_token is not None and t['id'] == plan.image_token), None)
    if at:
        at.update(content=IMAGE, special=True)
        return
    vocab = tokenizer.get('model', {}).get('vocab') or {}
    ids = [v for v in vocab.values()] if isinstance(vocab, dict) else range(len(vocab))
    free = max([*ids, *(t['id'] for t in added)], default=-1) + 1
    # Its embedding is never read: visual rows take its place. An id past the table is therefore harmless.
    chosen = plan.image_token if plan.image_token is not None and plan.image_token >= free else free
    added.append(dict(id=chosen, content=IMAGE, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True))


def chat_template(plan, tokenizer, config, choice):
    """(what comes before the image, what stands between image and question, what comes after). `choice`: a built-in name, a file, or
    None."""
    if choice in BUILT_IN:
        before, after = BUILT_IN[choice]
        return start_of_text(tokenizer) + before, '\n', after
    source = read_template(plan, config, choice)
    rendered = render(source, config)
    need(MARK in rendered, 'CHAT_TEMPLATE_MISSING', 'The chat template doesn\'t write the user\'s words. Give --chat-template.')
    before, after = rendered.split(MARK)[0], rendered.split(MARK)[1]
    spelt = next((s for s in image_spellings(plan, config) if s in before), None)
    if spelt is None:
        # A template of the language model alone: the image goes before the question, as LLaVA was trained.
        return bos(before, tokenizer), '\n', after
    lead, between = before.split(spelt)[0], before.rsplit(spelt, 1)[1]
    return bos(lead, tokenizer), between, after


def image_spellings(plan, config):
    table = {**{t['id']: t['content'] for t in read_json(plan.folder, 'tokenizer.json').get('added_tokens', [])}}
    return [s for s in (table.get(plan.image_token), config.get('image_token'), '<image>', '<|image_pad|>') if s]


def read_template(plan, config, choice):
    if choice:
        need(os.path.exists(choice), 'CHAT_TEMPLATE_MISSING', f'"{choice}" is neither a file nor one of {", ".join(BUILT_IN)}.')
        with open(choice, encoding='utf-8') as f:
            return f.read()
    path = os.path.join(plan.folder, 'chat_template.jinja')
    if os.path.exists(path):
        with open(path, encoding='utf-8') as f:
            return f.read()
    source = read_json(plan.folder, 'chat_template.json', required=False).get('chat_template') or config.get('chat_template')
    if isinstance(source, list):
        source = next((t['template'] for t in source if t.get('name') == 'default'), None)
    need(source, 'CHAT_TEMPLATE_MISSING',
         f'The checkpoint has no chat template. Give --chat-template with one of {", ".join(BUILT_IN)}, or a Jinja file.')
    return source


def render(source, config):
    """One user turn with an image and MARK for the words, up to where the answer begins. Tried with parts (as processors take it) and with
    plain text."""
    import jinja2.sandbox
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=['jinja2.ext.loopcontrols'])

    def refuse(message):
        raise jinja2.TemplateError(message)

    env.globals.update(raise_exception=refuse, strftime_now=lambda _: '')
    names = {k: (v['content'] if isinstance(v, dict) else v) for k, v in config.items() if k in ('bos_token', 'eos_token', 'unk_token', 'pad_token')}
    names = {'bos_token': '', 'eos_token': '', **{k: v for k, v in names.items() if v}}
    parts = [{'type': 'image'}, {'type': 'text', 'text': MARK}]
    last = None
    for content in (parts, MARK):
        try:
            text = env.from_string(source).render(messages=[{'role': 'user', 'content': content}], add_generation_prompt=True, **names)
        except jinja2.TemplateError as e:
            last = e
            continue
        if text.count(MARK) == 1 and "'type'" not in text:
            return text
    raise ConvertError('CHAT_TEMPLATE_MISSING',
                       f'The chat template can\'t be used with one user turn{f" ({last})" if last else ""}. Give --chat-template.')


def start_of_text(tokenizer):
    """What the tokenizer itself puts before a text (Llama: "<s>"), which a template rendered without special tokens would lack."""
    from tokenizers import Tokenizer
    made = Tokenizer.from_str(json.dumps(tokenizer))
    with_it, without = made.encode('a', add_special_tokens=True).ids, made.encode('a', add_special_tokens=False).ids
    lead = with_it[:len(with_it) - len(without)] if with_it[-len(without):] == without else []
    return ''.join(made.id_to_token(i) for i in lead)


def bos(lead, tokenizer):
    start = start_of_text(tokenizer)
    return lead if lead.startswith(start) else start + lead


def template_source(before, between, after):
    """The turn as a template over plain text, which is what the app hands to it: "<image>question"."""
    q = lambda s: "'" + s.replace('\\', '\\\\').replace("'", "\\'").replace('\n', '\\n') + "'"
    turn = f"{{{{ {q(before)} + message['content'].replace({q(IMAGE)}, {q(IMAGE + between)}) + {q(after)} }}}}"
    return f"{{% for message in messages %}}{{% if message['role'] == 'user' %}}{turn}{{% endif %}}{{% endfor %}}"


def write_text(plan, tokenizer, config, turn, folder):
    config = {**config, 'chat_template': template_source(*turn)}
    write_json(f'{folder}/tokenizer.json', tokenizer, None)
    write_json(f'{folder}/tokenizer_config.json', config)
    for name in ('special_tokens_map.json', 'added_tokens.json', 'generation_config.json'):
        if os.path.exists(os.path.join(plan.folder, name)):
            shutil.copyfile(os.path.join(plan.folder, name), f'{folder}/{name}')


def stop_tokens(plan, tokenizer, config, after):
    """Texts of the tokens that end an answer: generation_config, else config.json, else the tokenizer's end; and the template's own end of
    turn."""
    by_id = {t['id']: t['content'] for t in tokenizer.get('added_tokens', [])}
    vocab = tokenizer.get('model', {}).get('vocab') or {}
    if isinstance(vocab, dict):
        by_id = {**{v: k for k, v in vocab.items()}, **by_id}
    text = plan.config.get('text_config', {})
    ids = next((i for i in (read_json(plan.folder, 'generation_config.json', required=False).get('eos_token_id'), plan.config.get('eos_token_id'),
                            text.get('eos_token_id')) if i is not None), None)
    stops = [by_id[i] for i in (ids if isinstance(ids, list) else [ids]) if i in by_id]
    end = config.get('eos_token')
    end = end['content'] if isinstance(end, dict) else end
    specials = {t['content'] for t in tokenizer.get('added_tokens', [])}
    for token in ([end] if end in by_id.values() else []) + [t for t in ('<|im_end|>', '<|eot_id|>') if t in specials and t in after]:
        if token not in stops:
            stops.append(token)
    need(stops, 'TOKENIZER_UNSUPPORTED', 'No token that ends an answer is known: set eos_token_id in generation_config.json.')
    return stops
