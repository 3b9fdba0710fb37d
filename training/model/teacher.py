"""Tower and connector of edition 0.5, restored from its model folder: the teacher of what the language model reads.

Nothing trains them any more; the folder's convolutions hold their BatchNorms.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.config import TEACHER
from ..core.names import CLASSES, DEFECTS, DENSITY, PRESENCE, SCENES
from .block import Block, gelu
from .rows import Rows


class Tower(nn.Module):
    """Convolutional stem + ViT. pixels [B, H, W, 4] -> tokens [B, H/16*W/16, width], fine [B, H/8*W/8, conv2]."""

    def __init__(self, cfg=TEACHER):
        super().__init__()
        c1, c2, d = cfg['conv1'], cfg['conv2'], cfg['width']
        self.conv1 = nn.Conv2d(cfg['bands'], c1, 7, 4, 3)
        self.conv2 = nn.Conv2d(c1, c2, 3, 2, 1)
        self.conv2b = nn.Conv2d(c2, c2, 3, 1, 1)
        self.conv3 = nn.Conv2d(c2, d, 3, 2, 1)
        grid = cfg['image'] // 16
        self.pos_embed = nn.Parameter(torch.randn(1, d, grid, grid) * 0.02)
        self.blocks = nn.ModuleList(Block(d, cfg['heads'], cfg['mlp'], cfg['eps']) for _ in range(cfg['depth']))
        self.norm = nn.LayerNorm(d, eps=cfg['eps'])

    def forward(self, pixels):
        x = pixels.permute(0, 3, 1, 2)
        a = gelu(self.conv2(gelu(self.conv1(x))))
        fine = a + gelu(self.conv2b(a))
        x, pos = self.conv3(fine), self.pos_embed
        if x.shape[2:] != pos.shape[2:]:
            pos = F.interpolate(pos, x.shape[2:], mode='bilinear', align_corners=False)
        x = (x + pos).flatten(2).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        return self.norm(x), fine.flatten(2).transpose(1, 2)


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


class Connector(Rows):
    """Dense evidence (heat and geometry at stride 4, densities at stride 8), global evidence (scene, presence, quality)
    and the LLM's visual rows.

    Scene, presence and quality read pooled texture statistics as well, since those alone carry most of a scene's
    identity on small training sets.
    """

    def __init__(self, cfg=TEACHER):
        super().__init__(cfg['width'], cfg['hidden'])
        f, d, c2 = cfg['neck'], cfg['width'], cfg['conv2']
        self.lat_fine = nn.Conv2d(c2, f, 1)
        self.lat_token = nn.Conv2d(d, f, 1)
        self.neck1 = nn.Conv2d(f, f, 3, 1, 1)
        self.neck2 = nn.Conv2d(f, f, 3, 1, 1)
        # A roof or a diamond may be half a tile wide, so the box heads must see that far.
        self.wide1, self.wide2 = nn.Conv2d(f, f, 3, 1, 2, 2), nn.Conv2d(f, f, 3, 1, 4, 4)
        self.heat, self.geom = DenseHead(f, len(CLASSES)), DenseHead(f, 6)
        self.dens1, self.dens_mid, self.dens2 = nn.Conv2d(f, 64, 3, 1, 1), nn.Conv2d(64, 64, 3, 1, 2, 2), nn.Conv2d(64, len(DENSITY), 1)
        self.density_scale = nn.Parameter(torch.ones(len(DENSITY)))
        stats = 2 * 384 + 2 * d + f
        self.texton = nn.Linear(c2, 384)
        self.stat_norm = nn.LayerNorm(stats, eps=1e-5)
        self.stat_fc = nn.Linear(stats, 384)
        self.scene_head = nn.Linear(384, len(SCENES))
        self.presence_head = nn.Linear(384, len(PRESENCE))
        # A hole in the data is one spot, which averages over the tile would blur: the largest value of any cell is read as well.
        self.quality_local = nn.Linear(c2, 96)
        self.quality_fc, self.quality_head = nn.Linear(stats + 2 * 96, 128), nn.Linear(128, len(DEFECTS))

    def neck(self, tokens, fine):
        """Features [B, F, 2g, 2g] at stride 8 of tokens [B, g*g, D] and fine [B, 4*g*g, C]."""
        b, n, d = tokens.shape
        g = math.isqrt(n)
        tok = tokens.transpose(1, 2).reshape(b, d, g, g)
        fin = fine.transpose(1, 2).reshape(b, -1, 2 * g, 2 * g)
        up = F.interpolate(self.lat_token(tok), scale_factor=2, mode='bilinear', align_corners=False)
        neck = gelu(self.lat_fine(fin) + up)
        neck = neck + gelu(self.neck1(neck))
        return neck + gelu(self.neck2(neck))

    def evidence(self, tokens, fine):
        """Returns dict of logits and maps (NCHW inside); density is a non-negative map."""
        neck = self.neck(tokens, fine)
        t = gelu(self.texton(fine)).float()
        mean = t.mean(1)
        std = torch.sqrt(((t - mean[:, None]) ** 2).mean(1) + 1e-5)
        tf = tokens.float()
        stats = self.stat_norm(torch.cat([mean, std, tf.mean(1), tf.amax(1), neck.float().amax((2, 3))], 1))
        g384 = gelu(self.stat_fc(stats))
        heat, geom = self.boxes(neck)
        return dict(neck=neck, heat=heat, geom=geom, density=self.density(neck), scene=self.scene_head(g384),
                    presence=self.presence_head(g384), quality=self.quality(stats, fine), stats=g384)

    def boxes(self, neck):
        """Logits of heat [B,C,2g,2g] and geometry [B,6,2g,2g] of a neck [B,F,g,g]."""
        wide = neck + gelu(self.wide1(neck))
        wide = wide + gelu(self.wide2(wide))
        return self.heat(wide), self.geom(wide)
