"""Tiny randomly initialised checkpoints of every supported kind, saved by transformers, each with the PyTorch that computes it.

`build(kind, folder)` saves a checkpoint and returns an Oracle; transformers is needed here and nowhere else."""
import json
import math
import os

import torch
import torch.nn as nn
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    Blip2QFormerConfig,
    CLIPVisionConfig,
    CLIPVisionModel,
    Dinov2Config,
    Dinov2Model,
    LlamaConfig,
    LlamaForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    SiglipVisionConfig,
)
from transformers.models.blip_2.modeling_blip_2 import Blip2QFormerModel

HIDDEN, VOCAB = 64, 288
CHATML = ("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% if m['content'] is string %}{{ m['content'] }}{% else %}{% for c in "
          "m['content'] %}"
          "{% if c['type'] == 'image' %}<image>\n{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
          "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")


def randomise(module, seed):
    """Numbers large enough that a wrong wire shows. Embeddings are rounded to f16, as they are shipped."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in module.named_parameters():
            noise = torch.randn(p.shape, generator=g)
            if p.ndim == 1 and ('norm' in name.lower() or 'ln_' in name) and name.endswith('weight'):
                p.copy_(1 + 0.2 * noise)
            elif p.ndim >= 2 and 'embed_tokens' not in name and 'position' not in name:
                p.copy_(noise / math.sqrt(p[0].numel()))
            else:
                p.copy_((0.3 * noise).half().float())
        for name, p in module.named_parameters():
            if 'embed_tokens' in name:
                p.copy_(torch.randn(p.shape, generator=g).half().float())
    return module.eval()


def text_config(kind, **more):
    size = dict(hidden_size=HIDDEN, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=VOCAB,
                max_position_embeddings=256, rms_norm_eps=1e-6, bos_token_id=None, eos_token_id=258, pad_token_id=None)
    return {'llama': LlamaConfig, 'qwen2': Qwen2Config, 'qwen3': Qwen3Config}[kind](**{**size, **more})


LLM = {'llama': LlamaForCausalLM, 'qwen2': Qwen2ForCausalLM, 'qwen3': Qwen3ForCausalLM}
clip_config = lambda **k: CLIPVisionConfig(**{**dict(hidden_size=48, intermediate_size=80, num_hidden_layers=3, num_attention_heads=3, image_size=32, patch_size=8), **k})
siglip_config = lambda **k: SiglipVisionConfig(**{**dict(hidden_size=48, intermediate_size=80, num_hidden_layers=3, num_attention_heads=3, image_size=32, patch_size=8), **k})
dino_config = lambda **k: Dinov2Config(**{**dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=3, image_size=56, patch_size=8, mlp_ratio=2), **k})


def save_tokenizer(folder, bos=False, chat=CHATML):
    """Bytes as tokens, and the special ones after them. With `bos`, the tokenizer puts <|endoftext|> before a text, as Llama's does."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tok = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r'\w+|\W'), 'isolated'), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()
    tok.add_special_tokens(['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>'])
    if bos:
        tok.post_processor = processors.TemplateProcessing(single='<|endoftext|> $A', special_tokens=[('<|endoftext|>', 256)])
    tok.save(f'{folder}/tokenizer.json')
    config = dict(tokenizer_class='PreTrainedTokenizerFast', eos_token='<|im_end|>', bos_token='<|endoftext|>')
    write(folder, 'tokenizer_config.json', {**config, **({'chat_template': chat} if chat else {})})
    write(folder, 'generation_config.json', dict(eos_token_id=[258, 256]))
    return tok


def save_processor(folder, size, **more):
    write(folder, 'preprocessor_config.json', dict(size={'height': size, 'width': size}, image_mean=[0.5, 0.4, 0.3], image_std=[0.5, 0.25, 0.2],
                                                   do_rescale=True, rescale_factor=1 / 255, do_normalize=True, resample=3, **more))


def write(folder, name, value):
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
        json.dump(value, f)


class Oracle:
    """visual(pixels NCHW) -> [1, rows, hidden]; `llm` a CausalLM of transformers, whose weights a test may change."""

    def __init__(self, visual, llm, tower):
        self.visual, self.llm, self.tower = visual, llm, tower

    @torch.no_grad()
    def logits(self, embeds, past=None):
        out = self.llm(inputs_embeds=embeds, past_key_values=past, use_cache=True)
        return out.logits[0, -1], out.past_key_values


