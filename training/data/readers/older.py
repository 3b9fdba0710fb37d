"""The sets that the first editions were made of: UC Merced, OpenAerialMap buildings, KIT cars, NAIP trees."""
import os

import cv2
import numpy as np

from ...core import boxes
from ...core.names import CLASS_INDEX, PRESENCE_INDEX, SCENE_INDEX
from ..items import (AABB, BUILDING, CAR, DIAMOND, DOCK, OBB, POOL, SHIP, SOLAR, TANK, TRUCK, UPRIGHT, Reader, complete_for, grey, pixels,
                     presence_vector, read, upright)

# Scenes of UC Merced where nobody has a swimming pool or a solar panel. In the others nothing is known without looking (labels/).
OPEN_GROUND = {'agricultural', 'airplane', 'beach', 'chaparral', 'forest', 'freeway', 'harbor', 'overpass', 'river', 'runway', 'storagetanks'}
VEHICLES = {'car': CAR, 'minibus': TRUCK, 'bus': TRUCK, 'truck': TRUCK}


def ucm_objects(row):
    out = []
    for b in row.get('boxes') or []:
        cls = CLASS_INDEX[b['label']]
        if 'obb' in b:
            box = boxes.from_corners(b['obb'])
            if cls == CLASS_INDEX['tennis_court']:
                box = boxes.long_side_first(box)
            out.append((cls, *box, OBB))
        else:
            out.append(upright(cls, b['box'], UPRIGHT if cls in (TANK, DIAMOND) else AABB))
    return out


def ucm_complete(row):
    """bool for each of BOXES: whether all its instances in the tile are boxed, or it is known to be absent."""
    present, done = set(row['present']), set(row.get('boxes_complete_for') or [])
    vehicles, open_ground = 'cars' in present, row['scene'] in OPEN_GROUND
    return [('airplane' in done) or 'airplane' not in present, ('storage_tank' in done) or 'tanks' not in present,
            ('tennis_court' in done) or 'court' not in present, ('baseball_diamond' in done) or row['scene'] not in ('baseballdiamond', 'golfcourse'),
            not present & {'buildings', 'mobile-home'}, not vehicles, not vehicles, 'ship' not in present, 'dock' not in present,
            not present & {'trees', 'chaparral'}, open_ground, open_ground]


def ucm_known(r):
    return dict(objects=ucm_objects(r), complete=ucm_complete(r), scene=SCENE_INDEX[r['scene']],
                presence=presence_vector({k: k in r['present'] for k in PRESENCE_INDEX}), gsd=r['gsd'], group=os.path.basename(r['file'])[:-4])


def polygon_boxes(polygons):
    out = []
    for p in polygons:
        (cx, cy), (w, h), angle = cv2.minAreaRect(np.array(p, np.float32))
        if w * h > 30 and cv2.contourArea(np.array(p, np.float32)) > 20:
            out.append((BUILDING, *boxes.long_side_first((cx, cy, w, h, angle % 180)), OBB))
    return out


def oam_known(r):
    objects = polygon_boxes(r['building_polygons'])
    inland = () if 'Zanzibar' in r['area'] else (SHIP, DOCK)
    return dict(objects=objects, complete=complete_for(*range(5), *inland), gsd=r['gsd'], group=r['area'], polygons=r['building_polygons'],
                presence=presence_vector({'buildings': bool(objects), 'airplane': False, 'tanks': False, 'mobile-home': False, 'dock': False}))


def kit_known(r):
    objects = [upright(VEHICLES[b['label']], b['box'], AABB) for b in r['boxes']]
    return dict(objects=objects, complete=complete_for(0, 1, 2, 3, CAR, TRUCK, SHIP, DOCK, POOL, SOLAR), group=r['source'],
                presence=presence_vector({'cars': bool(objects), 'airplane': False, 'tanks': False, 'court': False, 'sea': False, 'pavement': True}))


def naip_known(r):
    known = {'airplane': False, 'tanks': False}
    if len(r['tree_points']) >= 4:
        known['trees'] = True
    return dict(objects=[], complete=complete_for(0, 1), presence=presence_vector(known), gsd=r['gsd'], group=f'{r["city"]}_{r["tile"]}')


def square(folder, row):
    return dict(image=read(f'{folder}/{row["file"]}', 256))


def naip_pixels(folder, row):
    return dict(square(folder, row), nir=grey(f'{folder}/{row["file"].replace("images/", "nir/")}'))


READERS = {
    'ucm': Reader('ucm', square, ucm_known, lambda it: int(it['group'][-2:]) % 15 == 7),
    'oam': Reader('oam_buildings', square, oam_known, lambda it: 'Nairobi' in it['group']),
    # Share-alike photos must not shape the weights.
    'kit': Reader('aerial_cars', pixels, kit_known, lambda it: 'MOS175' in it['group'],
                  released=lambda row: 'BY-SA' not in row['licence']),
    'naip': Reader('naip_trees', naip_pixels, naip_known, lambda it: it['row']['tile'] % 12 == 5),
}
