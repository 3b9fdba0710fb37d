"""Nadir S in PyTorch: vision tower, connector with dense evidence, proposal embedding, language model, refiner.

Shapes follow public/models/nadir-s: NHWC outside, [in, out] weights in the exported files. Everything that the app
runs is written with plain operators, so that export.py can spell the same graph by hand.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .names import CLASSES, PRESENCE, SCENES

CONFIG = dict(
    image=256, bands=4, conv1=128, conv2=192, width=256, depth=6, heads=4, mlp=768, eps=1e-6,
    neck=128, hidden=256, layers=4, q_heads=4, kv_heads=2, head_dim=64, ffn=768, vocab=1280, positions=1024,
    rope=10000.0, rms_eps=1e-6, pointers=64,
)


def gelu(x):
    """GELU, tanh form. While training the erf form, which differs by less than 5e-4 and is 3-5 times faster on CPU."""
    return F.gelu(x, approximate='none' if torch.is_grad_enabled() else 'tanh')


class Block(nn.Module):
    """Pre-norm transformer block with packed q|k|v."""

    def __init__(self, width, heads, mlp, eps):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.fc1 = nn.Linear(width, mlp)
        self.fc2 = nn.Linear(mlp, width)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        # Spelt out: on CPU the fused kernel's backward pass costs more than three matmuls (a fifth of a step).
        y = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // self.heads), -1).to(v.dtype) @ v
        x = x + self.proj(y.transpose(1, 2).reshape(b, n, d))
        return x + self.fc2(gelu(self.fc1(self.norm2(x))))


class Tower(nn.Module):
    """Convolutional stem + ViT. pixels [B, H, W, 4] -> tokens [B, H/16*W/16, width], fine [B, H/8*W/8, conv2]."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        c1, c2, d = cfg['conv1'], cfg['conv2'], cfg['width']
        self.conv1 = nn.Conv2d(cfg['bands'], c1, 7, 4, 3)
        self.conv2 = nn.Conv2d(c1, c2, 3, 2, 1)
        self.conv2b = nn.Conv2d(c2, c2, 3, 1, 1)
        self.conv3 = nn.Conv2d(c2, d, 3, 2, 1)
        # BatchNorm is folded into the convolutions by fold_batch_norm() before export.
        self.bn1, self.bn2, self.bn2b, self.bn3 = (nn.BatchNorm2d(c) for c in (c1, c2, c2, d))
        grid = cfg['image'] // 16
        self.pos_embed = nn.Parameter(torch.randn(1, d, grid, grid) * 0.02)
        self.blocks = nn.ModuleList(Block(d, cfg['heads'], cfg['mlp'], cfg['eps']) for _ in range(cfg['depth']))
        self.norm = nn.LayerNorm(d, eps=cfg['eps'])
        for block in self.blocks:
            for layer in (block.qkv, block.fc1, block.proj, block.fc2):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
            for layer in (block.proj, block.fc2):
                layer.weight.data.mul_(1 / math.sqrt(2 * cfg['depth']))

    def forward(self, pixels):
        x = pixels.permute(0, 3, 1, 2)
        x = gelu(self.bn1(self.conv1(x)))
        a = gelu(self.bn2(self.conv2(x)))
        fine = a + gelu(self.bn2b(self.conv2b(a)))
        x = self.bn3(self.conv3(fine))
        pos = self.pos_embed
        if x.shape[2:] != pos.shape[2:]:
            pos = F.interpolate(pos, x.shape[2:], mode='bilinear', align_corners=False)
        x = (x + pos).flatten(2).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        return self.norm(x), fine.flatten(2).transpose(1, 2)

    def fold_batch_norm(self):
        for conv, name in ((self.conv1, 'bn1'), (self.conv2, 'bn2'), (self.conv2b, 'bn2b'), (self.conv3, 'bn3')):
            bn = getattr(self, name)
            if isinstance(bn, nn.Identity):
                continue
            scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
            conv.weight.data = conv.weight.data * scale[:, None, None, None]
            conv.bias.data = (conv.bias.data - bn.running_mean) * scale + bn.bias.data
            setattr(self, name, nn.Identity())
        return self