def hf_llava(folder, vision, text, seed, cls=LlavaForConditionalGeneration, config=LlavaConfig, shards=None, **more):
    """One of transformers' own LLaVA classes, saved whole."""
    torch.manual_seed(seed)
    c = config(vision_config=vision, text_config=text, image_token_index=259, **more)
    model = randomise(cls(c), seed)
    model.save_pretrained(folder, **({'max_shard_size': shards} if shards else {}))
    inner = model.model
    newline = getattr(inner, 'image_newline', None)

    @torch.no_grad()
    def visual(pixels):
        if newline is None:
            return model.get_image_features(pixel_values=pixels)[0][None]
        # One slice, as the app shows it: transformers' own packing of an image that has no further slices.
        seen = inner.vision_tower(pixels, output_hidden_states=True).hidden_states[c.vision_feature_layer][:, 1:]
        packed, _ = inner.pack_image_features([inner.multi_modal_projector(seen)], torch.tensor([[32, 32]]), c.vision_feature_select_strategy, newline)
        return packed[0][None]

    llm = LLM[text.model_type](text).eval()
    llm.model.load_state_dict(inner.language_model.state_dict())
    llm.lm_head.weight = model.lm_head.weight
    return Oracle(visual, llm, inner.vision_tower), model


def composed(folder, tower, vision, connector, text, seed, shards=1, **more):
    """transformers' towers and language models with a connector that transformers has no class for; `connector` takes features -> rows."""
    llm = randomise(LLM[text.model_type](text), seed)
    randomise(tower, seed + 1), randomise(connector, seed + 2)
    state = {f'language_model.{k}': v for k, v in llm.state_dict().items() if not (text.tie_word_embeddings and k == 'lm_head.weight')}
    state.update({f'vision_tower.{k}': v for k, v in tower.state_dict().items()})
    state.update(connector.state_dict())
    state = {k: v.contiguous().clone() for k, v in state.items()}
    if shards == 1:
        save_file(state, f'{folder}/model.safetensors')
    else:
        names = sorted(state)
        where = {n: f'model-{i * shards // len(names) + 1:05}-of-{shards:05}.safetensors' for i, n in enumerate(names)}
        for file in set(where.values()):
            save_file({n: state[n] for n in names if where[n] == file}, f'{folder}/{file}')
        write(folder, 'model.safetensors.index.json', dict(weight_map=where))
    layer, drop = more.get('vision_feature_layer', -2), more.get('vision_feature_select_strategy', 'default') == 'default'
    write(folder, 'config.json', dict(model_type='llava', vision_config=vision.to_dict(), text_config=text.to_dict(), image_token_index=259, **more))

    @torch.no_grad()
    def visual(pixels):
        features = tower(pixels, output_hidden_states=True).hidden_states[layer]
        return connector(features[:, int(drop):])

    return Oracle(visual, llm, tower)


class Resampler(nn.Module):
    """As LLaVA-UHD's and MiniCPM-V's code has it, around nn.MultiheadAttention; written apart from the converter, positions in plain
    loops."""

    def __init__(self, queries, width, heads, features, hidden, grid):
        super().__init__()
        r = self.resampler = nn.Module()
        r.query = nn.Parameter(torch.zeros(queries, width))
        r.kv_proj = nn.Linear(features, width, bias=False)
        r.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        r.ln_q, r.ln_kv, r.ln_post = (nn.LayerNorm(width, eps=1e-6) for _ in range(3))
        r.proj = nn.Parameter(torch.zeros(width, hidden))
        side = math.isqrt(queries)
        self.query_position, self.key_position = table(side, width), table(grid, width)

    def forward(self, x):
        r = self.resampler
        x = r.ln_kv(r.kv_proj(x))
        q = r.ln_q(r.query) + self.query_position
        y = r.attn(q[None], x + self.key_position, x)[0]
        return r.ln_post(y) @ r.proj


def table(side, width):
    """2-D sine and cosine positions [side², width]; columns first, then rows."""
    out = torch.zeros(side * side, width)
    quarter = width // 4
    for row in range(side):
        for col in range(side):
            for i in range(quarter):
                omega = 1 / 10000 ** (i / quarter)
                cell = out[row * side + col]
                cell[i], cell[quarter + i] = math.sin(col * omega), math.cos(col * omega)
                cell[2 * quarter + i], cell[3 * quarter + i] = math.sin(row * omega), math.cos(row * omega)
    return out


