"""Losses of the dense and global heads."""
import math

import torch
import torch.nn.functional as F

from ..core.boxes import STRIDE
from ..data.items import AABB, BUILDING, CAR

SQUARE = 1.4  # a building's longer side over its shorter, below which nobody can say which is which


def heat_loss(logits, target, weight, rarity, quality=None):
    """CenterNet's penalty-reduced focal loss; cells without labels weigh nothing. `rarity`: weight of each class. `quality` [B,C,g,g]: target of the
    heat at an object's own cell, 1 if left out. Given the overlap of the box that the cell predicts, heat orders boxes by how well
    they fit (generalised focal loss, Li et al. 2020)."""
    p = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    positive = (target > 0.999).float()
    q = torch.ones_like(p) if quality is None else quality
    pos = -(q * torch.log(p) + (1 - q) * torch.log(1 - p)) * (q - p) ** 2 * positive
    neg = -torch.log(1 - p) * p ** 2 * (1 - target) ** 4 * (1 - positive)
    # Otherwise rare classes would be lost among buildings and cars.
    rare = torch.tensor(rarity, device=logits.device).view(1, -1, 1, 1)
    return ((pos + neg) * weight * rare).sum() / positive.sum().clamp(min=4.0)


def covariance(w, h, sin2, cos2):
    """(xx, yy, xy) of the uniform density on a turned w x h rectangle; the angle is doubled."""
    a, b = w ** 2 / 12, h ** 2 / 12
    return (a + b) / 2 + (a - b) / 2 * cos2, (a + b) / 2 - (a - b) / 2 * cos2, (a - b) / 2 * sin2


def gaussian_overlap(dx, dy, p, q):
    """Hellinger distance 0..1 of two boxes seen as Gaussians (ProbIoU, Llerena et al. 2021): smooth in the angle, and it
    punishes an offset by what it costs at the object's own size. p, q: covariances; dx, dy: offset of the centres."""
    a, b, c = (u + v for u, v in zip(p, q))
    det = (a * b - c * c).clamp(min=1e-4)
    mahalanobis = (b * dx * dx - 2 * c * dx * dy + a * dy * dy) / det / 2
    dets = [(u[0] * u[1] - u[2] ** 2).clamp(min=1e-4) for u in (p, q)]
    distance = (mahalanobis + torch.log(det / (4 * torch.sqrt(dets[0] * dets[1]))) / 2).clamp(1e-4, 50)
    return torch.sqrt(1 - torch.exp(-distance) + 1e-4)


def upright_overlap(dx, dy, p, q):
    """1 - GIoU of two upright boxes; p, q: (width, height); dx, dy: offset of the centres."""
    near = [torch.minimum(u / 2, d + v / 2) - torch.maximum(-u / 2, d - v / 2) for d, u, v in ((dx, p[0], q[0]), (dy, p[1], q[1]))]
    far = [torch.maximum(u / 2, d + v / 2) - torch.minimum(-u / 2, d - v / 2) for d, u, v in ((dx, p[0], q[0]), (dy, p[1], q[1]))]
    inter = near[0].clamp(min=0) * near[1].clamp(min=0)
    union = p[0] * p[1] + q[0] * q[1] - inter
    hull = far[0] * far[1]
    return 1 - inter / union.clamp(min=1e-3) + (hull - union) / hull.clamp(min=1e-3)


