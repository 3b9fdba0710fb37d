"""Writes ground.json: lengths, areas and directions on images of several CRS, by PROJ.

    python3 src/plan/testing/make_ground.py

Needs pyproj. Lines and rings are straight in the picture; they are measured in 2,000 pieces a side.
"""

import json
import math
from pathlib import Path

from pyproj import CRS, Geod, Transformer

GEOD = Geod(ellps="WGS84")


def turned(x0, y0, size, degrees):
    c, s = math.cos(math.radians(degrees)) * size, math.sin(math.radians(degrees)) * size
    return [x0, c, -s, y0, -s, -c]


PLACES = {
    "UTM": (32611, turned(371623.0, 3736146.0, 0.6, 0)),
    "UTM, turned by 35°": (32633, turned(500100.0, 5400200.0, 0.5, 35)),
    "UTM south, turned by 140°": (32735, turned(300000.0, 8100000.0, 10, 140)),
    "degrees": (4326, [11.55, 4.05e-6, 0, 48.15, 0, -2.7e-6]),
    "Web Mercator": (3857, turned(1286000.0, 6130000.0, 0.6, 0)),
    "Lambert, US feet": (2229, turned(6480000.0, 1840000.0, 2, 0)),
    "across 180": (32601, turned(303590.0, 6000000.0, 10, 10)),
}
WIDTH, HEIGHT = 4000, 3000
PATH = [(100, 200), (3900, 400), (2000, 2900)]
RING = [(500, 500), (3500, 400), (3000, 2500), (1800, 1200), (600, 2800)]


def dense(line):
    return [(a[0] + (b[0] - a[0]) * k / 2000, a[1] + (b[1] - a[1]) * k / 2000)
            for a, b in zip(line, line[1:]) for k in range(2000)] + [line[-1]]  # fmt: skip


def measured(epsg, g):
    forward = Transformer.from_crs(epsg, 4326, always_xy=True)

    def place(col, row):
        return forward.transform(g[0] + col * g[1] + row * g[2], g[3] + col * g[4] + row * g[5])

    def split(points):
        places = [place(*p) for p in points]
        return [p[0] for p in places], [p[1] for p in places]

    def step(dcol, drow):
        """East and north metres of one pixel around (3000, 500)."""
        (lon0, lat0), (lon1, lat1) = place(3000 - dcol / 2, 500 - drow / 2), place(3000 + dcol / 2, 500 + drow / 2)
        azimuth, _, metres = GEOD.inv(lon0, lat0, lon1, lat1)
        return [metres * math.sin(math.radians(azimuth)), metres * math.cos(math.radians(azimuth))]

    return {
        "proj4": CRS(epsg).to_proj4(),
        "geotransform": g,
        "lonLat": place(1234.5, 2345.5),
        "col": step(1, 0),
        "row": step(0, 1),
        "length": GEOD.line_length(*split(dense(PATH))),
        "area": abs(GEOD.polygon_area_perimeter(*split(dense(RING + RING[:1])))[0]),
    }


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore")
    data = {"width": WIDTH, "height": HEIGHT, "path": PATH, "ring": RING,
            "places": {name: measured(*place) for name, place in PLACES.items()}}  # fmt: skip
    Path(__file__).with_name("ground.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
