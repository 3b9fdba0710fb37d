"""A decoder that writes a plan's tokens (`reading.written`) from the token states of the reader's encoder, under the grammar's mask."""
import torch
from torch import nn
from torch.nn import functional as F

from ..reading.written import MOST_TOKENS, TOKENS, following, items_of

START = len(TOKENS)  # the row of the embedding that a sequence starts with


class Prefixed(nn.Module):
    """A language model (`llm.LLM`) that reads the states as it reads an image's, before what is written."""

    def __init__(self, llm):
        super().__init__()
        del llm.embed, llm.head  # a plan has tokens of its own
        self.width, self.llm = llm.cfg['hidden'], llm

    def forward(self, states, written):
        return self.llm.hidden_states(torch.cat([states, written], 1))[0][:, states.shape[1]:]


class Crossed(nn.Module):
    """Layers with attention to what is written and to the states (Vaswani et al. 2017), norms first."""

    def __init__(self, width=256, layers=2, heads=4, inner=768, drop=0.1):
        super().__init__()
        self.width = width
        self.place = nn.Embedding(MOST_TOKENS, width)
        self.layers = nn.ModuleList(nn.TransformerDecoderLayer(width, heads, inner, drop, 'gelu', batch_first=True, norm_first=True) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, states, written):
        n = written.shape[1]
        x, ahead = written + self.place.weight[:n], torch.ones(n, n, dtype=torch.bool).triu(1)
        for layer in self.layers:
            x = layer(x, states, tgt_mask=ahead)
        return self.norm(x)


class PlanWriter(nn.Module):
    """`states` f32[rows, tokens, width], all of one length. Logits are over TOKENS, then the rows' items."""

    def __init__(self, width, body):
        super().__init__()
        self.body, inner = body, body.width
        self.project = nn.Sequential(nn.Linear(width, inner), nn.LayerNorm(inner))
        self.embed = nn.Embedding(len(TOKENS) + 1, inner)
        self.pointed = nn.Parameter(torch.zeros(inner))
        self.label = nn.Linear(inner, len(TOKENS))
        self.query, self.key = nn.Linear(inner, inner, bias=False), nn.Linear(inner, inner, bias=False)
        nn.init.normal_(self.embed.weight, std=0.5)
        nn.init.constant_(self.project[1].weight, 0.5)

    def forward(self, states, share, written):
        """`share` f32[rows, items, tokens]: the mean of an item's tokens. `written`: what stands before each token that is asked for, without the start."""
        states = self.project(states)
        items = share @ states
        start = torch.full((len(written), 1), START)
        table = torch.cat([self.embed.weight.expand(len(written), -1, -1), items + self.pointed], 1)
        ids = torch.cat([start, torch.where(written < START, written, written + 1)], 1)
        x = self.body(states, table.gather(1, ids[..., None].expand(-1, -1, table.shape[-1])))
        points = self.query(x) @ self.key(items).transpose(1, 2) / x.shape[-1] ** 0.5
        return torch.cat([self.label(x), points], -1)


def share_of(readings, tokens):
    """f32[rows, items, tokens]: which part of each item a token is."""
    items = [items_of(r) for r in readings]
    out = torch.zeros(len(readings), max(map(len, items)), tokens)
    for row, (reading, own) in enumerate(zip(readings, items)):
        unit = {i: k for k, (first, end) in enumerate(own) for i in range(first, end)}
        for token, owner in enumerate(reading.owner):
            if owner in unit:
                out[row, unit[owner], token] = 1
    return out / out.sum(-1, keepdim=True).clamp(min=1)


def mask_of(ids, most):
    """bool[len(TOKENS) + most] of the ids that may come."""
    out = torch.zeros(len(TOKENS) + most, dtype=torch.bool)
    out[ids] = True
    return out


def loss_of(logits, mask, wanted):
    """Cross-entropy of the ids `wanted` (−100: none) among those that the grammar allows, summed over a plan."""
    logits = logits.masked_fill(~mask, -1e9)
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-100, reduction='sum') / len(wanted)


@torch.no_grad()
def greedy(writer, states, readings):
    """[(ids, probability of each, log probabilities of what could follow each)] of the rows: the likeliest allowed token, until the end."""
    share, items = share_of(readings, states.shape[1]), [items_of(r) for r in readings]
    most = share.shape[1]
    out = [([], [], []) for _ in readings]
    end = TOKENS.index(('end', None))
    while any(not ids or ids[-1] != end for ids, _, _ in out):
        n = max(len(ids) for ids, _, _ in out)
        written = torch.tensor([ids + [end] * (n - len(ids)) for ids, _, _ in out], dtype=torch.long).view(len(out), n)
        logits = writer(states, share, written)[:, -1]
        for row, (ids, sure, could) in enumerate(out):
            if ids and ids[-1] == end:
                continue
            each = logits[row].masked_fill(~mask_of(following(ids, items[row]), most), -1e9).log_softmax(-1)
            best = int(each.argmax())
            ids.append(best), sure.append(float(each[best].exp())), could.append(each)
    return out
