"""Evidence of edition 1.0, read from the pyramid: boxes and land cover at stride 4, densities at stride 8, scene, presence and quality."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from ...core.config import CONFIG, PYRAMID
from ...core.names import COVER, DEFECTS, DENSITY, PRESENCE, SCENES, SCENES_10M
from ..block import gelu
from ..rows import Rows
from . import PyramidTower, grid

ROWS = ('merge', 'global_row', 'scene_row', 'presence_rows', 'density_row', 'quality_row')  # how the names of Rows' tensors begin


class Evidence(Rows):
    """The heads, and the language model's rows. Their inputs are the outputs of PyramidTower."""

    def __init__(self, sizes, cfg=PYRAMID):
        """`sizes`: channels of the tower's stages by stride. Without `boxes` in the sizes of `cfg`, all classes."""
        super().__init__(cfg['width'], cfg['hidden'])
        f, t, d = cfg['neck'], cfg['trunk'], cfg['width']
        c4 = sizes[4] + cfg['glance']
        # Neck at stride 8: what refiner, change and proposals read as well.
        self.lat_fine, self.lat_token = nn.Conv2d(sizes[8], f, 1), nn.Conv2d(d, f, 1)
        # The second looks farther, so that the middle of a large building can tell where its walls are.
        self.neck1, self.neck2 = nn.Conv2d(f, f, 3, 1, 1), nn.Conv2d(f, f, 3, 1, 3, 3)
        # Trunk at stride 4, shared by boxes and land cover.
        self.lift, self.lat_finer = nn.Conv2d(f, 4 * t, 1), nn.Conv2d(c4, t, 1)
        self.trunk1, self.trunk2 = nn.Conv2d(t, t, 3, 1, 1), nn.Conv2d(t, t, 3, 1, 1)
        self.heat, self.cover = nn.Conv2d(t, len(cfg.get('boxes', CONFIG['boxes'])), 1), nn.Conv2d(t, len(COVER), 1)
        # Boxes alone look farther: the middle of a large object must tell where its sides are. It starts as nothing.
        self.far0, self.far1, self.far2 = nn.Conv2d(f, 64, 1), nn.Conv2d(64, 64, 3, 1, 2, 2), nn.Conv2d(64, 64, 3, 1, 4, 4)
        self.far_lift = nn.Conv2d(64, 4 * t, 1)
        nn.init.zeros_(self.far_lift.weight)
        nn.init.zeros_(self.far_lift.bias)
        self.geom1, self.geom2 = nn.Conv2d(t, t, 3, 1, 1), nn.Conv2d(t, 6, 1)
        self.heat.weight.data.mul_(0.3)
        self.heat.bias.data.fill_(-4.0)
        self.geom2.weight.data.mul_(0.1)
        self.geom2.bias.data = torch.tensor([0.0, 0, 1.9, 1.7, 0, 0.5])
        self.dens1, self.dens_mid, self.dens2 = nn.Conv2d(f, 64, 3, 1, 1), nn.Conv2d(64, 64, 3, 1, 2, 2), nn.Conv2d(64, len(DENSITY), 1)
        self.dens2.bias.data.fill_(-3.0)
        self.density_scale = nn.Parameter(torch.ones(len(DENSITY)), requires_grad=False)  # set on held-out tiles
        stats = 2 * 128 + 2 * d + 2 * sizes[32]
        self.texton = nn.Linear(sizes[8], 128)
        self.stat_norm, self.stat_fc = nn.LayerNorm(stats, eps=1e-5), nn.Linear(stats, 384)
        self.drop = nn.Dropout(0.2)
        self.scene_head, self.presence_head = nn.Linear(384, len(SCENES) + len(SCENES_10M)), nn.Linear(384, len(PRESENCE))
        # A hole in the data is one spot, which averages over the tile would blur: the largest value of any cell is read as well.
        self.quality_local = nn.Linear(c4, 96)
        self.quality_fc, self.quality_head = nn.Linear(stats + 2 * 96, 128), nn.Linear(128, len(DEFECTS))

    def neck(self, tokens, fine):
        """[B, n, D], [B, 4n, C8] -> [B, F, 2g, 2g] at stride 8."""
        up = F.interpolate(self.lat_token(grid(tokens)), scale_factor=2, mode='bilinear', align_corners=False)
        neck = gelu(self.lat_fine(grid(fine)) + up)
        neck = neck + gelu(self.neck1(neck))
        return neck + gelu(self.neck2(neck))

    def trunk(self, neck, finer):
        """[B, F, 2g, 2g], [B, 16n, C4 + glance] -> [B, trunk, 4g, 4g]: what boxes and land cover are read from."""
        x = gelu(F.pixel_shuffle(self.lift(neck), 2) + self.lat_finer(grid(finer)))
        x = x + gelu(self.trunk1(x))
        return x + gelu(self.trunk2(x))

    def geometry(self, x, neck):
        """Geometry [B, 6, 4g, 4g] of boxes, of trunk and neck."""
        far = gelu(self.far0(neck))
        far = far + gelu(self.far1(far))
        far = far + gelu(self.far2(far))
        return self.geom2(gelu(self.geom1(x + F.pixel_shuffle(self.far_lift(far), 2))))

    def dense(self, neck, finer):
        """Maps at stride 4: logits heat [B, boxes, 4g, 4g] and cover [B, cover, 4g, 4g], geometry [B, 6, 4g, 4g]."""
        x = self.trunk(neck, finer)
        return self.heat(x), self.geometry(x, neck), self.cover(x)

    def pooled(self, tokens, fine, deep):
        """What statistics of a tile are read from [B,S], before their norm."""
        t, tf, df = gelu(self.texton(fine)).float(), tokens.float(), deep.float()
        mean = t.mean(1)
        spread = torch.sqrt(((t - mean[:, None]) ** 2).mean(1) + 1e-5)
        return torch.cat([mean, spread, tf.mean(1), tf.amax(1), df.mean(1), df.amax(1)], 1)

    def scene(self, stats):
        """Normed statistics [B,S] -> logits of scenes and of presence, and [B, 384], which the global row is made of."""
        seen = gelu(self.stat_fc(stats))
        return self.scene_head(self.drop(seen)), self.presence_head(self.drop(seen)), seen

    @torch.no_grad()
    def cool(self, first, after, temperature):
        """Divides the logits of scenes `first` to `after` by a temperature for good."""
        self.scene_head.weight[first:after] /= temperature
        self.scene_head.bias[first:after] /= temperature

    def evidence(self, tokens, fine, finer, deep):
        """dict of logits and maps, NCHW; density is a non-negative map; stats [B, 384] is what the global row is made of."""
        neck = self.neck(tokens, fine)
        heat, geom, cover = self.dense(neck, finer)
        stats = self.stat_norm(self.pooled(tokens, fine, deep))
        scene, presence, seen = self.scene(stats)
        return dict(neck=neck, heat=heat, geom=geom, cover=cover, density=self.density(neck), scene=scene, presence=presence,
                    quality=self.quality(stats, finer), stats=seen)


class Encoder(nn.Module):
    """Tower and evidence. `connector` has the name that a whole model gives it, so that what runs the one runs the other."""

    def __init__(self, cfg=PYRAMID):
        super().__init__()
        self.cfg = dict(cfg)
        self.tower = PyramidTower(cfg)
        self.connector = Evidence(self.tower.sizes, cfg)


def load_encoder(path):
    """The encoder of a checkpoint, in evaluation mode. The rows' layers start anew where stages.tower.whole hasn't been."""
    state = torch.load(path, map_location='cpu')
    model = Encoder(state['cfg'])
    left = model.load_state_dict({name: value for name, value in state['model'].items() if name.startswith(('tower.', 'connector.'))}, strict=False)
    assert not left.unexpected_keys and all(name.removeprefix('connector.').startswith(ROWS) for name in left.missing_keys), left
    return model.eval()
