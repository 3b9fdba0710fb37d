"""Nadir S in PyTorch: vision tower, connector with dense evidence, proposal embedding, language model, refiner.

Shapes follow public/models/nadir-s: NHWC outside, [in, out] weights in the exported files. Everything that the app
runs is written with plain operators, so that export.py can spell the same graph by hand.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .defects import DEFECTS
from .model_config import CONFIG
from .model_llm import LLM
from .names import CLASSES, DENSITY, DENSITY_STEPS, PRESENCE, SCENES

EVIDENCE_ROWS = 4 + len(PRESENCE)


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


class DenseHead(nn.Module):
    """Maps of `out` channels at stride 4 from the neck at stride 8: [B, F, g, g] -> [B, out, 2g, 2g]."""

    def __init__(self, neck, out):
        super().__init__()
        self.conv1 = nn.Conv2d(neck, 128, 3, 1, 1)
        self.conv2 = nn.Conv2d(32, 32, 3, 1, 1)
        self.conv3 = nn.Conv2d(32, out, 1)

    def forward(self, neck):
        x = F.pixel_shuffle(gelu(self.conv1(neck)), 2)
        return self.conv3(x + gelu(self.conv2(x)))


class Connector(nn.Module):
    """Dense evidence (heat and geometry at stride 4, densities at stride 8), global evidence (scene, presence, quality)
    and the LLM's visual rows.

    Scene, presence and quality read pooled texture statistics as well, since those alone carry most of a scene's
    identity on small training sets.
    """

    def __init__(self, cfg=CONFIG):
        super().__init__()
        f, d, c2, h = cfg['neck'], cfg['width'], cfg['conv2'], cfg['hidden']
        self.lat_fine = nn.Conv2d(c2, f, 1)
        self.lat_token = nn.Conv2d(d, f, 1)
        self.neck1 = nn.Conv2d(f, f, 3, 1, 1)
        self.neck2 = nn.Conv2d(f, f, 3, 1, 1)
        # A roof or a diamond may be half a tile wide: what boxes are told from must see as far.
        self.wide1, self.wide2 = nn.Conv2d(f, f, 3, 1, 2, 2), nn.Conv2d(f, f, 3, 1, 4, 4)
        for layer in (self.wide1, self.wide2):
            layer.weight.data.mul_(0.1)
        self.heat, self.geom = DenseHead(f, len(CLASSES)), DenseHead(f, 6)
        self.heat.conv3.bias.data.fill_(-4.0)
        self.geom.conv3.weight.data.mul_(0.1)
        self.geom.conv3.bias.data = torch.tensor([0.0, 0, 1.9, 1.7, 0, 0.5])
        self.dens1, self.dens_mid, self.dens2 = nn.Conv2d(f, 64, 3, 1, 1), nn.Conv2d(64, 64, 3, 1, 2, 2), nn.Conv2d(64, len(DENSITY), 1)
        self.dens_mid.weight.data.mul_(0.1)
        self.dens2.bias.data.fill_(-3.0)
        self.density_scale = nn.Parameter(torch.ones(len(DENSITY)))  # set on held-out tiles: new places are undercounted
        stats = 2 * 384 + 2 * d + f
        self.texton = nn.Linear(c2, 384)
        self.stat_norm = nn.LayerNorm(stats, eps=1e-5)
        self.stat_fc = nn.Linear(stats, 384)
        self.drop = nn.Dropout(0.2)
        self.scene_head = nn.Linear(384, len(SCENES))
        self.presence_head = nn.Linear(384, len(PRESENCE))
        # A hole in the data is one place of many, which statistics over the tile blur: its strongest cell is looked for.
        self.quality_local = nn.Linear(c2, 96)
        self.quality_fc, self.quality_head = nn.Linear(stats + 2 * 96, 128), nn.Linear(128, len(DEFECTS))
        self.merge1, self.merge2 = nn.Linear(4 * d, h), nn.Linear(h, h)
        self.global_row = nn.Linear(384, h)
        self.scene_row = nn.Linear(2 * len(SCENES), h)
        # A row a label: a small language model looks a label's row up more surely than it takes one number out of a mixture.
        self.presence_rows = nn.Parameter(torch.randn(3, len(PRESENCE), h) * 0.5)
        self.density_row = nn.Linear(2 * len(DENSITY) * len(DENSITY_STEPS), h)
        self.quality_row = nn.Linear(2 * len(DEFECTS), h)
        self.register_buffer('steps', torch.log1p(torch.tensor(DENSITY_STEPS, dtype=torch.float32)), persistent=False)

    def neck(self, tokens, fine, side=None):
        """Features [B, F, 2g, 2g] at stride 8 of tokens [B, g*g, D] and fine [B, 4*g*g, C]."""
        b, n, d = tokens.shape
        g = side or int(math.isqrt(n))
        tok = tokens.transpose(1, 2).reshape(b, d, g, g)
        fin = fine.transpose(1, 2).reshape(b, -1, 2 * g, 2 * g)
        up = F.interpolate(self.lat_token(tok), scale_factor=2, mode='bilinear', align_corners=False)
        neck = gelu(self.lat_fine(fin) + up)
        neck = neck + gelu(self.neck1(neck))
        return neck + gelu(self.neck2(neck))

    def evidence(self, tokens, fine, side=None):
        """Returns dict of logits and maps (NCHW inside); density is a non-negative map."""
        neck = self.neck(tokens, fine, side)
        density = self.density(neck)
        t = gelu(self.texton(fine)).float()
        mean = t.mean(1)
        std = torch.sqrt(((t - mean[:, None]) ** 2).mean(1) + 1e-5)
        tf = tokens.float()
        stats = self.stat_norm(torch.cat([mean, std, tf.mean(1), tf.amax(1), neck.float().amax((2, 3))], 1))
        g384 = gelu(self.stat_fc(stats))
        dropped = self.drop(g384)
        heat, geom = self.boxes(neck)
        return dict(neck=neck, heat=heat, geom=geom, density=density, scene=self.scene_head(dropped),
                    presence=self.presence_head(dropped), quality=self.quality(stats, fine), stats=g384)

    def boxes(self, neck):
        """Logits of heat [B,C,2g,2g] and geometry [B,6,2g,2g] of a neck [B,F,g,g]."""
        wide = neck + gelu(self.wide1(neck))
        wide = wide + gelu(self.wide2(wide))
        return self.heat(wide), self.geom(wide)

    def quality(self, stats, fine):
        """Logits [B, defects] of pooled statistics [B,S] and cells [B, N, conv2]."""
        local = gelu(self.quality_local(fine)).float()
        return self.quality_head(gelu(self.quality_fc(torch.cat([stats.float(), local.amax(1), local.mean(1)], 1))))

    def density(self, neck):
        """Objects a cell: [B, F, g, g] -> [B, D, g, g]."""
        x = gelu(self.dens1(neck))
        return F.softplus(self.dens2(x + gelu(self.dens_mid(x))).float()) * self.density_scale[:, None, None]

    def evidence_rows(self, ev):
        """The rows of global evidence, each soft and decided (arg-max, p > 0.5), since a small language model reads a decision
        better than a probability: whole image, scene, density, quality, then one a presence label.
        ev: stats [B,384], logits scene, presence, quality, count [B,D]."""
        scene = ev['scene'].float()
        best = (scene >= scene.amax(-1, keepdim=True)).float()
        p, q = ev['presence'].float(), ev['quality'].float()
        apart = (torch.log1p(ev['count'].float())[..., None] - self.steps).abs()
        near = (apart <= apart.amin(-1, keepdim=True)).float()
        around = torch.exp(-(apart / 0.12) ** 2)
        label, soft, hard = self.presence_rows
        present = label + torch.sigmoid(p)[..., None] * soft + (p > 0).float()[..., None] * hard
        rows = torch.stack([
            self.global_row(ev['stats'].float()),
            self.scene_row(torch.cat([torch.softmax(scene, -1), best], -1)),
            self.density_row(torch.cat([around.flatten(1), near.flatten(1)], -1)),
            self.quality_row(torch.cat([torch.sigmoid(q), (q > 0).float()], -1))], 1)
        return torch.cat([rows, present], 1)

    def patch_rows(self, tokens):
        """tokens [B, 256, width] -> 64 rows of 2 x 2 merged patches, raster order."""
        b, n, d = tokens.shape
        g = int(math.isqrt(n))
        m = tokens.reshape(b, g // 2, 2, g // 2, 2, d).permute(0, 1, 3, 2, 4, 5).reshape(b, n // 4, 4 * d)
        return self.merge2(gelu(self.merge1(m))).float()

    def visual(self, tokens, ev):
        """The 64 + EVIDENCE_ROWS rows that the language model sees."""
        return torch.cat([self.patch_rows(tokens), self.evidence_rows(ev).float()], 1)

    def forward(self, tokens, fine):
        ev = self.evidence(tokens, fine)
        ev['count'] = ev['density'].sum((2, 3))
        nhwc = lambda x: x.permute(0, 2, 3, 1)
        return (self.visual(tokens, ev), nhwc(ev['neck']), torch.sigmoid(nhwc(ev['heat'])), nhwc(ev['geom']),
                torch.softmax(ev['scene'], -1), torch.sigmoid(ev['presence']), nhwc(ev['density']), torch.sigmoid(ev['quality']))


class Proposals(nn.Module):
    """(geometry [.., 6], scores [.., C], features [.., F]) -> LLM rows [.., hidden]."""

    def __init__(self, cfg=CONFIG, classes=len(CLASSES)):
        super().__init__()
        self.fc1 = nn.Linear(6 + 2 * classes + cfg['neck'], cfg['hidden'])
        self.fc2 = nn.Linear(cfg['hidden'], cfg['hidden'])

    def forward(self, geometry, scores, features):
        # The class apart from its score, so that a weak proposal still says plainly what it is of.
        kind = (scores >= scores.amax(-1, keepdim=True)).to(scores.dtype)
        return self.fc2(gelu(self.fc1(torch.cat([geometry, scores, kind, features], -1))))


class Change(nn.Module):
    """Two necks of one place, before and after [B, F, 32, 32] -> dict(heat [B,1,32,32], geom [B,6,32,32], changed [B,1]
    logits, row [B,1,H] for the language model). Works on features, so that light, season and sensor count for little."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        f, w = cfg['neck'], 96
        self.mix = nn.Conv2d(4 * f, w, 1)
        self.conv1 = nn.Conv2d(w, w, 3, 1, 1)
        self.conv2 = nn.Conv2d(w, w, 3, 1, 2, 2)
        self.conv3 = nn.Conv2d(w, w, 3, 1, 4, 4)
        self.heat, self.geom = nn.Conv2d(w, 1, 1), nn.Conv2d(w, 6, 1)
        self.heat.bias.data.fill_(-3.0)
        self.geom.bias.data = torch.tensor([0.0, 0, 1.6, 1.4, 0, 0.5])
        self.changed1, self.changed2 = nn.Linear(2 * w + 1, 64), nn.Linear(64, 1)
        self.row = nn.Linear(64 + 2, cfg['hidden'])

    @staticmethod
    def moved(before, after):
        """How far `after` is from all that `before` has within a cell's reach: roofs lean and registration is never perfect, and
        neither is a change."""
        most, least = F.max_pool2d(before, 3, 1, 1), -F.max_pool2d(-before, 3, 1, 1)
        return F.relu(after - most) + F.relu(least - after)

    def forward(self, before, after):
        x = gelu(self.mix(torch.cat([before, after, (after - before).abs(), self.moved(before, after)], 1)))
        x = x + gelu(self.conv1(x))
        x = x + gelu(self.conv2(x))
        x = x + gelu(self.conv3(x))
        heat = self.heat(x)
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3)), heat.amax((2, 3))], 1)
        seen = gelu(self.changed1(pooled))
        changed = self.changed2(seen)
        row = self.row(torch.cat([seen, torch.sigmoid(changed), (changed > 0).to(seen.dtype)], -1))
        return dict(heat=heat, geom=self.geom(x), changed=changed, row=row[:, None], seen=seen)


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
        self.change, self.change_proposals = Change(cfg), Proposals(cfg, 1)
