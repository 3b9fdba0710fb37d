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
