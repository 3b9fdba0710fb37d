"""The reader: token states of an encoder -> intent, tags, region, order, quantity, and a thing that is only described.

English: all-MiniLM-L6-v2 (six BERT layers of 384). Chinese: a small encoder of our own over characters. The same heads read both."""
import math

import torch
from torch import nn
from torch.nn import functional as F

from .lexicon import CLASSES

INTENTS = ['find', 'count', 'exists', 'compare', 'extreme', 'measure', 'attribute', 'describe', 'classify', 'identify', 'quality', 'change', 'help', 'outside']
TAGS = ['O', 'S', 'A']
WHERE = [None, 'left half', 'right half', 'top half', 'bottom half', 'north', 'south', 'west', 'east', 'northwest', 'northeast', 'southwest', 'southeast', 'centre', 'edges', 'marked region', 'near', 'along', 'inside']
ORDER = [None, 'largest', 'smallest', 'longest', 'northernmost', 'southernmost', 'westernmost', 'easternmost', 'most certain', 'least certain', 'nearest', 'farthest']
QUANTITY = [None, 'area', 'length', 'distance', 'share', 'density', 'average area', 'total area', 'perimeter', 'spacing']
THING = [None, *CLASSES]
SENTENCE = {'intent': INTENTS, 'where': WHERE, 'order': ORDER, 'quantity': QUANTITY, 'thing': THING}


class Layer(nn.Module):
    """A BERT layer: attention, then a two-layer perceptron, each followed by its norm."""

    def __init__(self, width, heads, inner, eps=1e-12):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=eps)

    def forward(self, x, mask, drop=0.0):
        """x: [rows, tokens, width]; mask: [rows, 1, 1, tokens], 0 or -1e4 to be added to attention."""
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-1, -2) / math.sqrt(w // self.heads) + mask).softmax(-1)
        x = self.norm1(x + F.dropout(self.out((a @ v).transpose(1, 2).reshape(b, t, w)), drop, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), drop, self.training))


class Heads(nn.Module):
    """Each sentence head pools the tokens with attention of its own; tags are told of each token."""

    def __init__(self, width):
        super().__init__()
        self.score = nn.Linear(width, len(SENTENCE))
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(labels)) for name, labels in SENTENCE.items()})
        self.tags = nn.Linear(width, len(TAGS))

    def forward(self, x, mask, drop=0.0):
        weight = (self.score(x) + mask[:, 0, 0, :, None]).softmax(1)
        pooled = F.dropout(weight.transpose(1, 2) @ x, drop, self.training)
        out = {name: head(pooled[:, i]) for i, (name, head) in enumerate(self.heads.items())}
        out['tags'] = self.tags(F.dropout(x, drop, self.training))
        return out


class Reader(nn.Module):
    """`lower` layers before the lexicon's features are added, `upper` after. `drop`: of what learns."""

    def __init__(self, vocab, width, heads, inner, lower, upper, features, positions, drop):
        super().__init__()
        self.lower_count, self.drop = lower, drop
        self.embed = nn.Embedding(vocab, width)
        self.position = nn.Embedding(positions, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(lower + upper))
        self.feature = nn.Embedding(features, width)
        self.read = Heads(width)
        nn.init.normal_(self.feature.weight, std=0.02)
        self.feature.weight.data[0] = 0

    def below(self, ids, mask):
        x = self.norm(self.embed(ids) + self.position.weight[:ids.shape[1]])
        for layer in self.layers[:self.lower_count]:
            x = layer(x, mask)
        return x

    def states(self, x, feats, mask):
        """What the heads read: f32[rows, tokens, width]."""
        x = x + self.feature(feats)
        for layer in self.layers[self.lower_count:]:
            x = layer(x, mask, self.drop)
        return x

    def above(self, x, feats, mask):
        return self.read(self.states(x, feats, mask), mask, self.drop)

    def forward(self, ids, feats, mask):
        return self.above(self.below(ids, mask), feats, mask)


def mask_of(lengths, tokens):
    """[rows, 1, 1, tokens]: 0 where a token is, -1e4 where none is."""
    return torch.where(torch.arange(tokens)[None] < lengths[:, None], 0.0, -1e4)[:, None, None]


def english_reader(weights, keep, upper=2, features=5, drop=0.1):
    """all-MiniLM-L6-v2 with the vocabulary rows `keep`. `weights`: its state dict."""
    model = Reader(len(keep), 384, 12, 1536, 6 - upper, upper, features, 512, drop)
    w = {k.removeprefix('bert.'): v.float() for k, v in weights.items()}
    with torch.no_grad():
        # The one segment's row is added to every token: it goes into the positions.
        model.embed.weight.copy_(w['embeddings.word_embeddings.weight'][keep])
        model.position.weight.copy_(w['embeddings.position_embeddings.weight'] + w['embeddings.token_type_embeddings.weight'][0])
        model.norm.load_state_dict({'weight': w['embeddings.LayerNorm.weight'], 'bias': w['embeddings.LayerNorm.bias']})
        for i, layer in enumerate(model.layers):
            p = f'encoder.layer.{i}.'
            for part, name in (('out', 'attention.output.dense'), ('norm1', 'attention.output.LayerNorm'), ('up', 'intermediate.dense'), ('down', 'output.dense'), ('norm2', 'output.LayerNorm')):
                getattr(layer, part).weight.copy_(w[f'{p}{name}.weight'])
                getattr(layer, part).bias.copy_(w[f'{p}{name}.bias'])
            for kind in ('weight', 'bias'):
                getattr(layer.qkv, kind).copy_(torch.cat([w[f'{p}attention.self.{n}.{kind}'] for n in ('query', 'key', 'value')]))
    return model


def chinese_reader(vocab, features=9, drop=0.15):
    return Reader(vocab, 192, 6, 512, 0, 3, features, 96, drop)
