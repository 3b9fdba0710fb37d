"""Writes scenes.json: 50 generated scenes with 14 plans each and the truth of every one.

    python3 src/plan/testing/make_scenes.py

Needs numpy, pyproj and shapely. The truth is computed from the scene with shapely's polygons and PROJ's geodesics, and
shares nothing with the code under test: positions go through PROJ, areas and lengths are Geod's, unions, cuts and nearest
points are shapely's (in the image's own projected CRS, or in a transverse Mercator through the image's centre for
degrees), intervals are sums over numpy.convolve.
"""

import json
import math
import random
from pathlib import Path

import numpy as np
from pyproj import CRS, Geod, Transformer
from shapely import affinity
from shapely.geometry import Point, Polygon, box
from shapely.ops import nearest_points, transform, unary_union

OUT = Path(__file__).parent / "scenes.json"
GEOD = Geod(ellps="WGS84")
SCENES = 50
SIDE = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}
COMPASS = {
    "north": (0, 1), "northeast": (1, 1), "east": (1, 0), "southeast": (1, -1),
    "south": (0, -1), "southwest": (-1, -1), "west": (-1, 0), "northwest": (-1, 1),
}  # fmt: skip
METRES = {"m": 1, "km": 1000, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344, "px": 1}
SQUARE_METRES = {"m2": 1, "ha": 1e4, "km2": 1e6, "ft2": 0.3048**2, "acre": 4046.8564224, "px2": 1}


def turned(x0, y0, size, degrees):
    """A geotransform of square pixels, the image turned clockwise from north-up by `degrees`."""
    c, s = math.cos(math.radians(degrees)) * size, math.sin(math.radians(degrees)) * size
    return [x0, c, -s, y0, -s, -c]


PLACES = [
    ("utm", 32611, turned(371623.0, 3736146.0, 0.3, 0)),
    ("utm turned", 32633, turned(500100.0, 5400200.0, 0.5, 35)),
    ("utm south, turned far", 32735, turned(300000.0, 8100000.0, 0.25, 140)),
    ("degrees", 4326, [11.55, 4.05e-6, 0, 48.15, 0, -2.7e-6]),
    ("degrees, equal steps", 4326, [-3.7, 3e-6, 0, 60.4, 0, -3e-6]),
    ("web mercator", 3857, turned(1286000.0, 6130000.0, 0.6, 0)),
    ("across 180", 32601, turned(303590.0, 6000000.0, 0.5, 10)),
    ("no place", None, None),
]


