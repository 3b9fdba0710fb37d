"""Sets of boxes: ships from Sentinel-2, docks and boats from a drone, tree crowns."""
import re

from ...core import boxes
from ..items import (AABB, BUILDING, CAR, CROWN, DOCK, NOT_SEEN_FROM_FAR, OBB, POOL, SHIP, SOLAR, TANK, TRUCK, UPRIGHT, Reader, complete_for, pixels,
                     presence_vector, upright)


def ship(b):
    if 'obb' not in b:
        return upright(SHIP, b['box'], AABB)
    return (SHIP, *boxes.long_side_first(boxes.from_corners(b['obb'])), OBB)


def ships_known(r):
    """Small moving craft are partly unlabelled, so nothing is known of water without a ship. That land holds none is known from
    near infrared: see the samples."""
    return dict(objects=[ship(b) for b in r['boxes']], complete=complete_for(*NOT_SEEN_FROM_FAR), gsd=r['gsd'], group=r['place'],
                presence=presence_vector({'ship': True} if r['boxes'] else {}))


def maritime_known(r):
    """Boat lifts hold boats that are not boxed, and jetskis are no ships: tiles with either know nothing of ships."""
    labels = {b['label'] for b in r['boxes']}
    objects = [upright({'dock': DOCK, 'boat': SHIP, 'car': CAR}[b['label']], b['box'], AABB) for b in r['boxes'] if b['label'] in ('dock', 'boat', 'car')]
    afloat = () if labels & {'lift', 'jetski'} else (SHIP,)
    known = {'airplane': False, 'tanks': False} | {name: True for name, label in (('dock', 'dock'), ('cars', 'car'), ('ship', 'boat')) if label in labels}
    return dict(objects=objects, complete=complete_for(0, TANK, 2, 3, CAR, TRUCK, DOCK, *afloat), gsd=0.04, group=r['source'], presence=presence_vector(known))


def neon_known(r):
    """Not every crown is boxed."""
    return dict(objects=[upright(CROWN, b['box'], UPRIGHT) for b in r['boxes']], complete=complete_for(0, TANK, 2, 3, BUILDING, CAR, TRUCK, SHIP, DOCK, POOL, SOLAR),
                gsd=0.1, group=r['file'][7:-4], presence=presence_vector({'trees': True, 'airplane': False, 'tanks': False, 'buildings': False, 'cars': False}))


READERS = {
    'ships': Reader('sen2ships', pixels, ships_known,
                    lambda it: it['group'] in ('gdynia', 'san francisco')),
    # Neighbouring photos of one flight overlap.
    'maritime': Reader('aerial_maritime', pixels, maritime_known, lambda it: it['group'].startswith('DJI_027')),
    'crowns': Reader('neon_trees', pixels, neon_known, lambda it: int(re.search(r'(\d+)$', it['group'])[1]) % 6 == 0),
}
