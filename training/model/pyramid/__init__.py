"""The tower of edition 1.0: EfficientNet-Lite stages as stem and pyramid, ViT blocks over the tile at stride 16."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from ...core.config import PYRAMID
from ..block import Block
from ..lite import Lite


def cells(x):
    """[B, C, g, g] -> [B, g*g, C]"""
    return x.flatten(2).transpose(1, 2)


def grid(x):
    """[B, g*g, C] -> [B, C, g, g]"""
    side = math.isqrt(x.shape[1])
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], side, side)


class PyramidTower(nn.Module):
    """pixels [B, S, S, 4] -> tokens [B, n, width] at stride 16 (n = (S/16)^2), fine [B, 4n, C8] at stride 8, finer [B, 16n, C4 + glance] at
    stride 4, deep [B, n/4, C32] at stride 32."""

    def __init__(self, cfg=PYRAMID):
        super().__init__()
        d = cfg['width']
        self.lite = Lite(cfg['variant'], cfg['bands'])
        self.sizes = dict(zip((2, 4, 8, 16, 16, 32, 32), self.lite.channels))  # channels of the last stage of each stride
        # Near infrared and colour themselves: ImageNet's filters never saw the first and care little about the second.
        self.glance = nn.Conv2d(cfg['bands'], cfg['glance'], 4, 4)
        self.into16, self.into32 = nn.Conv2d(self.sizes[16], d, 1), nn.Conv2d(self.sizes[32], d, 1)
        side = cfg['image'] // 16
        self.pos_embed = nn.Parameter(torch.randn(1, d, side, side) * 0.02)
        self.blocks = nn.ModuleList(Block(d, cfg['heads'], cfg['mlp'], cfg['eps']) for _ in range(cfg['depth']))
        self.norm = nn.LayerNorm(d, eps=cfg['eps'])
        for block in self.blocks:
            for layer in (block.qkv, block.fc1, block.proj, block.fc2):
                nn.init.trunc_normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
            for layer in (block.proj, block.fc2):
                layer.weight.data.mul_(1 / math.sqrt(2 * cfg['depth']))

    def forward(self, pixels, frozen=0):
        """`frozen`: how many stages of EfficientNet-Lite, with its stem, learn nothing."""
        pixels = pixels.permute(0, 3, 1, 2)
        _, s4, s8, _, s16, _, s32 = self.lite(pixels, frozen)
        up = F.interpolate(self.into32(s32), scale_factor=2, mode='bilinear', align_corners=False)
        x, pos = self.into16(s16) + up, self.pos_embed
        if x.shape[2:] != pos.shape[2:]:
            pos = F.interpolate(pos, x.shape[2:], mode='bilinear', align_corners=False)
        x = cells(x + pos)
        for block in self.blocks:
            x = block(x)
        finer = torch.cat([s4, F.relu6(self.glance(pixels))], 1)
        return self.norm(x), cells(s8), cells(finer), cells(s32)
