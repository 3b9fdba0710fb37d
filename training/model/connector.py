"""The connector: dense and global evidence from the tower's features, and the rows that the language model sees."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.config import CONFIG
from ..core.names import CLASSES, DEFECTS, DENSITY, PRESENCE, SCENES
from .rows import Rows
from .tower import gelu


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

    def __init__(self, cfg=CONFIG):
        super().__init__(cfg['width'], cfg['hidden'])
        f, d, c2 = cfg['neck'], cfg['width'], cfg['conv2']
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

    def forward(self, tokens, fine):
        ev = self.evidence(tokens, fine)
        ev['count'] = ev['density'].sum((2, 3))
        nhwc = lambda x: x.permute(0, 2, 3, 1)
        return (self.visual(tokens, ev), nhwc(ev['neck']), torch.sigmoid(nhwc(ev['heat'])), nhwc(ev['geom']),
                torch.softmax(ev['scene'], -1), torch.sigmoid(ev['presence']), nhwc(ev['density']), torch.sigmoid(ev['quality']))