class QFormer(nn.Module):
    """BLIP-2's, by transformers."""

    def __init__(self, config, queries, hidden):
        super().__init__()
        self.query_tokens = nn.Parameter(torch.zeros(1, queries, config.hidden_size))
        self.qformer = Blip2QFormerModel(config)
        self.language_projection = nn.Linear(config.hidden_size, hidden)

    def forward(self, x):
        return self.language_projection(self.qformer(query_embeds=self.query_tokens, encoder_hidden_states=x).last_hidden_state)


def clip_linear_llama(folder):
    """The original LLaVA's layout: the tower in a folder of its own, one linear layer, rope scaled linearly; grouped heads, no template."""
    vision, text = clip_config(), text_config('llama', rope_scaling={'rope_type': 'linear', 'factor': 2.0}, num_key_value_heads=4)
    llm, tower, projector = randomise(LlamaForCausalLM(text), 1), randomise(CLIPVisionModel(vision), 2), randomise(nn.Linear(48, HIDDEN), 3)
    state = {**llm.state_dict(), 'model.mm_projector.weight': projector.weight, 'model.mm_projector.bias': projector.bias}
    save_file({k: v.detach().contiguous().clone() for k, v in state.items()}, f'{folder}/model.safetensors')
    write(folder, 'config.json', {**text.to_dict(), 'model_type': 'llava_llama', 'mm_vision_tower': 'openai/clip-tiny', 'mm_projector_type': 'linear',
                                  'mm_vision_select_layer': -2, 'mm_vision_select_feature': 'patch', 'mm_hidden_size': 48})
    save_tokenizer(folder, bos=True, chat=None)
    tower.save_pretrained(f'{folder}/tower')
    save_processor(f'{folder}/tower', 32)

    @torch.no_grad()
    def visual(pixels):
        return projector(tower(pixels, output_hidden_states=True).hidden_states[-2][:, 1:])

    return Oracle(visual, llm, tower)


def siglip_mlp_qwen2(folder):
    oracle, _ = hf_llava(folder, siglip_config(), text_config('qwen2'), 11, vision_feature_layer=-2, vision_feature_select_strategy='full')
    save_tokenizer(folder), save_processor(folder, 32)
    return oracle


def clip_mlp_qwen2(folder):
    """Two feature layers side by side, quick GELU, CLS dropped."""
    oracle, _ = hf_llava(folder, clip_config(), text_config('qwen2'), 21, vision_feature_layer=[-3, -2])
    save_tokenizer(folder), save_processor(folder, 32)
    return oracle


def dino_resampler_qwen25(folder):
    """Shards; tied embedding; the position embedding interpolated, since images are 32 px and the tower was trained at 56."""
    vision, text = dino_config(), text_config('qwen2', tie_word_embeddings=True, rope_theta=1e6)
    connector = Resampler(9, 32, 2, 48, HIDDEN, grid=4)
    oracle = composed(folder, Dinov2Model(vision), vision, connector, text, 31, shards=3, mm_projector_type='resampler',
                      resampler_config=dict(num_queries=9, embed_dim=32, num_heads=2))
    save_tokenizer(folder), save_processor(folder, 32)
    return oracle


def clip_qformer_qwen3(folder):
    vision, text = clip_config(hidden_act='gelu'), text_config('qwen3', head_dim=32)
    qformer = Blip2QFormerConfig(hidden_size=40, num_hidden_layers=3, num_attention_heads=2, intermediate_size=56, encoder_hidden_size=48)
    oracle = composed(folder, CLIPVisionModel(vision), vision, QFormer(qformer, 7, HIDDEN), text, 41, mm_projector_type='qformer',
                      qformer_config=qformer.to_dict(), num_query_tokens=7, vision_feature_select_strategy='full', vision_feature_layer=-1)
    save_tokenizer(folder), save_processor(folder, 32)
    return oracle


def next_qwen15(folder):
    """LLaVA-NeXT: any resolution, and a newline row after an image that is one slice. Weights in shards, Qwen1.5's configuration."""
    text = text_config('qwen2', num_key_value_heads=4, architectures=['Qwen2ForCausalLM'])
    oracle, _ = hf_llava(folder, clip_config(), text, 51, LlavaNextForConditionalGeneration, LlavaNextConfig, shards='60KB',
                         image_grid_pinpoints=[[32, 64], [64, 32]])
    save_tokenizer(folder), save_processor(folder, 32)
    return oracle


KINDS = {f.__name__: f for f in (clip_linear_llama, siglip_mlp_qwen2, clip_mlp_qwen2, dino_resampler_qwen25, clip_qformer_qwen3, next_qwen15)}


def build(kind, folder):
    os.makedirs(folder, exist_ok=True)
    return KINDS[kind](folder)