class Scene:
    def __init__(self, index):
        self.rng = random.Random(1000 + index)
        self.index = index
        name, epsg, g = PLACES[index % len(PLACES)]
        self.epsg, self.g = epsg, g
        self.width, self.height = self.rng.choice([(1280, 960), (900, 1400), (2048, 1024), (1000, 1000)])
        self.name = f"{index}: {name}"
        self.region = (0, 0, self.width, self.height)
        if index % 3 == 2:
            w, h = round(self.width * 0.7), round(self.height * 0.8)
            self.region = (round(self.width * 0.1), round(self.height * 0.15), w, h)
        x, y, w, h = self.region
        self.region_shape = box(x, y, x + w, y + h)
        self.centre = (x + w / 2, y + h / 2)
        if g:
            self.to_lonlat = Transformer.from_crs(epsg, 4326, always_xy=True)
            lon, lat = self.lonlat(*self.centre)
            if CRS(epsg).is_geographic or epsg == 3857:
                local = CRS.from_proj4(f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +ellps=WGS84")
                self.to_local = Transformer.from_crs(epsg, local, always_xy=True)
            else:
                self.to_local = None
        self.things = {}
        self.populate()

    # ---- places
    def crs(self, col, row):
        g = self.g
        return g[0] + col * g[1] + row * g[2], g[3] + col * g[4] + row * g[5]

    def lonlat(self, col, row):
        return self.to_lonlat.transform(*self.crs(col, row))

    def local(self, col, row):
        """Metres in which north is nearly up and shapes are true."""
        if not self.g:
            return col, -row
        x, y = self.crs(col, row)
        return self.to_local.transform(x, y) if self.to_local else (x, y)

    def local_shape(self, shape):
        return Polygon([self.local(*p) for p in shape.exterior.coords])

    def dense(self, line):
        out = []
        for (x0, y0), (x1, y1) in zip(line, line[1:]):
            n = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / 100))
            out += [(x0 + (x1 - x0) * k / n, y0 + (y1 - y0) * k / n) for k in range(n)]
        return out + [line[-1]]

    def area(self, shape):
        if shape.is_empty:
            return 0.0
        if hasattr(shape, "geoms"):
            return sum(self.area(part) for part in shape.geoms if part.geom_type == "Polygon")
        if not self.g:
            return shape.area
        holes = sum(self.ring_area(hole.coords) for hole in shape.interiors)
        return self.ring_area(shape.exterior.coords) - holes

    def ring_area(self, coords):
        places = [self.lonlat(*p) for p in self.dense(list(coords))[:-1]]
        return abs(GEOD.polygon_area_perimeter([p[0] for p in places], [p[1] for p in places])[0])

    def length(self, coords):
        if not self.g:
            return sum(math.dist(a, b) for a, b in zip(coords, coords[1:]))
        places = [self.lonlat(*p) for p in coords]
        return GEOD.line_length([p[0] for p in places], [p[1] for p in places])

    def distance(self, a, b):
        """From edge to edge; `a` and `b` are pixel shapes or points."""
        if a.intersects(b):
            return 0.0
        if not self.g:
            return a.distance(b)
        # Nearest points in true shape, then back to pixels by the share of the way along their edges.
        p, q = nearest_points(self.to_shape(a), self.to_shape(b))
        (lon0, lat0), (lon1, lat1) = self.from_local(p), self.from_local(q)
        return GEOD.inv(lon0, lat0, lon1, lat1)[2]

    def to_shape(self, shape):
        return Point(self.local(shape.x, shape.y)) if shape.geom_type == "Point" else self.local_shape(shape)

    def from_local(self, p):
        x, y = p.x, p.y
        if self.to_local:
            x, y = self.to_local.transform(x, y, direction="INVERSE")
        return self.to_lonlat.transform(x, y)

    # ---- things
    def add(self, subject, shape, ring, score, b=None):
        minimum = shape.minimum_rotated_rectangle if b is None else None
        if b is None:
            (x0, y0), (x1, y1), (x2, y2) = list(minimum.exterior.coords)[:3]
            b = [(x0 + x2) / 2, (y0 + y2) / 2, math.dist((x0, y0), (x1, y1)), math.dist((x1, y1), (x2, y2)),
                 math.degrees(math.atan2(y1 - y0, x1 - x0)) % 180]  # fmt: skip
        entry = {"id": f"{subject} {len(self.things[subject])}", "subject": subject, "box": b, "shape": shape,
                 "centre": Point(b[0], b[1]), "ring": ring, "score": score}  # fmt: skip
        self.things[subject].append(entry)

    def rotated(self, cx, cy, w, h, theta):
        return affinity.rotate(box(cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2), theta, origin=(cx, cy))

    def spot(self, margin):
        x, y, w, h = self.region
        r = self.rng
        return round(r.uniform(x + margin, x + w - margin), 2), round(r.uniform(y + margin, y + h - margin), 2)

    def put(self, subject, n, size, as_ring=False, apart=True):
        r = self.rng
        taken = [t["shape"] for t in self.things.get(subject, [])]
        self.things.setdefault(subject, [])
        while len(self.things[subject]) < n:
            w, h = round(r.uniform(*size), 2), round(r.uniform(*size), 2)
            cx, cy = self.spot(0.75 * size[1])
            theta = round(r.uniform(0, 179.9), 2)
            shape = self.rotated(cx, cy, w, h, theta)
            if as_ring:
                # An L: the rectangle without a corner.
                cut = self.rotated(cx, cy, w * 0.9, h * 0.8, theta)
                corner = list(cut.exterior.coords)
                far = list(shape.exterior.coords)
                shape = Polygon([far[0], far[1], far[2], corner[2], (cx, cy), corner[3], far[3]])
                shape = Polygon([(round(px, 2), round(py, 2)) for px, py in shape.exterior.coords])
            if not shape.is_valid or (apart and any(shape.intersects(other) for other in taken)):
                continue
            taken.append(shape)
            score = round(r.uniform(0.5, 0.99), 3) if r.random() > 0.15 else round(r.uniform(0.05, 0.29), 3)
            self.add(subject, shape, as_ring, score, None if as_ring else [cx, cy, w, h, theta])

    def populate(self):
        r = self.rng
        self.put("car", r.randint(10, 22), (8, 20))
        self.put("building", r.randint(4, 9), (40, 110), as_ring=self.index % 2 == 0)
        self.put("storage tank", r.randint(2, 6), (30, 70), apart=self.index % 4 != 1)
        self.put("parking lot", r.randint(1, 3), (160, 300), apart=True)
        self.things["airplane"] = []
        self.put("tennis court", 1, (40, 60))
        x, y, w, h = self.region
        # Tiles of a third of the region each way, without overlap; one may not have been looked at.
        self.tiles = []
        for row in range(3):
            for col in range(3):
                window = [x + col * w / 3, y + row * h / 3, w / 3, h / 3]
                self.tiles.append({"window": window, "state": "looked"})
        if self.index % 5 == 4:
            self.tiles[r.randrange(9)]["state"] = r.choice(["failed", "waiting", "empty"])
        self.densities = [round(r.uniform(0, 30), 2) for _ in range(9)]
        self.ships = [round(r.choice([0.02, 0.1, 0.3, 0.7, 0.95]), 2) for _ in range(9)]
        if self.index % 2:
            self.ships = [round(p * 0.25, 3) for p in self.ships]
        self.grass = [round(r.uniform(0, 1), 2) for _ in range(9)]
        cx, cy = self.spot(200)
        self.marked = self.rotated(cx, cy, 300, 200, round(r.uniform(0, 90), 1))
        self.marked = Polygon([(round(a, 1), round(b, 1)) for a, b in self.marked.exterior.coords])

    def looked(self):
        return unary_union([box(a, b, a + w, b + h) for (a, b, w, h) in
                            (t["window"] for t in self.tiles if t["state"] == "looked")])  # fmt: skip

    # ---- where
    def north_in_pixels(self):
        """Pixel directions of east and north at the region's centre, by finite differences of PROJ."""
        if not self.g:
            return (1, 0), (0, -1)
        cx, cy = self.centre
        lon, lat = self.lonlat(cx, cy)
        e, n = GEOD.fwd(lon, lat, 90, 1)[:2], GEOD.fwd(lon, lat, 0, 1)[:2]
        back = Transformer.from_crs(4326, self.epsg, always_xy=True)
        g = self.g
        det = g[1] * g[5] - g[2] * g[4]

        def pixel(place):
            x, y = back.transform(*place)
            dx, dy = x - g[0], y - g[3]
            return (g[5] * dx - g[2] * dy) / det - cx, (g[1] * dy - g[4] * dx) / det - cy

        return pixel(e), pixel(n)

    def half(self, normal, share=0.5):
        """The outer `share` of the region along a pixel direction `normal`, as a polygon."""
        length = math.hypot(*normal)
        a, b = normal[0] / length, normal[1] / length
        along = [a * px + b * py for px, py in list(self.region_shape.exterior.coords)[:4]]
        cut = max(along) - share * (max(along) - min(along))
        big = 1e5
        origin = (a * cut, b * cut)
        strip = Polygon([(origin[0] - b * big, origin[1] + a * big), (origin[0] + b * big, origin[1] - a * big),
                         (origin[0] + b * big + a * big, origin[1] - a * big + b * big),
                         (origin[0] - b * big + a * big, origin[1] + a * big + b * big)])  # fmt: skip
        return strip.intersection(self.region_shape)

    def ground_half(self, component, share=0.5):
        """Where ground is farther along a compass component: the line runs at a right angle to it on the ground."""
        (ex, ey), (nx, ny) = self.north_in_pixels()
        # Pixel gradient of the component: dot products with the two ground directions are its values.
        det = ex * ny - ey * nx
        if component == "east":
            gradient = (ny / det, -nx / det)
        else:
            gradient = (-ey / det, ex / det)
        return lambda sign: self.half((sign * gradient[0], sign * gradient[1]), share)

    def zone(self, where):
        if where is None:
            return self.region_shape
        x, y, w, h = self.region
        if where == "centre":
            return box(x + w / 4, y + h / 4, x + 3 * w / 4, y + 3 * h / 4)
        if where == "edges":
            return self.region_shape.difference(box(x + w / 10, y + h / 10, x + 9 * w / 10, y + 9 * h / 10))
        if where == "marked region":
            return self.marked
        if where == "middle third":
            return box(x + w / 3, y, x + 2 * w / 3, y + h)
        words = where.split(" ")
        if words[-1] == "half":
            return self.half(SIDE[words[0]])
        if words[-1] == "third":
            if words[0] in SIDE:
                return self.half(SIDE[words[0]], 1 / 3)
            e, n = COMPASS[words[0]]
            return self.ground_half("east", 1 / 3)(e) if e else self.ground_half("north", 1 / 3)(n)
        if words[-1] == "quadrant":
            return self.half(SIDE[words[0]]).intersection(self.half(SIDE[words[1]]))
        e, n = COMPASS[where]
        zone = self.region_shape
        if e:
            zone = zone.intersection(self.ground_half("east")(e))
        if n:
            zone = zone.intersection(self.ground_half("north")(n))
        return zone

    # ---- choosing things
    LEAST = 0.3

    def found(self, subject, where=None, keep=lambda t: True):
        zone = self.zone(where)
        inside = [t for t in self.things[subject] if zone.contains(t["centre"]) and keep(t)]
        return [t for t in inside if t["score"] >= self.LEAST], inside

    def reaching(self, subject, where):
        """Found things of which any ground lies in the part."""
        zone = self.zone(where)
        return [t for t in self.found(subject)[0] if t["shape"].intersection(zone).area > 0]

    def covered(self, things, where):
        return unary_union([t["shape"] for t in things]).intersection(self.zone(where)) if things else Polygon()

    def size(self, t):
        return self.area(t["shape"])

    def long(self, t):
        """The longer side of the smallest rectangle in true shape, by the geodesics of its sides."""
        if not self.g:
            ring = list(t["shape"].minimum_rotated_rectangle.exterior.coords)
            return max(math.dist(ring[0], ring[1]), math.dist(ring[1], ring[2]))
        # Near zero: with northings of millions of metres GEOS 3.14 gives sides that are wrong in the fourth digit.
        shape = self.local_shape(t["shape"])
        x0, y0 = shape.centroid.x, shape.centroid.y
        rectangle = affinity.translate(shape, -x0, -y0).minimum_rotated_rectangle
        ring = [self.from_local(Point(x + x0, y + y0)) for x, y in list(rectangle.exterior.coords)[:3]]
        return max(GEOD.inv(*ring[0], *ring[1])[2], GEOD.inv(*ring[1], *ring[2])[2])

    def around(self, t):
        return self.length(list(t["shape"].exterior.coords))

    def nearest(self, t, anchors):
        return min((self.distance(t["shape"], a["shape"]), a["id"]) for a in anchors if a is not t)

    def key(self, order, t):
        if order in ("largest", "smallest"):
            return self.size(t) * (1 if order == "largest" else -1)
        if order in ("longest", "shortest"):
            return self.long(t) * (1 if order == "longest" else -1)
        if order in ("most certain", "least certain"):
            return t["score"] * (1 if order == "most certain" else -1)
        if order.endswith("ernmost"):
            e, n = COMPASS[order[: -len("ernmost")]]
            if not self.g:
                return e * t["centre"].x - n * t["centre"].y
            lon, lat = self.lonlat(t["centre"].x, t["centre"].y)
            lon0, lat0 = self.lonlat(*self.centre)
            azimuth, _, metres = GEOD.inv(lon0, lat0, lon, lat)
            if not (e and n):
                return e * ((lon - lon0 + 180) % 360 - 180) + n * (lat - lat0)
            return e * metres * math.sin(math.radians(azimuth)) + n * metres * math.cos(math.radians(azimuth))
        a, b = SIDE[order[: -len("most")]]
        return a * t["centre"].x + b * t["centre"].y

    def interval(self, things):
        chances = np.array([1.0])
        for t in things:
            chances = np.convolve(chances, [1 - t["score"], t["score"]])
        total = np.cumsum(chances)
        return [int(np.argmax(total >= 0.05 - 1e-9)), int(np.argmax(total >= 0.95 - 1e-9))], chances

    def fits(self, values, quantile):
        """A limit between two of the values, far from both: rounding can't decide."""
        values = sorted(values)
        gaps = [(b - a, (a + b) / 2) for a, b in zip(values, values[1:])]
        wide = [limit for gap, limit in gaps if gap > 0.02 * limit] or [max(gaps)[1] if gaps else values[0] / 2]
        return wide[min(len(wide) - 1, int(quantile * len(wide)))]

    # ---- questions
    def plan(self, intent, subjects, **given):
        return {"intent": intent, "subjects": subjects, "where": None, "order": None, "quantity": None, "filter": None,
                "language": self.rng.choice(["en", "zh"]), "certainty": 1, **given}  # fmt: skip

    def counted(self, plan, found, inside):
        expect = {"kind": "count", "count": len(found), "ids": sorted(t["id"] for t in found)}
        if inside:
            expect["interval"] = self.interval(inside)[0]
        return plan, expect

    def q_count(self, subject="car", where=None):
        return self.counted(self.plan("count", [subject], where=where), *self.found(subject, where))

    def q_two(self):
        a, b = self.found("car")[0], self.found("building")[0]
        expect = {"kind": "count", "total": len(a) + len(b), "ids": sorted(t["id"] for t in a + b)}
        return self.plan("count", ["car", "building"]), expect

    def sized(self, subject, kind, unit, quantile):
        measure = self.size if kind == "area" else self.long
        per = SQUARE_METRES if kind == "area" else METRES
        limit = self.fits([measure(t) / per[unit] for t in self.things[subject]], quantile)
        limit = float(f"{limit:.4g}")
        return f"{kind}>{limit:.10g} {unit}", lambda t: measure(t) / per[unit] > limit

    def q_filter(self, intent, kind, unit, quantile):
        if not self.g:
            unit = "px2" if kind == "area" else "px"
        text, keep = self.sized("building", kind, unit, quantile)
        found, inside = self.found("building", None, keep)
        if intent == "count":
            return self.counted(self.plan("count", ["building"], filter=text), found, inside)
        return self.plan("find", ["building"], filter=text), {"kind": "found", "ids": sorted(t["id"] for t in found)}

    def q_score(self, least):
        found = [t for t in self.found("car")[1] if t["score"] >= least]
        return self.plan("find", ["car"], filter=f"score>={least}"), {
            "kind": "found", "ids": sorted(t["id"] for t in found),
            "inOrder": [t["id"] for t in sorted(found, key=lambda t: -t["score"])]}  # fmt: skip

    def q_relation(self, relation, subject, anchor):
        anchors = self.found(anchor)[0]
        if not anchors:
            return self.plan("count", [subject], where=f"{relation}:{anchor}"), {"kind": "cannot", "reason": "no-anchor"}
        if relation == "inside":
            def keep(t):
                return any(a["shape"].contains(t["centre"]) for a in anchors)

            return self.counted(self.plan("count", [subject], where=f"inside:{anchor}"), *self.found(subject, None, keep))
        unit = "m" if self.g else "px"
        limit = self.fits([self.nearest(t, anchors)[0] for t in self.things[subject]], self.rng.random())
        limit = float(f"{limit:.3g}")
        found, inside = self.found(subject, None, lambda t: self.nearest(t, anchors)[0] < limit)
        plan = self.plan("count", [subject], where=f"{relation}:{anchor}", filter=f"distance<{limit:.10g} {unit}")
        return self.counted(plan, found, inside)

    def q_extreme(self, order, subject="building", where=None, n=None):
        found = self.found(subject, where)[0]
        plan = self.plan("extreme", [subject], order=order, where=where, filter=f"top {n}" if n else None)
        if not found:
            return plan, {"kind": "cannot", "reason": "none-found"}
        ranked = sorted(found, key=lambda t: -self.key(order, t))
        expect = {"kind": "extreme", "of": len(found), "inOrder": [t["id"] for t in ranked[: n or 1]]}
        if order in ("largest", "smallest"):
            expect["value"] = self.size(ranked[0])
        if order in ("longest", "shortest"):
            expect["value"] = self.long(ranked[0])
        return plan, expect

    def q_nearest(self, first, subject, anchor, intent="extreme"):
        found, anchors = self.found(subject)[0], self.found(anchor)[0]
        plan = self.plan(intent, [subject], order=f"{first}:{anchor}", quantity="distance" if intent == "measure" else None)
        if not anchors:
            return plan, {"kind": "cannot", "reason": "no-anchor"}
        if not found:
            return plan, {"kind": "cannot", "reason": "none-found"}
        near = sorted(((self.nearest(t, anchors)[0], t["id"]) for t in found), reverse=first == "farthest")
        # Things that overlap an anchor are equally near.
        ids = sorted(i for d, i in near if d == near[0][0])
        return plan, {"kind": intent, "ids": ids, "value": near[0][0]}

    def q_measure(self, quantity, subject, where=None):
        found = self.found(subject, where)[0]
        plan = self.plan("measure", [subject], quantity=quantity, where=where)
        measure = {"area": self.size, "length": self.long, "perimeter": self.around, "average area": self.size}
        if quantity in measure:
            if not found:
                return plan, {"kind": "cannot", "reason": "none-found"}
            sizes = sorted((measure[quantity](t) for t in found), reverse=True)
            expect = {"kind": "measure", "each": sizes, "ids": sorted(t["id"] for t in found)}
            if quantity == "average area":
                expect["value"] = sum(sizes) / len(sizes)
            return plan, expect
        found = self.reaching(subject, where)
        value = self.area(self.covered(found, where))
        if quantity == "share":
            value /= self.area(self.zone(where).intersection(self.looked()))
        return plan, {"kind": "measure", "value": value, "ids": sorted(t["id"] for t in found)}

    def q_density(self, subject, where=None):
        found = self.found(subject, where)[0]
        area = self.area(self.zone(where).intersection(self.looked()))
        return self.plan("measure", [subject], quantity="density", where=where), {
            "kind": "measure", "value": len(found) / area * 1e6, "unit": "per km2" if self.g else "per Mpx"}  # fmt: skip

    def q_trees(self, intent, where=None):
        zone = self.zone(where)
        total = 0
        for t, n in zip(self.tiles, self.densities):
            a, b, w, h = t["window"]
            if t["state"] == "looked":
                total += n * box(a, b, a + w, b + h).intersection(zone).area / (w * h)
        if intent == "density":
            area = self.area(zone.intersection(self.looked()))
            return self.plan("measure", ["tree"], quantity="density", where=where), {
                "kind": "measure", "value": round(total) / area * 1e6}  # fmt: skip
        return self.plan("count", ["tree"], where=where), {"kind": "count", "count": round(total), "ids": []}

    def q_grass(self):
        total = seen = 0
        for t, share in zip(self.tiles, self.grass):
            a, b, w, h = t["window"]
            if t["state"] == "looked":
                total += share * self.area(box(a, b, a + w, b + h))
                seen += self.area(box(a, b, a + w, b + h))
        return self.plan("measure", ["grass"], quantity="share"), {"kind": "measure", "value": total / seen}

    def complete(self):
        return all(t["state"] in ("looked", "empty") for t in self.tiles)

    def q_exists(self, subject, where=None, needed=None):
        found, inside = self.found(subject, where)
        text = None if needed is None else f"count>{needed}"
        plan = self.plan("exists", [subject], where=where, filter=text)
        any_real = 1 - math.prod(1 - t["score"] for t in (found or inside)) if inside else 0
        if needed is not None:
            chances = self.interval(inside)[1]
            p = float(sum(chances[needed + 1 :])) if inside else None
            yes = len(found) > needed
            if p is None:
                return plan, {"kind": "exists", "verdict": "yes" if yes else "no"}
            sure = p >= 0.8 if yes else p <= 0.2
            return plan, {"kind": "exists", "verdict": ("yes" if yes else "no") if sure else "unsure", "probability": p}
        if found:
            return plan, {"kind": "exists", "verdict": "yes" if any_real >= 0.5 else "unsure", "probability": any_real}
        zone = self.zone(where)
        seen = all(t["state"] in ("looked", "empty") for t in self.tiles if zone.intersection(
            box(t["window"][0], t["window"][1], t["window"][0] + t["window"][2], t["window"][1] + t["window"][3])).area > 1)  # fmt: skip
        return plan, {"kind": "exists", "verdict": "unsure" if any_real >= 0.5 or not seen else "no"}

    def q_ships(self):
        scores = [p for t, p in zip(self.tiles, self.ships) if t["state"] == "looked"]
        yes = [p for p in scores if p >= 0.5]
        if yes:
            expect = {"verdict": "yes", "probability": 1 - math.prod(1 - p for p in yes)}
        elif max(scores) >= 0.25 or not self.complete():
            expect = {"verdict": "unsure", "probability": max(scores)}
        else:
            expect = {"verdict": "no", "probability": max(scores)}
        return self.plan("exists", ["ship"]), {"kind": "exists", **expect}

    def q_compare(self, a, b, quantity=None, where=None):
        rows = []
        for subject in (a, b):
            found = self.found(subject, where)[0]
            if quantity is None:
                rows.append(len(found))
            elif quantity == "average area":
                rows.append(sum(self.size(t) for t in found) / len(found) if found else 0)
            else:
                rows.append(self.area(self.covered(self.reaching(subject, where), where)))
        if quantity == "share":
            whole = self.area(self.zone(where).intersection(self.looked()))
            rows = [r / whole for r in rows]
        most = None if math.isclose(*rows, rel_tol=1e-9) else (a if rows[0] > rows[1] else b)
        return self.plan("compare", [a, b], quantity=quantity, where=where), {"kind": "compare", "each": rows, "most": most}

    def looked_share(self, zone):
        seen = [box(x, y, x + w, y + h) for x, y, w, h in (t["window"] for t in self.tiles if t["state"] in ("looked", "empty"))]
        return unary_union(seen).intersection(zone).area / zone.area

    def q_places(self, subject, places, quantity=None, order=None):
        """The same in each of several places, and which of them has the most, or the least."""
        rows, chances, per, whole, found_in = [], [], [], [], []
        for place in places:
            zone = self.zone(place)
            found, inside = self.found(subject, place)
            found_in.append({t["id"] for t in found})
            whole.append(self.looked_share(zone) >= 0.99)
            seen = self.area(zone.intersection(self.looked()))
            if quantity is None or quantity == "density":
                per.append(1 if quantity is None else seen)
                rows.append(len(found) if quantity is None else len(found) / seen * 1e6)
                chances.append(self.interval(inside)[1])
            elif quantity == "average area":
                rows.append(sum(self.size(t) for t in found) / len(found) if found else None)
            else:
                covered = self.area(self.covered(self.reaching(subject, place), place))
                rows.append(covered / seen if quantity == "share" else covered)
        plan = self.plan("compare", [subject], where=", ".join(places), quantity=quantity, order=order)
        everything = {t["id"] for t in self.found(subject)[0]}
        expect = {"kind": "places", "each": rows, "elsewhere": len(everything - set().union(*found_in)),
                  "shared": sorted(i for i in everything if sum(i in ids for ids in found_in) > 1)}  # fmt: skip
        if None in rows:
            return plan, {**expect, "first": None, "sure": False}
        sign = -1 if order == "smallest" else 1
        ranked = sorted(range(len(rows)), key=lambda i: -sign * rows[i])
        first, second = ranked[:2]
        near = 1e-9 if chances else 0.01
        if abs(rows[first] - rows[second]) <= near * max(rows[first], rows[second]):
            return plan, {**expect, "first": None, "sure": all(whole)}
        expect["first"] = first
        if chances:
            # All that can be: numbers of each place, told per area.
            p = 0.0
            for k, chance in enumerate(chances[first]):
                for i in ranked[1:]:
                    chance *= sum(c for j, c in enumerate(chances[i]) if sign * (k / per[first] - j / per[i]) > 1e-9 / per[first])
                p += chance
            expect["probability"] = float(p)
            bearing = ranked[1:] if sign > 0 else [first]
            expect["sure"] = bool(p >= 0.8 and (quantity == "density" or all(whole[i] for i in bearing)))
        return plan, expect

    def chosen(self, subject, order, n=None, keep=lambda t: True):
        ranked = sorted((t for t in self.found(subject)[0] if keep(t)), key=lambda t: -self.key(order, t))
        return ranked[: n or 1]

    def q_from_chosen(self, kind, subject, anchor, order, n=None):
        """Measured from the largest, the northernmost … of some things."""
        anchors = self.chosen(anchor, order, n)
        named = f"{order} {anchor}" + (f" (top {n})" if n else "")
        if kind == "near":
            unit = "m" if self.g else "px"
            limit = float(f"{self.fits([self.nearest(t, anchors)[0] for t in self.things[subject]], self.rng.random()):.3g}") if anchors else 20
            plan = self.plan("count", [subject], where=f"near:{named}", filter=f"distance<{limit:.10g} {unit}")
            if not anchors:
                return plan, {"kind": "cannot", "reason": "no-anchor"}
            plan, expect = self.counted(plan, *self.found(subject, None, lambda t: self.nearest(t, anchors)[0] < limit))
        else:
            first = self.rng.choice(["nearest", "farthest"])
            plan = self.plan(kind, [subject], order=f"{first}:{named}", quantity="distance" if kind == "measure" else None)
            found = self.found(subject)[0]
            if not anchors or not found:
                return plan, {"kind": "cannot", "reason": "none-found" if anchors else "no-anchor"}
            near = sorted(((self.nearest(t, anchors)[0], t["id"]) for t in found), reverse=first == "farthest")
            expect = {"kind": kind, "ids": sorted(i for d, i in near if d == near[0][0]), "value": near[0][0]}
        return plan, {**expect, "reference": [t["id"] for t in anchors]}

    def q_inside_filtered(self, subject, anchor):
        """Inside those things of another subject that are larger than some size."""
        unit = "m2" if self.g else "px2"
        text, keep = self.sized(anchor, "area", unit, self.rng.random())
        anchors = [t for t in self.found(anchor)[0] if keep(t)]
        plan = self.plan("count", [subject], where=f"inside:{anchor} ({text})")
        if not anchors:
            return plan, {"kind": "cannot", "reason": "no-anchor"}
        inside = self.found(subject, None, lambda t: any(a["shape"].contains(t["centre"]) for a in anchors))
        plan, expect = self.counted(plan, *inside)
        return plan, {**expect, "reference": sorted(t["id"] for t in anchors)}

    def q_distance(self, subject):
        found = self.found(subject)[0]
        plan = self.plan("measure", [subject], quantity="distance")
        if not found:
            return plan, {"kind": "cannot", "reason": "none-found"}
        if len(found) < 2:
            return plan, {"kind": "cannot", "reason": "too-few"}
        pairs = [self.distance(a["shape"], b["shape"]) for i, a in enumerate(found) for b in found[i + 1 :]]
        each = [min(pairs)] if len(found) == 2 else [min(pairs), max(pairs)]
        return plan, {"kind": "measure", "value": min(pairs), "each": each}

    def q_between(self, a, b):
        found, anchors = self.found(a)[0], self.found(b)[0]
        plan = self.plan("measure", [a, b], quantity="distance")
        if not found:
            return plan, {"kind": "cannot", "reason": "none-found"}
        if not anchors:
            return plan, {"kind": "cannot", "reason": "no-anchor"}
        return plan, {"kind": "measure", "value": min(self.nearest(t, anchors)[0] for t in found)}

    def q_spacing(self, subject):
        found = self.found(subject)[0]
        plan = self.plan("measure", [subject], quantity="spacing")
        if len(found) < 2:
            return plan, {"kind": "cannot", "reason": "none-found" if not found else "too-few"}
        near = [min(self.distance(a["centre"], b["centre"]) for b in found if b is not a) for a in found]
        return plan, {"kind": "measure", "value": sum(near) / len(near)}

    def q_cannot(self, kind):
        if kind == "unknown":
            return self.plan("count", ["swimming pool"]), {"kind": "cannot", "reason": "unknown-subject"}
        if kind == "unknown anchor":
            return self.plan("find", ["car"], where="near:swimming pool"), {"kind": "cannot", "reason": "unknown-anchor"}
        if kind == "no places":
            return self.plan("extreme", ["tree"], order="northernmost"), {"kind": "cannot", "reason": "no-places"}
        if kind == "no count":
            return self.plan("count", ["ship"]), {"kind": "cannot", "reason": "no-count"}
        if kind == "attribute":
            return self.plan("attribute", ["car"]), {"kind": "cannot", "reason": "attribute"}
        if kind == "scale" and not self.g:
            return self.plan("count", ["car"], filter="area>3 m2"), {"kind": "cannot", "reason": "no-scale"}
        return self.plan("compare", ["car", "swimming pool"]), {"kind": "cannot", "reason": "unknown-subject"}

    def questions(self):
        i, r = self.index, self.rng
        def pick(options):
            return options[i % len(options)]

        parts = ["left half", "north", "top third", "northeast", "bottom right quadrant", "centre", "south third", "edges",
                 "marked region", "west", "right half", "middle third", "southwest", "top left quadrant", "east third",
                 "northwest", "bottom half", "southeast", "south", "east"]  # fmt: skip
        other = parts[(i * 7 + 3) % len(parts)]
        screen = [p for p in parts if p != "marked region"]
        return [
            self.q_count("car", None if i % 10 == 0 else pick(parts)),
            self.q_count("building", other) if i % 2 else self.q_two(),
            pick([lambda: self.q_exists("airplane"), lambda: self.q_exists("car", other), self.q_ships,
                  lambda: self.q_exists("car", None, r.randint(5, 18))])(),  # fmt: skip
            pick([lambda: self.q_filter("count", "area", pick(["m2", "ha", "ft2", "acre", "m2"]), r.random()),
                  lambda: self.q_filter("find", "length", pick(["m", "ft", "yd"]), r.random()),
                  lambda: self.q_score(0.8)])(),  # fmt: skip
            self.q_extreme(pick(["largest", "northernmost", "smallest", "leftmost", "longest", "southernmost", "most certain",
                                 "easternmost", "shortest", "bottommost", "westernmost", "least certain", "northeasternmost"]),
                           pick(["building", "car", "storage tank"])),  # fmt: skip
            self.q_nearest(pick(["nearest", "farthest"]), pick(["car", "storage tank"]), "building") if i % 3
            else self.q_extreme("largest", "building", None, 3),
            self.q_measure(pick(["area", "length", "perimeter", "average area"]), pick(["building", "storage tank", "tennis court"])),
            self.q_measure(pick(["total area", "share"]), pick(["building", "parking lot", "storage tank"]), None if i % 2 else pick(screen)),
            pick([lambda: self.q_density("car", pick(screen)), lambda: self.q_trees("count", other),
                  lambda: self.q_trees("density"), self.q_grass])(),  # fmt: skip
            pick([lambda: self.q_compare("car", "building"), lambda: self.q_compare("building", "parking lot", "total area"),
                  lambda: self.q_compare("storage tank", "building", None, pick(screen)),
                  lambda: self.q_compare("building", "storage tank", "average area"),
                  lambda: self.q_compare("parking lot", "building", "share", pick(screen))])(),  # fmt: skip
            pick([lambda: self.q_relation("near", "car", "building"), lambda: self.q_relation("inside", "car", "parking lot"),
                  lambda: self.q_relation("along", "car", "parking lot")])(),  # fmt: skip
            pick([lambda: self.q_distance("storage tank"), lambda: self.q_spacing("car"), lambda: self.q_between("building", "tennis court"),
                  lambda: self.q_cannot(["unknown", "unknown anchor", "no places", "no count", "attribute", "scale", "compare"][i // 4 % 7])])(),
            pick([lambda: self.q_places("car", pick([["north", "south"], ["left half", "right half"], ["northwest", "southeast"]])),
                  lambda: self.q_places("building", ["west", "east"], "total area"),
                  lambda: self.q_places("car", ["top left quadrant", "top right quadrant", "bottom left quadrant", "bottom right quadrant"]),
                  lambda: self.q_places("car", ["left third", "middle third", "marked region"], "density"),
                  lambda: self.q_places("parking lot", ["top half", "south"], "share"),
                  lambda: self.q_places("building", ["left half", "right half"], "average area"),
                  lambda: self.q_places("car", ["northeast", "southwest", "centre", "edges"], None, "smallest")])(),
            pick([lambda: self.q_from_chosen("extreme", "car", "building", pick(["largest", "northernmost", "smallest", "leftmost"])),
                  lambda: self.q_from_chosen("near", "car", "storage tank", pick(["largest", "easternmost", "longest", "most certain"])),
                  lambda: self.q_from_chosen("measure", "building", "storage tank", pick(["southernmost", "largest", "smallest"])),
                  lambda: self.q_from_chosen("near", "car", "building", "largest", 2),
                  lambda: self.q_inside_filtered("car", "parking lot")])(),
        ]  # fmt: skip

    def data(self):
        def thing(t):
            entry = {"id": t["id"], "box": [round(v, 6) for v in t["box"]], "score": t["score"]}
            if t["ring"]:
                entry["ring"] = [list(p) for p in list(t["shape"].exterior.coords)[:-1]]
            return entry

        x, y, w, h = self.region
        return {
            "name": self.name, "width": self.width, "height": self.height, "region": [x, y, w, h],
            "proj4": CRS(self.epsg).to_proj4() if self.epsg else None, "geotransform": self.g,
            "marked": [list(p) for p in list(self.marked.exterior.coords)[:-1]], "tiles": self.tiles,
            "things": {subject: [thing(t) for t in things] for subject, things in self.things.items()},
            "densities": self.densities, "presence": self.ships, "cover": self.grass,
            "questions": [{"plan": plan, "expect": expect} for plan, expect in self.questions()],
        }  # fmt: skip


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore")
    scenes = [Scene(i).data() for i in range(SCENES)]
    for scene in scenes:
        # Geotransforms and windows keep every digit.
        kept = scene["geotransform"], scene["tiles"]
        scene.update(rounded({k: v for k, v in scene.items() if k not in ("geotransform", "tiles")}))
        scene["geotransform"], scene["tiles"] = kept
    OUT.write_text("[\n" + ",\n".join(json.dumps(s, ensure_ascii=False, separators=(",", ":")) for s in scenes) + "\n]\n")
    print(f"{len(scenes)} scenes, {sum(len(s['questions']) for s in scenes)} questions, {OUT.stat().st_size} bytes")
