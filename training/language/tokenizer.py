"""The tokenizer: byte-level BPE trained on the templates' text, with pointers and markers as added tokens."""
import json
import os

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from ..core.config import CONFIG
from ..core.names import DENSITY_STEPS
from . import phrases_en
from .questions import WORDS, identify, random_record, sample

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENIZER_FILE = os.path.join(HERE, 'tokenizer.json')
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>', '<region>'] + [f'<p{i}>' for i in range(CONFIG['pointers'])]
CHAT_TEMPLATE = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
                 "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def train_tokenizer(path=TOKENIZER_FILE, vocab=CONFIG['vocab']):
    """Byte-level BPE on template text; every byte has a token, so any text can be encoded."""
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(40000):
        made = sample(rng, random_record(rng)) if rng.random() < 0.95 else identify(rng, int(rng.integers(6)))
        lines += [made[1], made[2]] if made else []
    lines += [f'{a} {w}' for w in phrases_en.UNKNOWN for a in ('the', 'any', 'all', 'Find', 'How many') for _ in range(20)]
    lines += [w for words in WORDS.values() for q, _ in words.TALK for w in q for _ in range(30)]
    lines += [f' {n}' for n in DENSITY_STEPS + list(range(1, 65)) for _ in range(40)]
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
