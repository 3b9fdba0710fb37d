"""The language model: a small Qwen2-like decoder over input embeddings, which can train through its own 4-bit weights."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

from ..core.config import CONFIG


def fake_int4(w, block=32):
    """Symmetric 4-bit weights, a scale for each 32 inputs of an output; the gradient passes straight through."""
    n, k = w.shape
    g = w.reshape(n, k // block, block)
    scale = int4_scale(g)
    q = torch.clamp(torch.round(g / scale), -8, 7) * scale
    return w + (q.reshape(n, k) - w).detach()


def int4_scale(groups):
    """Scale so that the largest magnitude lands on -8 (either sign by the scale's sign)."""
    at = groups.abs().argmax(-1, keepdim=True)
    extreme = torch.gather(groups, -1, at)
    scale = extreme / -8.0
    return torch.where(scale.abs() < 1e-8, torch.full_like(scale, 1e-8), scale)


class QLinear(nn.Linear):
    """Linear layer that trains through its 4-bit image when `quantise` is set."""
    quantise = False

    def forward(self, x):
        return F.linear(x, fake_int4(self.weight) if self.quantise else self.weight, self.bias)


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)


def rope_tables(positions, dim, theta):
    angles = torch.outer(torch.arange(positions).float(), theta ** (-torch.arange(0, dim, 2).float() / dim))
    return torch.cos(angles), torch.sin(angles)


def rotate(x, cos, sin):
    """Rotary embedding on halves (not interleaved). x [B, heads, T, D], cos/sin [T, D/2]."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attend(q, k, v):
    """Causal grouped-query attention written out: its backward pass is cheaper on CPU than the fused kernel's."""
    b, heads, t, d = q.shape
    g = heads // k.shape[1]
    q = q.reshape(b, k.shape[1], g * t, d)
    s = (q @ k.transpose(-1, -2)).reshape(b, -1, g, t, t) / math.sqrt(d)
    s = s.masked_fill(torch.ones(t, t, dtype=torch.bool).triu(1), float('-inf'))
    w = torch.softmax(s.float(), -1).to(v.dtype).reshape(b, -1, g * t, t)
    return (w @ v).reshape(b, heads, t, d)


class Layer(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        h, d = cfg['hidden'], cfg['head_dim']
        self.q, self.kv, self.d = cfg['q_heads'], cfg['kv_heads'], d
        self.norm1 = RMSNorm(h, cfg['rms_eps'])
        self.qkv = QLinear(h, (self.q + 2 * self.kv) * d)
        self.out = QLinear(self.q * d, h, bias=False)
        self.norm2 = RMSNorm(h, cfg['rms_eps'])
        self.gate = QLinear(h, cfg['ffn'], bias=False)
        self.up = QLinear(h, cfg['ffn'], bias=False)
        self.down = QLinear(cfg['ffn'], h, bias=False)

    def forward(self, x, cos, sin, past=None):
        b, t, _ = x.shape
        qkv = self.qkv(self.norm1(x)).view(b, t, self.q + 2 * self.kv, self.d).transpose(1, 2)
        q, k, v = qkv.split([self.q, self.kv, self.kv], 1)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        y = attend(q, k, v) if torch.is_grad_enabled() else F.scaled_dot_product_attention(q, k, v, is_causal=t > 1, enable_gqa=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, -1))
        y = self.norm2(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y)), (k, v)


class LLM(nn.Module):
    """Qwen2-like decoder over input embeddings."""
    checkpointing = False  # recompute a layer's activations in the backward pass instead of keeping them

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = cfg
        self.embed = nn.Embedding(cfg['vocab'], cfg['hidden'])
        self.layers = nn.ModuleList(Layer(cfg) for _ in range(cfg['layers']))
        self.norm = RMSNorm(cfg['hidden'], cfg['rms_eps'])
        self.head = QLinear(cfg['hidden'], cfg['vocab'], bias=False)
        cos, sin = rope_tables(cfg['positions'], cfg['head_dim'], cfg['rope'])
        self.register_buffer('cos', cos, persistent=False)
        self.register_buffer('sin', sin, persistent=False)
        nn.init.normal_(self.embed.weight, std=0.5)
        for layer in self.layers:
            for m in (layer.qkv, layer.out, layer.gate, layer.up, layer.down):
                nn.init.normal_(m.weight, std=0.03)
            for m in (layer.out, layer.down):
                m.weight.data.mul_(1 / math.sqrt(2 * cfg['layers']))
            nn.init.zeros_(layer.qkv.bias)
        nn.init.normal_(self.head.weight, std=0.03)

    def quantise(self, on=True):
        for m in self.modules():
            if isinstance(m, QLinear):
                m.quantise = on

    def hidden_states(self, embeds, past=None):
        start = 0 if past is None else past[0][0].shape[2]
        t = embeds.shape[1]
        cos, sin = self.cos[start:start + t], self.sin[start:start + t]
        x, present = embeds, []
        for i, layer in enumerate(self.layers):
            if self.checkpointing and torch.is_grad_enabled():
                x, kv = checkpoint(layer, x, cos, sin, use_reentrant=False)
            else:
                x, kv = layer(x, cos, sin, None if past is None else past[i])
            present.append(kv)
        return self.norm(x), present

    def forward(self, embeds, past=None):
        x, present = self.hidden_states(embeds, past)
        return self.head(x[:, -1:]), present
