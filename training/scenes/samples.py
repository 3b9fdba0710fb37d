"""Writes the sample scenes that ship with the app: generated imagery, georeferenced, with exact truth.

    python -m training.samples public/samples
"""
import json
import os
import sys

import cv2
import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.transform import Affine

from ..core import boxes
from ..core.names import CLASSES
from . import generate

NAMES = {data: name for name, _, data in CLASSES}

# file, title, kind, seed, width, height, metres a pixel, description
SAMPLES = [
    ('airfield.tif', 'Airfield', 'airfield', 4106, 768, 512, 0.3, 'Airplanes on an apron; RGB + near infrared, 8 bit, tiled GeoTIFF in UTM 11N.'),
    ('tank-farm.tif', 'Tank farm', 'tanks', 4205, 768, 512, 0.3, 'Storage tanks, buildings and roads; RGB + near infrared, 16 bit (12-bit range), striped GeoTIFF in UTM 11N.'),
    ('suburb.png', 'Suburb', 'residential', 4306, 640, 448, 0.2, 'Houses and parked cars; plain RGB picture without georeference.'),
]


def truth_of(scene):
    labels = {}
    for o in scene['objects']:
        cx, cy, w, h, t = o['box']
        labels.setdefault(NAMES[o['label']], []).append(dict(
            cx=round(cx, 2), cy=round(cy, 2), w=round(w, 2), h=round(h, 2), thetaDeg=round(t, 2), inside=round(o['inside'], 3),
            corners=[[round(x, 2), round(y, 2)] for x, y in boxes.corners(o['box'])]))
    return dict(labels=labels, scene=scene['scene'], present=scene['present'], gsd=scene['gsd'], width=scene['image'].shape[1], height=scene['image'].shape[0])


def write(path, scene, origin):
    image, gsd = scene['image'], scene['gsd']
    if path.endswith('.png'):
        cv2.imwrite(path, image[..., 2::-1])
        return
    deep = 'tank' in os.path.basename(path)
    bands = image.transpose(2, 0, 1)
    if deep:  # 12-bit sensor counts with an offset, as optical satellites deliver them
        rng = np.random.default_rng(7)
        bands = np.clip(bands.astype(np.float32) * 11.5 + 180 + rng.uniform(0, 11.5, bands.shape), 0, 4095).astype(np.uint16)
    layout = dict(tiled=False, blockysize=32) if deep else dict(tiled=True, blockxsize=256, blockysize=256)
    with rasterio.open(path, 'w', driver='GTiff', width=image.shape[1], height=image.shape[0], count=4, dtype=bands.dtype,
                       crs=CRS.from_epsg(32611), transform=Affine(gsd, 0, origin[0], 0, -gsd, origin[1]), compress='deflate',
                       predictor=2, photometric='RGB', alpha='NO', **layout) as f:
        f.write(bands)
        for i, name in enumerate(('red', 'green', 'blue', 'nir'), 1):
            f.set_band_description(i, name)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    index = []
    for i, (file, title, kind, seed, w, h, gsd, text) in enumerate(SAMPLES):
        scene = generate.generate(seed, w, h, gsd, kind)
        write(f'{folder}/{file}', scene, (447000.0 + 900 * i, 3786000.0))
        truth = f'{os.path.splitext(file)[0]}.truth.json'
        with open(f'{folder}/{truth}', 'w') as f:
            json.dump(truth_of(scene), f, indent=1)
            f.write('\n')
        index.append(dict(file=file, title=title, description=text, truth=truth))
        print(file, {k: len(v) for k, v in truth_of(scene)['labels'].items()}, os.path.getsize(f'{folder}/{file}'))
    with open(f'{folder}/index.json', 'w') as f:
        json.dump(index, f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else 'public/samples')
