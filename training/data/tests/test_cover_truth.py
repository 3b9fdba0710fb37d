import json

import cv2
import numpy as np

from ...core.names import COVER
from .. import cover_truth
from ..readers import cover


def test_writes_what_each_pixel_may_be(tmp_path):
    folder = tmp_path / 'eval' / 'naip_wetlands_ts'
    (folder / 'images').mkdir(parents=True)
    mask = np.zeros((20, 30), np.uint8)
    mask[:, 15:] = 1
    for name, picture in (('images/a.jpg', np.full((20, 30, 3), 90, np.uint8)), ('nir/a.jpg', np.full((20, 30), 90, np.uint8)), ('masks/a.png', mask)):
        (folder / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / name), picture)
    row = {'file': 'images/a.jpg', 'nir': 'nir/a.jpg', 'mask': 'masks/a.png', 'place': 'block D', 'w': 30, 'h': 20}
    (folder / 'labels.jsonl').write_text(json.dumps(row) + '\n')
    cover_truth.write(str(tmp_path / 'eval'), str(tmp_path / 'out'))
    head, line = (json.loads(text) for text in (tmp_path / 'out' / 'index.jsonl').read_text().splitlines())
    assert head == {'labels': [readable for _, readable in COVER]}
    assert {k: line[k] for k in ('set', 'file', 'nir', 'gsd', 'w', 'h')} == {
        'set': 'naip_wetlands_ts', 'file': 'images/a.jpg', 'nir': 'nir/a.jpg', 'gsd': 5.0, 'w': 30, 'h': 20}
    allowed = np.fromfile(tmp_path / 'out' / line['truth'], np.uint8).reshape(20, 30)
    assert allowed[5, 25] == cover.WATER
    assert allowed[5, 3] & cover.WATER == 0
    assert allowed[5, 15] == cover.ANY
