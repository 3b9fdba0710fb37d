"""All losses of the pyramid tower's heads on one batch. What a sample has no label for weighs nothing."""
from functools import reduce

import torch
import torch.nn.functional as F

from ..core.boxes import STRIDE
from ..core.names import BOXES, COVER
from ..core.normalise import MEAN, STD
from ..data.items import BUILDING, CAR, OBB
from ..model.precision import autocast
from .losses import box_loss, density_loss, focal_loss, heat_loss

RARE = [1.8, 2.0, 1.5, 2.5, 1.0, 1.0, 1.5, 1.5, 1.5, 1.0, 1.5, 1.5]  # heat loss weight of each class
SCARCE = [1.0, 1.0, 3.0, 3.0, 0.7, 0.7]  # land-cover loss weight of a cell that must be one class, by class: there is ten times as much pavement as soil
GRADED = [BUILDING, CAR]  # classes whose boxes are loose enough that heat should say how well they fit


@torch.no_grad()
def fit_quality(geom, box, heat, hull, stride=STRIDE, side=16):
    """[B,C,g,g]: at the own cell of a building or car the IoU of the predicted box with the true one (with an upright truth, of the
    predicted box's hull), at least 0.2; 1 elsewhere. The overlap is counted on side x side points of the predicted box, which is
    exact to some hundredths and fast enough for hundreds of cars."""
    quality = torch.ones_like(heat)
    own = (heat > 0.999) & (torch.arange(heat.shape[1], device=heat.device).view(1, -1, 1, 1) == box[..., 5][:, None])
    b, c, row, col = own[:, GRADED].nonzero(as_tuple=True)
    if not len(b):
        return quality
    g, t, turned = geom[b, :, row, col].float(), box[b, row, col], hull[b, row, col] == OBB
    w, h = stride * torch.exp(g[:, 2].clamp(-2, 4.6)), stride * torch.exp(g[:, 3].clamp(-2, 4.6))
    angle = torch.atan2(g[:, 4], g[:, 5]) / 2
    cos, sin = angle.cos().abs(), angle.sin().abs()
    w, h = torch.where(turned, w, w * cos + h * sin), torch.where(turned, h, w * sin + h * cos)
    # The points, in the predicted box's frame, then from the true box's middle in the picture's, then in the true box's.
    even = (torch.arange(side, device=g.device) + 0.5) / side - 0.5
    u, v = (w[:, None, None] * even[None, :, None]).expand(-1, side, side), (h[:, None, None] * even[None, None, :]).expand(-1, side, side)
    frame = lambda a: (a.cos()[:, None, None], a.sin()[:, None, None])
    cos, sin = frame(torch.where(turned, angle, torch.zeros_like(angle)))
    x = u * cos - v * sin + ((col + 0.5 + g[:, 0]) * stride - t[:, 0])[:, None, None]
    y = u * sin + v * cos + ((row + 0.5 + g[:, 1]) * stride - t[:, 1])[:, None, None]
    cos, sin = frame(torch.deg2rad(t[:, 4]) * turned)
    inside = ((x * cos + y * sin).abs() <= t[:, 2, None, None] / 2) & ((y * cos - x * sin).abs() <= t[:, 3, None, None] / 2)
    both = inside.float().mean((1, 2)) * w * h
    quality[b, torch.tensor(GRADED, device=c.device)[c], row, col] = (both / (w * h + t[:, 2] * t[:, 3] - both).clamp(min=1)).clamp(0.2, 1)
    return quality


def cover_loss(logits, target):
    """Cross entropy of land cover [B,K,g,g] against the classes that each pixel may be, bits of u8 [B,4g,4g]: what is learned is the
    probability of all of them together. A cell may be what any of its pixels may be. Cells that may be anything weigh nothing; one
    that must be one class weighs most."""
    b, side, _ = target.shape
    target = target.view(b, side // 4, 4, side // 4, 4)
    target = reduce(torch.bitwise_or, [target[:, :, i, :, j] for i in range(4) for j in range(4)])
    bits = torch.tensor([1 << k for k in range(len(COVER))], device=target.device, dtype=torch.uint8).view(1, -1, 1, 1)
    may = (target[:, None] & bits) > 0
    log_p = F.log_softmax(logits.float(), 1)
    loss = -torch.logsumexp(log_p.masked_fill(~may, -1e4), 1)
    weight = torch.tensor([0.0, 1.0, 0.7, 0.5, 0.35, 0.25, 0.0], device=target.device)[may.sum(1)]
    scarce = (may * torch.tensor(SCARCE, device=target.device).view(1, -1, 1, 1)).sum(1)
    weight = torch.where(may.sum(1) == 1, scarce, weight)
    return (loss * weight).sum() / weight.sum().clamp(min=200.0)


def pixels(batch):
    """u8[B,S,S,4] and whether near infrared may be seen [B] -> normalised f32[B,S,S,4]."""
    device = batch['image'].device
    x = (batch['image'].float().div_(255) - torch.tensor(MEAN, device=device)) / torch.tensor(STD, device=device)
    x[..., 3] *= batch['nir'][:, None, None]
    return x


def losses(model, batch, frozen=0):
    """({name: loss}, share of scenes that are right)."""
    x = pixels(batch)
    with autocast(x.device.type):
        ev = model.connector.evidence(*model.tower(x, frozen))
    out, known = {}, batch['scene'] >= 0
    out['scene'] = focal_loss(ev['scene'].float()[known], batch['scene'][known]) * 0.7 if known.any() else x.new_zeros(())
    bce = lambda logits, truth: (F.binary_cross_entropy_with_logits(logits.float(), truth.clamp(min=0), reduction='none') * (truth >= 0)).sum() / (truth >= 0).sum().clamp(min=1)
    out['presence'] = bce(ev['presence'], batch['presence']) * 3
    quality = fit_quality(ev['geom'], batch['box'], batch['heat'], batch['hull'])
    out['heat'] = heat_loss(ev['heat'].float(), batch['heat'], batch['weight'], RARE[:len(BOXES)], quality)
    out['box'] = box_loss(ev['geom'], batch['box'], batch['bw'], batch['hull']) * 2
    out['cover'] = cover_loss(ev['cover'], batch['allowed'])
    out['quality'] = bce(ev['quality'], batch['quality']) * 2
    out['density'] = density_loss(ev['density'][:, 0], batch['density']) * 0.7
    right = (ev['scene'][known].argmax(-1) == batch['scene'][known]).float().mean() if known.any() else x.new_ones(())
    return out, right
