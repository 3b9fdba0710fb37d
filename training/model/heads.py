"""The small networks beside the connector: proposal tokens, change between two images, box to mask."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.config import CONFIG
from .block import gelu


class Proposals(nn.Module):
    """(geometry [.., 6], scores [.., C], features [.., F]) -> LLM rows [.., hidden]."""

    def __init__(self, cfg=CONFIG, classes=None):
        """`classes`: how many, without it those of `cfg`."""
        super().__init__()
        classes = classes or len(cfg['boxes'])
        self.fc1 = nn.Linear(6 + 2 * classes + cfg['neck'], cfg['hidden'])
        self.fc2 = nn.Linear(cfg['hidden'], cfg['hidden'])

    def forward(self, geometry, scores, features):
        # The class is given apart from its score, so that a weak proposal still has a clear class.
        kind = (scores >= scores.amax(-1, keepdim=True)).to(scores.dtype)
        return self.fc2(gelu(self.fc1(torch.cat([geometry, scores, kind, features], -1))))


class Change(nn.Module):
    """Two necks of one place, before and after [B, F, 32, 32] -> dict(heat [B,1,32,32], geom [B,6,32,32], changed [B,1]
    logits, row [B,1,H] for the language model). Works on features, so that light, season and sensor count for little."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        f, w = cfg['neck'], 96
        # Differences are taken of features that mean what the teacher's did: see stages.tower.whole.
        self.read = nn.Conv2d(f, f, 1)
        nn.init.dirac_(self.read.weight)
        nn.init.zeros_(self.read.bias)
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
        """How far each value of `after` lies outside the range of `before` within one cell around it. Leaning roofs and imperfect
        registration shift things by as much and are not changes."""
        most, least = F.max_pool2d(before, 3, 1, 1), -F.max_pool2d(-before, 3, 1, 1)
        return F.relu(after - most) + F.relu(least - after)

    def forward(self, before, after):
        before, after = self.read(before), self.read(after)
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
    """Box -> mask: crop [N, 5, 64, 64], features [N, F, 16, 16], label [N, classes with masks] -> logits [N, 1, 64, 64]."""

    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.e1 = nn.Conv2d(5, 24, 3, 1, 1)
        self.e2 = nn.Conv2d(24, 48, 3, 2, 1)
        self.e3 = nn.Conv2d(48, 96, 3, 2, 1)
        self.feature = nn.Conv2d(cfg['neck'], 96, 1)
        self.label = nn.Linear(len(cfg['masks']), 96)
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