def box_loss(geom, box, bw, hull, stride=STRIDE):
    """geom [B,6,g,g]; box [B,g,g,6] = (cx, cy, w, h, theta, cls). Rotated labels directly; upright hulls of a rotated
    object through the hull of the predicted box (an airplane is a cross, so its hull is smaller than its box's)."""
    at = bw > 0
    if not at.any():
        return geom.sum() * 0
    g = geom.permute(0, 2, 3, 1)[at].float()
    t, w, kind = box[at], bw[at], hull[at]
    _, rows, cols = torch.nonzero(at, as_tuple=True)
    tx, ty = t[:, 0] / stride - 0.5 - cols, t[:, 1] / stride - 0.5 - rows
    size = (t[:, 2] * t[:, 3]).clamp(min=16).sqrt()
    centre = (F.smooth_l1_loss(g[:, 0], tx, reduction='none', beta=0.1) + F.smooth_l1_loss(g[:, 1], ty, reduction='none', beta=0.1)) * (16 / size).clamp(0.25, 2)
    lw, lh = torch.log(t[:, 2].clamp(min=2) / stride), torch.log(t[:, 3].clamp(min=2) / stride)
    near = lambda i, target: F.smooth_l1_loss(g[:, i], target, reduction='none', beta=0.1)
    sides = near(2, lw) + near(3, lh)
    a2 = torch.deg2rad(t[:, 4]) * 2
    cls = t[:, 5]
    # The longer the box, the more its angle matters. Airplanes are nearly square, but their w axis is the fuselage.
    weight = torch.where(cls == 0, torch.ones_like(w), ((lw - lh).abs() * 2.5).clamp(0.1, 1.5))
    turned = lambda sign: (g[:, 4] - sign * torch.sin(a2)) ** 2 + (g[:, 5] - sign * torch.cos(a2)) ** 2
    # A nearly square building has two descriptions, a quarter turn apart: the nearer one is learned (RSDet, Qian et al. 2021).
    square = (cls == BUILDING) & ((lw - lh).abs() < math.log(SQUARE))
    shape = torch.where(square, torch.minimum(sides + 0.7 * turned(1), near(2, lh) + near(3, lw) + 0.7 * turned(-1)), sides + weight * turned(1))
    norm = torch.sqrt(g[:, 4] ** 2 + g[:, 5] ** 2 + 1e-4)
    cos2 = g[:, 5] / norm
    c, s = torch.sqrt(((1 + cos2) / 2).clamp(min=1e-4)), torch.sqrt(((1 - cos2) / 2).clamp(min=1e-4))
    pw, ph = torch.exp(g[:, 2].clamp(-2, 4.6)), torch.exp(g[:, 3].clamp(-2, 4.6))
    cross = torch.where(cls == 0, torch.full_like(w, 0.8), torch.zeros_like(w))
    hw = cross * torch.maximum(pw * c, ph * s) + (1 - cross) * (pw * c + ph * s)
    hh = cross * torch.maximum(pw * s, ph * c) + (1 - cross) * (pw * s + ph * c)
    hulls = F.smooth_l1_loss(torch.log(hw), lw, reduction='none', beta=0.1) + F.smooth_l1_loss(torch.log(hh), lh, reduction='none', beta=0.1)
    # A car is about 2.3 times as long as wide: a prior that settles the hull's free direction.
    prior = torch.where(cls == CAR, F.smooth_l1_loss(g[:, 2] - g[:, 3], torch.full_like(w, 0.83), reduction='none', beta=0.2), torch.zeros_like(w))
    tw, th = torch.exp(lw), torch.exp(lh)
    sin2 = g[:, 4] / norm
    fit = gaussian_overlap(tx - g[:, 0], ty - g[:, 1], covariance(pw, ph, sin2, cos2), covariance(tw, th, torch.sin(a2), torch.cos(a2)))
    hull_fit = upright_overlap(tx - g[:, 0], ty - g[:, 1], (hw, hh), (tw, th))
    per = centre + torch.where(kind == AABB, hulls + 0.5 * prior + hull_fit, shape + fit)
    return (per * w).sum() / w.sum().clamp(min=4.0)


def focal_loss(logits, target, gamma=1.5, smooth=0.05):
    """Cross entropy in which examples that are already right count less (Lin et al. 2017), with smoothed labels."""
    log_p = F.log_softmax(logits, -1)
    p = log_p.gather(1, target[:, None])[:, 0].exp()
    ce = F.cross_entropy(logits, target, label_smoothing=smooth, reduction='none')
    return ((1 - p) ** gamma * ce).mean() * 2


def density_loss(map_, target):
    """Squared error of the cells, which makes faint trees count by their mean (their median is 0), plus the
    error of the sum in log steps. Images without labels carry -1."""
    known = target[:, 0, 0] >= 0
    if not known.any():
        return map_.sum() * 0
    m, t = map_[known], target[known]
    cells = 4 * ((m - t) ** 2).sum((1, 2)) / t.sum((1, 2)).clamp(min=8)
    total = F.smooth_l1_loss(torch.log1p(m.sum((1, 2))), torch.log1p(t.sum((1, 2))), beta=0.1)
    return cells.mean() + total