class Connector(nn.Module):
    """Dense evidence (heat, geometry), global evidence (scene, presence) and the LLM's visual rows.

    Detection reads tower features at stride 8; scene and presence read pooled texture statistics as well, since those
    alone carry most of a scene's identity on small training sets.
    """

    def __init__(self, cfg=CONFIG):
        super().__init__()
        f, d, c2, h = cfg['neck'], cfg['width'], cfg['conv2'], cfg['hidden']
        self.lat_fine = nn.Conv2d(c2, f, 1)
        self.lat_token = nn.Conv2d(d, f, 1)
        self.neck1 = nn.Conv2d(f, f, 3, 1, 1)
        self.neck2 = nn.Conv2d(f, f, 3, 1, 1)
        self.heat1, self.heat2 = nn.Conv2d(f, 64, 3, 1, 1), nn.Conv2d(64, len(CLASSES), 1)
        self.geom1, self.geom2 = nn.Conv2d(f, 64, 3, 1, 1), nn.Conv2d(64, 6, 1)
        self.heat2.bias.data.fill_(-4.0)
        self.geom2.weight.data.mul_(0.1)
        self.geom2.bias.data = torch.tensor([0.0, 0, 1.2, 1.0, 0, 0.5])
        self.texton = nn.Linear(c2, 384)
        self.stat_norm = nn.LayerNorm(2 * 384 + 2 * d + f, eps=1e-5)
        self.stat_fc = nn.Linear(2 * 384 + 2 * d + f, 384)
        self.drop = nn.Dropout(0.2)
        self.scene_head = nn.Linear(384, len(SCENES))
        self.presence_head = nn.Linear(384, len(PRESENCE))
        self.merge1, self.merge2 = nn.Linear(4 * d, h), nn.Linear(h, h)
        self.global_row = nn.Linear(384, h)
        self.scene_row = nn.Linear(len(SCENES), h)
        self.presence_row = nn.Linear(2 * len(PRESENCE), h)

    def evidence(self, tokens, fine, side=None):
        """Returns dict of logits and maps (NCHW inside)."""
        b, n, d = tokens.shape
        g = side or int(math.isqrt(n))
        tok = tokens.transpose(1, 2).reshape(b, d, g, g)
        fin = fine.transpose(1, 2).reshape(b, -1, 2 * g, 2 * g)
        up = F.interpolate(self.lat_token(tok), scale_factor=2, mode='bilinear', align_corners=False)
        neck = gelu(self.lat_fine(fin) + up)
        neck = neck + gelu(self.neck1(neck))
        neck = neck + gelu(self.neck2(neck))
        heat = self.heat2(gelu(self.heat1(neck)))
        geom = self.geom2(gelu(self.geom1(neck)))
        t = gelu(self.texton(fine)).float()
        mean = t.mean(1)
        std = torch.sqrt(((t - mean[:, None]) ** 2).mean(1) + 1e-5)
        tf = tokens.float()
        stats = torch.cat([mean, std, tf.mean(1), tf.amax(1), neck.float().amax((2, 3))], 1)
        g384 = gelu(self.stat_fc(self.stat_norm(stats)))
        dropped = self.drop(g384)
        return dict(neck=neck, heat=heat, geom=geom, scene=self.scene_head(dropped),
                    presence=self.presence_head(dropped), stats=g384)

    def visual(self, tokens, ev):
        """The 67 rows that the language model sees. Evidence is sharpened, so that a decision already made by the
        heads (arg-max, p > 0.5) is easy to read for a small model."""
        b, n, d = tokens.shape
        g = int(math.isqrt(n))
        m = tokens.reshape(b, g // 2, 2, g // 2, 2, d).permute(0, 1, 3, 2, 4, 5).reshape(b, n // 4, 4 * d)
        rows = self.merge2(gelu(self.merge1(m)))
        scene = torch.softmax(3.0 * ev['scene'].float(), -1)
        p = ev['presence'].float()
        presence = torch.cat([torch.sigmoid(p), torch.sigmoid(8.0 * p)], -1)
        extra = [self.global_row(ev['stats'].float()), self.scene_row(scene), self.presence_row(presence)]
        return torch.cat([rows.float()] + [e.float()[:, None] for e in extra], 1)

    def forward(self, tokens, fine):
        ev = self.evidence(tokens, fine)
        nhwc = lambda x: x.permute(0, 2, 3, 1)
        return (self.visual(tokens, ev), nhwc(ev['neck']), torch.sigmoid(nhwc(ev['heat'])), nhwc(ev['geom']),
                torch.softmax(ev['scene'], -1), torch.sigmoid(ev['presence']))


class Proposals(nn.Module):
    """(geometry [.., 6], scores [.., C], features [.., F]) -> LLM rows [.., hidden]."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.fc1 = nn.Linear(6 + len(CLASSES) + cfg['neck'], cfg['hidden'])
        self.fc2 = nn.Linear(cfg['hidden'], cfg['hidden'])

    def forward(self, geometry, scores, features):
        return self.fc2(gelu(self.fc1(torch.cat([geometry, scores, features], -1))))


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
    """Causal grouped-query attention spelt out: its backward pass is cheaper on CPU than the fused kernel's."""
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
            x, kv = layer(x, cos, sin, None if past is None else past[i])
            present.append(kv)
        return self.norm(x), present

    def forward(self, embeds, past=None):
        x, present = self.hidden_states(embeds, past)
        return self.head(x[:, -1:]), present


class Refiner(nn.Module):
    """Box -> mask: crop [N, 5, 64, 64], features [N, F, 16, 16], label [N, C] -> logits [N, 1, 64, 64]."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.e1 = nn.Conv2d(5, 24, 3, 1, 1)
        self.e2 = nn.Conv2d(24, 48, 3, 2, 1)
        self.e3 = nn.Conv2d(48, 96, 3, 2, 1)
        self.feature = nn.Conv2d(cfg['neck'], 96, 1)
        self.label = nn.Linear(len(CLASSES), 96)
        self.m1 = nn.Conv2d(96, 96, 3, 1, 1)
        self.m2 = nn.Conv2d(96, 96, 3, 1, 2, 2)
        self.d2 = nn.Conv2d(96 + 48, 48, 3, 1, 1)
        self.d1 = nn.Conv2d(48 + 24, 24, 3, 1, 1)
        self.outc = nn.Conv2d(24, 1, 1)

    def forward(self, crop, features, label):
        a = gelu(self.e1(crop))
        b = gelu(self.e2(a))
        c = gelu(self.e3(b) + self.feature(features) + self.label(label)[:, :, None, None])
        c = c + gelu(self.m1(c))
        c = c + gelu(self.m2(c))
        up = lambda x: F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)
        b = gelu(self.d2(torch.cat([up(c), b], 1)))
        a = gelu(self.d1(torch.cat([up(b), a], 1)))
        return self.outc(a)


class Nadir(nn.Module):
    """All parts in one state dict."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.tower, self.connector, self.proposals = Tower(cfg), Connector(cfg), Proposals(cfg)
        self.llm, self.refiner = LLM(cfg), Refiner(cfg)
