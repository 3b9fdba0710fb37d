"""Sets of scenes at 10 and 15 m a pixel: EuroSAT's chips, power plants with what they burn."""
import os
import re

from ...core.names import SCENE_10M_INDEX
from ..items import BUILDING, DOCK, NOT_SEEN_FROM_FAR, SHIP, SOLAR, TANK, Reader, complete_for, pixels, presence_vector

ON_LAND = {'annual_crop', 'forest', 'herbaceous_vegetation', 'pasture', 'permanent_crop', 'residential', 'highway'}
RURAL = {'annual_crop', 'forest', 'herbaceous_vegetation', 'pasture', 'permanent_crop'}
NUMBER = re.compile(r'_(\d+)')


def eurosat_known(r):
    """A chip shows 640 m. What is named here is either too small to be seen or can't be where the scene is."""
    known = list(NOT_SEEN_FROM_FAR)
    if r['scene'] in ON_LAND:
        known += [SHIP, DOCK]
    if r['scene'] in RURAL:
        known += [TANK, BUILDING, SOLAR]
    if r['scene'] == 'sea_lake':
        known += [TANK, SOLAR]
    return dict(objects=[], complete=complete_for(*known), scene=SCENE_10M_INDEX[r['scene']], gsd=10.0, presence=presence_vector({}),
                group=os.path.basename(r['file'])[:-4])


def power_known(r):
    """Solar panels are boxed by eye where they can be seen (labels/). Natural gas, coal and the like may hold some roof panels."""
    fine = r['gsd'] < 5
    return dict(objects=[], complete=complete_for(SHIP, *(() if fine else NOT_SEEN_FROM_FAR)), presence=presence_vector({}), gsd=r['gsd'],
                group=os.path.basename(r['file'])[:-4])


READERS = {
    # No coordinates are known: hundreds of neighbouring numbers are kept together, which may or may not be places.
    'eurosat': Reader('eurosat', pixels, eurosat_known, lambda it: int(NUMBER.search(it['group'])[1]) // 100 % 10 == 3),
    # Many chips of Arizona overlap; those of California from 440 on don't touch them.
    'power': Reader('power_plants', pixels, power_known, lambda it: it['group'].startswith('l8_') and int(NUMBER.search(it['group'])[1]) >= 479),
}
