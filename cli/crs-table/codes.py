"""The numbers behind EPSG's codes that GeoKeys use, from PROJ's database.

    python cli/crs-table/codes.py > src/raster/crs/table/codes.json

Needs rasterio, whose wheel carries PROJ's database. By code:
`ellipsoids`: semi-major axis in metres and inverse flattening (0 for a sphere); `meridians`: degrees east of Greenwich;
`lengths`: metres; `angles`: degrees; `datums`: the geographic 2D CRS on a datum; `units`: degrees a unit of the geographic CRS
that don't count in degrees; `geographic`: ellipsoid and prime meridian of each geographic CRS; `bases`: the geographic CRS below a projected one; `conversions`: a projected CRS that a
ProjectionGeoKey's conversion is part of.
"""

import json
import math
import os
import sqlite3

import rasterio

LARGEST_KEY = 32767
MILLIMETRE, CENTIMETRE = 1025, 1033


def tidy(value: float) -> float | int:
    value = float(f"{value:.15g}")
    return int(value) if value == int(value) else value


def sexagesimal(value: float) -> float:
    """EPSG's unit 9110: degrees, then two digits of minutes, then seconds, behind one point."""
    text = f"{abs(value):.10f}"
    whole, digits = text.split(".")
    degrees = int(whole) + int(digits[:2]) / 60 + float(f"{digits[2:4]}.{digits[4:]}") / 3600
    return math.copysign(degrees, value)


def main() -> None:
    db = sqlite3.connect(os.path.join(os.path.dirname(rasterio.__file__), "proj_data", "proj.db"))
    factors = {(t, int(c)): f for t, c, f in db.execute("select type, code, conv_factor from unit_of_measure where auth_name = 'EPSG'") if f}
    lengths = {c: tidy(f) for (t, c), f in factors.items() if t == "length" and (c in (MILLIMETRE, CENTIMETRE) or 9001 <= c <= LARGEST_KEY)}
    # The database holds radians with an error in the last digits; a grad is nine tenths of a degree.
    angles = {c: tidy(float(f"{math.degrees(f):.13g}")) for (t, c), f in factors.items() if t == "angle" and 9101 <= c <= 9122}
    ellipsoids = {}
    for code, a, unit, rf, b in db.execute(
        "select code, semi_major_axis, uom_code, inv_flattening, semi_minor_axis from ellipsoid where auth_name = 'EPSG'"
    ):
        metres = factors[("length", int(unit))]
        inverse = rf if rf is not None else (0 if a == b else a / (a - b))
        ellipsoids[int(code)] = [tidy(a * metres), tidy(inverse)]
    meridians = {
        int(code): tidy(sexagesimal(value) if int(unit) == 9110 else value * math.degrees(factors[("angle", int(unit))]))
        for code, value, unit in db.execute("select code, longitude, uom_code from prime_meridian where auth_name = 'EPSG'")
    }
    units, datums, geographic = {}, {}, {}
    query = """select g.code, g.datum_code, d.ellipsoid_code, d.prime_meridian_code, a.uom_code from geodetic_crs g
        join geodetic_datum d on d.auth_name = g.datum_auth_name and d.code = g.datum_code
        join axis a on a.coordinate_system_code = g.coordinate_system_code and a.coordinate_system_auth_name = 'EPSG'
        where g.auth_name = 'EPSG' and g.type = 'geographic 2D' and a.coordinate_system_order = 1 order by g.deprecated, cast(g.code as integer)"""
    for code, datum, ellipsoid, meridian, unit in db.execute(query):
        geographic[int(code)] = [int(ellipsoid), int(meridian)]
        degrees = angles.get(int(unit), 1)
        if degrees != 1:
            units[int(code)] = degrees
        datums.setdefault(int(datum), int(code))
    conversions, bases = {}, {}
    query = "select code, geodetic_crs_code, conversion_code from projected_crs where auth_name = 'EPSG' and conversion_auth_name = 'EPSG' order by deprecated, cast(code as integer)"
    for code, base, conversion in db.execute(query):
        bases[int(code)] = int(base)
        if int(conversion) <= LARGEST_KEY:
            conversions.setdefault(int(conversion), int(code))
    tables = {
        "ellipsoids": ellipsoids,
        "meridians": meridians,
        "lengths": lengths,
        "angles": angles,
        "datums": datums,
        "units": units,
        "geographic": geographic,
        "bases": bases,
        "conversions": conversions,
    }
    lines = [f"{json.dumps(name)}: {json.dumps(dict(sorted(table.items())), separators=(',', ':'))}" for name, table in tables.items()]
    print("{\n" + ",\n".join(lines) + "\n}")


if __name__ == "__main__":
    main()
