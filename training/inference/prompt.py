"""Prompts as embeddings, and the answers that the language model gives to them."""
import re

import numpy as np
import torch

from ..language.tokenizer import prompt_text, token_id, tokenizer
from .evidence import proposal_inputs, region_inputs, see


@torch.no_grad()
def embed_change(model, change, question):
    """Prompt embeddings f32[1,T,H] of a question about two images."""
    table, rows = model.llm.embed.weight, []
    for t in tokenizer().encode(prompt_text(question)).ids:
        if t == token_id('<image>'):
            rows.append(change['rows'])
            if change['proposals']:
                tokens = model.change_proposals(*(torch.from_numpy(a)[None] for a in change['inputs']))[0]
                rows.append(tokens + table[[token_id(f'<p{i}>') for i in range(len(tokens))]])
        else:
            rows.append(table[t:t + 1])
    return torch.cat(rows)[None]


@torch.no_grad()
def embed_prompt(model, seen, question, region=None):
    """Prompt embeddings f32[1,T,H] and the plain token ids."""
    ids = tokenizer().encode(prompt_text(question)).ids
    table = model.llm.embed.weight
    rows = []
    for t in ids:
        if t == token_id('<image>'):
            rows.append(seen['visual'][0])
            if seen['spoken']:
                g, s, f = (torch.from_numpy(a)[None] for a in proposal_inputs(seen['spoken'], seen['heat'], seen['neck']))
                pointers = table[[token_id(f'<p{i}>') for i in range(len(seen['spoken']))]]
                rows.append(model.proposals(g, s, f)[0] + pointers)
        elif t == token_id('<region>') and region is not None:
            g, s, f = (torch.from_numpy(a.astype(np.float32))[None] for a in region_inputs(region, seen['heat'], seen['neck']))
            rows.append(model.proposals(g, s, f)[0] + table[t:t + 1])
        else:
            rows.append(table[t:t + 1])
    return torch.cat(rows)[None], ids


@torch.no_grad()
def generate(model, embeds, limit=256):
    """Greedy decoding; returns (text with pointers, ids)."""
    stop = {token_id('<|im_end|>'), token_id('<|endoftext|>')}
    logits, past = model.llm(embeds)
    ids = []
    for _ in range(limit):
        t = int(logits[0, -1].argmax())
        if t in stop:
            break
        ids.append(t)
        logits, past = model.llm(model.llm.embed.weight[t][None, None], past)
    return tokenizer().decode(ids, skip_special_tokens=False), ids


def pointers(text, proposals):
    """Proposal numbers named by an answer, in order, without repeats."""
    seen = []
    for m in re.findall(r'<p(\d+)>', text):
        if int(m) < len(proposals) and int(m) not in seen:
            seen.append(int(m))
    return seen


@torch.no_grad()
def answer(model, pixels, question, region=None, seen=None):
    seen = seen or see(model, pixels)
    embeds, _ = embed_prompt(model, seen, question, region)
    text, _ = generate(model, embeds)
    return text, seen
