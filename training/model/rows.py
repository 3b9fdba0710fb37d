"""The rows that the language model reads, made of a tower's tokens and of what its heads decided; and what heads of both editions share."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from ..core.names import DEFECTS, DENSITY, DENSITY_STEPS, PRESENCE, SCENE_SCALES, SCENES
from .block import gelu

EVIDENCE_ROWS = 4 + len(PRESENCE)


def by_scale(logits):
    """Scene logits [.., 21 or 31] -> probabilities, which sum to 1 within each group of SCENE_SCALES."""
    return torch.cat([torch.softmax(logits[..., a:b], -1) for a, b, _ in SCENE_SCALES if a < logits.shape[-1]], -1)


class Rows(nn.Module):
    """Layers from evidence to rows; the heads of a tower are added to them by teacher.Connector and pyramid.dense.Evidence, which have a
    method `evidence` of the tower's outputs."""

    def __init__(self, width, hidden):
        super().__init__()
        self.merge1, self.merge2 = nn.Linear(4 * width, hidden), nn.Linear(hidden, hidden)
        self.global_row = nn.Linear(384, hidden)
        self.scene_row = nn.Linear(2 * len(SCENES), hidden)
        # One row per label: a small language model finds a label's row more reliably than one number in a mixture.
        self.presence_rows = nn.Parameter(torch.randn(3, len(PRESENCE), hidden) * 0.5)
        self.density_row = nn.Linear(2 * len(DENSITY) * len(DENSITY_STEPS), hidden)
        self.quality_row = nn.Linear(2 * len(DEFECTS), hidden)
        self.register_buffer('steps', torch.log1p(torch.tensor(DENSITY_STEPS, dtype=torch.float32)), persistent=False)

    def evidence_rows(self, ev):
        """The rows of global evidence, each soft and decided (arg-max, p > 0.5), since a small language model reads a decision
        better than a probability: whole image, scene, density, quality, then one a presence label.
        ev: stats [B,384], logits scene (of SCENES first), presence, quality, count [B,D]."""
        scene = ev['scene'].float()[:, :len(SCENES)]
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

    def density(self, neck):
        """Objects per cell of stride 8: [B, F, g, g] -> [B, D, g, g]."""
        x = gelu(self.dens1(neck))
        return F.softplus(self.dens2(x + gelu(self.dens_mid(x))).float()) * self.density_scale[:, None, None]

    def quality(self, stats, cells):
        """Logits [B, defects] of pooled statistics [B,S] and cells [B, N, C]."""
        local = gelu(self.quality_local(cells)).float()
        return self.quality_head(gelu(self.quality_fc(torch.cat([stats.float(), local.amax(1), local.mean(1)], 1))))

    def forward(self, *features):
        """The tower's outputs -> what the connector's graph gives, by name, NHWC: visual, neck, heat, geom, scene, presence, density, quality,
        and of edition 1.0 cover. Probabilities but for visual, neck, geom and density."""
        ev = self.evidence(*features)
        ev['count'] = ev['density'].sum((2, 3))
        nhwc = lambda name: ev[name].permute(0, 2, 3, 1)
        cover = {'cover': torch.softmax(nhwc('cover'), -1)} if 'cover' in ev else {}
        return dict(visual=self.visual(features[0], ev), neck=nhwc('neck'), heat=torch.sigmoid(nhwc('heat')), geom=nhwc('geom'), scene=by_scale(ev['scene']),
                    presence=torch.sigmoid(ev['presence']), density=nhwc('density'), quality=torch.sigmoid(ev['quality']), **cover)
