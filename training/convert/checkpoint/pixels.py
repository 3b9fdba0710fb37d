"""preprocessor_config.json -> how the app's values 0–1 become the tower's input: (v − mean) / std, at which size, cut how."""
import os

from ..errors import need
from .tensors import read_json

OPENAI = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
RESAMPLE = {0: 'nearest', 1: 'lanczos', 2: 'bilinear', 3: 'bicubic', 4: 'box', 5: 'hamming'}


def read_pixels(plan_folder, tower_folder):
    """dict(mean, std for values 0–1; size in pixels or None; resample; pad)."""
    folder = next((f for f in (plan_folder, tower_folder) if os.path.exists(os.path.join(f, 'preprocessor_config.json'))), None)
    if folder is None:
        # processor_config.json of newer releases holds it inside.
        c = read_json(plan_folder, 'processor_config.json', required=False).get('image_processor')
        need(c, 'PREPROCESSOR_UNSUPPORTED',
             'Neither the checkpoint nor the tower has a preprocessor_config.json, so mean and standard deviation are unknown.')
    else:
        c = read_json(folder, 'preprocessor_config.json')
    mean, std = c.get('image_mean') or OPENAI[0], c.get('image_std') or OPENAI[1]
    if c.get('do_normalize') is False:
        mean, std = [0.0] * 3, [1.0] * 3
    need(len(mean) == 3 and len(std) == 3, 'PREPROCESSOR_UNSUPPORTED',
         f'image_mean and image_std have {len(mean)} and {len(std)} values; 3 are supported.')
    # Bytes times the factor is what the model was given; the app's values are bytes / 255.
    factor = 255 * c.get('rescale_factor', 1 / 255) if c.get('do_rescale', True) else 255.0
    return dict(mean=[round(m / factor, 9) for m in mean], std=[round(s / factor, 9) for s in std], size=read_size(c),
                resample=RESAMPLE.get(c.get('resample', 3), 'bicubic'), pad=bool(c.get('do_pad')) or c.get('image_aspect_ratio') == 'pad')


def read_size(c):
    """Side of the square that the model is given, where the configuration says one."""
    size = c.get('crop_size') if c.get('do_center_crop') else c.get('size')
    size = size if size is not None else c.get('size')
    if isinstance(size, int):
        return size
    if not isinstance(size, dict):
        return None
    if 'height' in size:
        need(size['height'] == size.get('width'), 'PREPROCESSOR_UNSUPPORTED',
             f'Images are resized to {size["width"]}×{size["height"]}; squares are supported.')
        return size['height']
    return size.get('shortest_edge')
