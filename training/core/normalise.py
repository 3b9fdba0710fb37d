"""Pixel normalisation: values in [0, 1] after the stretch, bands R, G, B, NIR. An absent NIR band is 0 afterwards."""
import numpy as np

MEAN = [0.47, 0.475, 0.43, 0.465]
STD = [0.21, 0.19, 0.19, 0.18]


def normalise(image, has_nir=True):
    """u8[..., 4] -> f32[..., 4]."""
    x = (image.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    if not has_nir:
        x[..., 3] = 0
    return x


def stretch(image, low=2, high=98):
    """u8[H, W, B] -> u8 with each band's 2nd to 98th percentile spread over 0-255, as the app shows and reads scenes."""
    out = np.empty_like(image)
    for b in range(image.shape[-1]):
        band = image[..., b]
        black, white = np.percentile(band, (low, high))
        table = np.clip((np.arange(256) - black) * (255 / max(white - black, 1)), 0, 255)
        out[..., b] = np.round(table).astype(np.uint8)[band]
    return out
