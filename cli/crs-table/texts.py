"""EPSG's projected coordinate systems as well-known text of three kinds, with points to check them at.

    python cli/crs-table/texts.py > texts.json && npx tsx cli/crs-table/check-texts.ts texts.json

One row a text: code, name, kind of WKT, text, points [x, y, lon, lat] with longitude and latitude in degrees from Greenwich on the CRS's
own datum. Needs pyproj.
"""

import json
import math
import sys
import warnings

import pyproj
from pyproj.database import query_crs_info

KINDS = ("WKT1_GDAL", "WKT1_ESRI", "WKT2_2019")


def rows():
    for info in query_crs_info(auth_name="EPSG", pj_types=["PROJECTED_CRS"], allow_deprecated=False):
        crs = pyproj.CRS.from_epsg(int(info.code))
        area, base = info.area_of_use, crs.geodetic_crs
        if area is None:
            continue
        lon = (area.west + area.east) / 2 if area.west <= area.east else area.west
        lat = (area.south + area.north) / 2
        meridian = math.degrees(base.prime_meridian.longitude * base.prime_meridian.unit_conversion_factor)
        unit = math.degrees(base.axis_info[0].unit_conversion_factor)
        try:
            forward = pyproj.Transformer.from_crs(base, crs, always_xy=True)
        except pyproj.exceptions.ProjError:
            continue
        points = []
        for east, north in ((0, 0), (0.4, 0.3)):
            x, y = forward.transform((lon + east - meridian) / unit, (lat + north) / unit)
            if math.isfinite(x) and math.isfinite(y):
                points.append([x, y, lon + east, lat + north])
        for kind in KINDS if points else ():
            try:
                yield [int(info.code), info.name, kind, crs.to_wkt(version=kind), points]
            except pyproj.exceptions.CRSError:
                continue


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    json.dump(list(rows()), sys.stdout)
