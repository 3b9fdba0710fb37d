"""Cut-outs of boxed objects and their pasting onto other tiles."""
import math

import cv2
import numpy as np

from ..core import boxes
from .items import AABB, CAR, DIAMOND, OBB, TANK, UPRIGHT


def cut_outs(items):
    """RGBA patches of boxed objects, turned so that the box is upright: dict(cls, patch u8[h,w,4], alphas, w, h)."""
    out = []
    for it in items:
        h0, w0 = it['image'].shape[:2]
        for o in it['objects']:
            cls, cx, cy, w, h, theta, mode = o
            if mode == AABB or min(w, h) < 14:
                continue
            p = np.array(boxes.corners((cx, cy, w, h, theta)))
            if p.min() < -2 or p[:, 0].max() > w0 + 2 or p[:, 1].max() > h0 + 2:
                continue
            grow = 1.12
            pw, ph = int(w * grow), int(h * grow)
            m = cv2.getRotationMatrix2D((cx, cy), theta, 1.0)
            m[:, 2] += np.array([pw / 2 - cx, ph / 2 - cy])
            patch = cv2.warpAffine(np.ascontiguousarray(it['image'][..., :3]), m, (pw, ph), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            yy, xx = np.mgrid[0:ph, 0:pw]
            u, v = np.abs((xx + 0.5 - pw / 2) / (w / 2)), np.abs((yy + 0.5 - ph / 2) / (h / 2))
            if cls in (TANK,):
                base = (u ** 2 + v ** 2 < 1.03 ** 2)
            elif cls == DIAMOND:
                base = (u ** 4 + v ** 4 < 1.05)
            else:
                base = (u < 1.04) & (v < 1.04)
            alphas = [base.astype(np.float32)]
            if cls == 0:
                mask = np.full((ph, pw), cv2.GC_PR_FGD, np.uint8)
                mask[~((u < 1.0) & (v < 1.0))] = cv2.GC_BGD
                mask[(u > 0.55) & (v > 0.55)] = cv2.GC_PR_BGD
                mask[(v < 0.06) & (u < 0.7)] = cv2.GC_FGD
                try:
                    cv2.grabCut(patch, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
                    fg = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
                    if 0.14 < fg.mean() < 0.5:
                        alphas = [cv2.morphologyEx(fg.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3))).astype(np.float32)]
                except cv2.error:
                    pass
            out.append(dict(cls=int(cls), patch=patch, alpha=alphas[0], w=float(w), h=float(h), cut=len(alphas) == 1 and cls == 0))
    return out


def long_cars(item):
    """Cars whose upright hull is so long that it is their box: the only ones of KIT whose angle is known."""
    return [(cls, cx, cy, max(w, h), min(w, h), 0.0 if w > h else 90.0, OBB) for cls, cx, cy, w, h, _, _ in item['objects']
            if cls == CAR and max(w, h) > 1.9 * min(w, h)]


def car_cut_outs(items):
    return cut_outs([dict(it, objects=long_cars(it)) for it in items])


def paste(rng, canvas, objects, cut, scale_range=(0.3, 1.15), masks=None):
    """Blends one cut-out into u8[S,S,4] at a free place; returns the new object or None."""
    size = canvas.shape[0]
    lo = max(scale_range[0], 12 / max(cut['w'], cut['h']))
    s = float(np.exp(rng.uniform(math.log(lo), math.log(max(lo * 1.01, scale_range[1])))))
    cls = cut['cls']
    theta = float(rng.integers(4) * 90) if cls == DIAMOND else float(rng.uniform(0, 360))
    w, h = cut['w'] * s, cut['h'] * s
    for _ in range(6):
        cx, cy = rng.uniform(0.03, 0.97, 2) * size
        r = math.hypot(w, h) / 2
        if all(math.hypot(o[1] - cx, o[2] - cy) > r * 0.8 + math.hypot(o[3], o[4]) * 0.4 for o in objects):
            break
    else:
        return None
    ph, pw = cut['patch'].shape[:2]
    c, sn = math.cos(math.radians(theta)) * s, math.sin(math.radians(theta)) * s
    flip = -1 if rng.random() < 0.5 else 1
    m = np.array([[c, -sn * flip, 0], [sn, c * flip, 0]])
    m[:, 2] = np.array([cx - 0.5, cy - 0.5]) - m[:, :2] @ np.array([pw / 2 - 0.5, ph / 2 - 0.5])
    patch, alpha = cut['patch'], cut['alpha']
    if s < 0.6:
        patch = cv2.GaussianBlur(patch, (0, 0), 0.4 / s)
    warped = cv2.warpAffine(patch, m, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    a = cv2.warpAffine(alpha, m, (size, size), flags=cv2.INTER_LINEAR)
    a = cv2.GaussianBlur(a, (0, 0), rng.uniform(0.5, 1.4))[..., None]
    ys, xs = np.nonzero(a[..., 0].any(1))[0], np.nonzero(a[..., 0].any(0))[0]
    if len(ys) == 0:
        return None
    roi = (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))
    gain = rng.uniform(0.8, 1.2) + rng.normal(0, 0.03, 3)
    body = warped[roi].astype(np.float32) * gain
    nir = body.mean(-1, keepdims=True) * rng.uniform(0.8, 1.1)
    blended = canvas[roi] * (1 - a[roi]) + np.concatenate([body, nir], -1) * a[roi]
    canvas[roi] = np.clip(blended, 0, 255).astype(np.uint8)
    if masks is not None:
        masks.append(a[..., 0])
    if cls == TANK:
        return (cls, cx, cy, w, h, 0.0, UPRIGHT)
    if cls == DIAMOND:
        return (cls, cx, cy, *((w, h) if theta % 180 == 0 else (h, w)), 0.0, UPRIGHT)
    return (cls, cx, cy, w, h, theta % 180, OBB)
