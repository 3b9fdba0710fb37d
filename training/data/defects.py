"""Quality defects drawn into a picture: what a bad sensor, a bad download or bad weather does to it."""
import cv2
import numpy as np

from ..core.names import DEFECTS

BLUR, NOISE, HAZE, STRIPES, MISSING, OVER, UNDER = range(7)


def spoil(rng, image, kind):
    """u8[S,S,4] -> u8[S,S,4] with one defect of random strength, from plainly visible to severe."""
    size = image.shape[0]
    x = image.astype(np.float32)
    if kind == BLUR:
        if rng.random() < 0.6:
            x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(1.6, 4.0)))
        else:  # the platform moved
            n = int(rng.integers(7, 17))
            k = np.zeros((n, n), np.float32)
            a = rng.uniform(0, np.pi)
            c = (n - 1) / 2
            cv2.line(k, (int(round(c - c * np.cos(a))), int(round(c - c * np.sin(a)))), (int(round(c + c * np.cos(a))), int(round(c + c * np.sin(a)))), 1.0, 1)
            x = cv2.filter2D(x, -1, k / k.sum(), borderType=cv2.BORDER_REFLECT_101)
    elif kind == NOISE:
        sigma = rng.uniform(16, 50)
        if rng.random() < 0.75:
            x = x + rng.normal(0, sigma, x.shape if rng.random() < 0.6 else x.shape[:2] + (1,))
        else:  # salt and pepper
            u = rng.random(x.shape[:2])
            p = rng.uniform(0.02, 0.1)
            x[u < p / 2], x[u > 1 - p / 2] = 0, 255
    elif kind == HAZE:
        cover = cv2.resize(rng.random((4, 4)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
        if rng.random() < 0.5:  # thicker on one side
            yy, xx = np.mgrid[0:size, 0:size] / size - 0.5
            t = rng.uniform(0, 2 * np.pi)
            a = np.clip(rng.uniform(0.45, 0.75) * (1 + rng.uniform(0.5, 1.3) * (xx * np.cos(t) + yy * np.sin(t))), 0.15, 0.95)[..., None]
        else:
            a = np.clip(rng.uniform(0.45, 0.75) + rng.uniform(0, 0.3) * (cover - 0.5), 0.3, 0.9)[..., None]
        x = x * (1 - a) + a * np.array([*(rng.uniform(190, 235) + rng.normal(0, 4, 3)), 170], np.float32)
    elif kind == STRIPES:
        if rng.random() < 0.45:  # single bad lines
            period, width = int(rng.integers(5, 14)), 1
        else:
            period = int(rng.integers(2, 17))
            width = int(rng.integers(1, max(2, period // 2) + 1))
        lines = (np.arange(size) + rng.integers(period)) % period < width
        if rng.random() < 0.4:  # irregular: some detectors of the line fail
            lines &= rng.random(size) < 0.5
        if lines.sum() < 6:
            lines[rng.choice(size, 8, replace=False)] = True
        upright = rng.random() < 0.5
        if upright:
            x = x.transpose(1, 0, 2).copy()
        if rng.random() < 0.3:
            x[lines] = rng.choice([0.0, 255.0])
        else:
            sign = rng.choice([-1, 1], size) if rng.random() < 0.5 else np.full(size, rng.choice([-1, 1]))
            x[lines] += (sign * rng.uniform(25, 70))[lines, None, None]
        if upright:
            x = x.transpose(1, 0, 2)
    elif kind == MISSING:
        hole = np.zeros((size, size), bool)
        u = rng.random()
        if u < 0.3:  # the swath ends
            yy, xx = np.mgrid[0:size, 0:size] / size - 0.5
            a = rng.uniform(0, 2 * np.pi)
            hole = xx * np.cos(a) + yy * np.sin(a) > rng.uniform(0.05, 0.35)
        elif u < 0.65:  # masked areas
            count = int(rng.integers(1, 4))
            side = np.sqrt(rng.uniform(0.05, 0.3) / count) * size
            for _ in range(count):
                w, h = (np.array([1, 1]) * side * np.exp(rng.uniform(-0.5, 0.5) * np.array([1, -1]))).astype(int)
                x0, y0 = rng.integers(0, max(1, size - w)), rng.integers(0, max(1, size - h))
                hole[y0:y0 + h, x0:x0 + w] = True
        else:  # blocks did not arrive
            block = int(rng.choice([16, 32, 64]))
            for _ in range(int(rng.integers(1, 2 + 6 * 32 // block))):
                r, c = rng.integers(0, size // block, 2) * block
                hole[r:r + block, c:c + block * int(rng.integers(1, 4))] = True
        x[hole] = 0.0 if rng.random() < 0.75 else 255.0
    elif kind == OVER:
        if rng.random() < 0.5:
            x = x * rng.uniform(1.8, 3.2) + rng.uniform(20, 60)
        else:
            x = x * max(1.6, 255 / max(1.0, np.quantile(x[..., :3], 1 - rng.uniform(0.25, 0.65))))
    elif kind == UNDER:
        black = np.quantile(x[..., :3], rng.uniform(0.2, 0.6)) if rng.random() < 0.5 else 0.0  # dark parts are lost, or only dark
        x = (x - black) * rng.uniform(0.08, 0.3)
    return np.clip(x, 0, 255).astype(np.uint8)


def maybe(rng, image, share=0.2):
    """(image, truth i8[7]): spoilt in `share` of the cases, once or twice; truth 1 where a defect was drawn, else 0."""
    truth = np.zeros(len(DEFECTS), np.int8)
    if rng.random() < share:
        kinds = rng.choice(len(DEFECTS), 1 if rng.random() < 0.8 else 2, replace=False)
        if OVER in kinds and UNDER in kinds:
            kinds = kinds[:1]
        if {OVER, UNDER} & set(kinds.tolist()) and len(kinds) == 2:
            kinds = sorted(kinds, key=lambda k: k not in (OVER, UNDER))  # exposure first: it would hide what came before
        for k in kinds:
            image = spoil(rng, image, int(k))
            truth[k] = 1
    return image, truth
