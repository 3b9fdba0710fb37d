"""Sets of masks: land cover of Dubai, fields, water of wetlands and of a river, land cover at 30 m (for experiments only)."""
import zlib

from ..items import C, DOCK, NOT_SEEN_FROM_FAR, SHIP, Reader, complete_for, pixels, presence_vector


def dubai_known(r):
    return dict(objects=[], complete=complete_for(0, 3), gsd=None, group=r['place'], presence=presence_vector({}))


def fields_known(r):
    """The group is a degree of latitude and longitude: some places are neighbours."""
    lat, lon = (round(float(v)) for v in r['place'].split()[1:])
    return dict(objects=[], complete=complete_for(0, 2, 3, SHIP, DOCK), gsd=None, group=f'{lat} {lon}', polygons=r['field_polygons'],
                presence=presence_vector({'field': True, 'airplane': False, 'sea': False, 'ship': False, 'dock': False}))


def wetlands_known(r):
    """The same water seen in nine years."""
    return dict(objects=[], complete=complete_for(*NOT_SEEN_FROM_FAR, SHIP, DOCK), gsd=5.0, group=r['place'][-1], presence=presence_vector({}))


def far_known(r):
    return dict(objects=[], complete=[True] * C, gsd=r['gsd'], group=str(r['place']), presence=presence_vector({}))


READERS = {
    'dubai': Reader('dubai_landcover', pixels, dubai_known, lambda it: it['group'] == 'Dubai tile 3'),
    'fields': Reader('naip_fields', pixels, fields_known, lambda it: zlib.crc32(it['group'].encode()) % 6 == 0),
    'wetlands': Reader('naip_wetlands_ts', pixels, wetlands_known, lambda it: it['group'] == 'C'),
    # False colour: short-wave infrared, near infrared, red.
    'pucallpa': Reader('landsat_pucallpa_ts', pixels, far_known, lambda it: it['group'].endswith('Ms')),
    # The compilation's own licence is unclear.
    'hls': Reader('hls_landcover', lambda folder, row: pixels(folder, row, 'landcover'), far_known, lambda it: int(it['group']) % 6 == 0, released=lambda row: False),
}
