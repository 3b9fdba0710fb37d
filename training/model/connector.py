"""The connector: dense and global evidence from the tower's features, and the rows that the language model sees."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.config import CONFIG
from ..core.names import CLASSES, DEFECTS, DENSITY, DENSITY_STEPS, PRESENCE, SCENES
from .tower import gelu

EVIDENCE_ROWS = 4 + len(PRESENCE)


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
        # A roof or a diamond may be half a tile wide, so the box heads must see that far.
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
        # A hole in the data is one spot, which averages over the tile would blur: the largest value of any cell is read as well.
        self.quality_local = nn.Linear(c2, 96)
        self.quality_fc, self.quality_head = nn.Linear(stats + 2 * 96, 128), nn.Linear(128, len(DEFECTS))
        self.merge1, self.merge2 = nn.Linear(4 * d, h), nn.Linear(h, h)
        self.global_row = nn.Linear(384, h)
        self.scene_row = nn.Linear(2 * len(SCENES), h)
        # One row per label: a small language model finds a label's row more reliably than one number in a mixture.
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
        """Objects per cell: [B, F, g, g] -> [B, D, g, g]."""
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
