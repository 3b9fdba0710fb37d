"""EPSG's coordinate systems as PROJ has them: names, definitions, possible datum shifts and points to check them at.

    python cli/crs-table/candidates.py > candidates.json

First half of making src/raster/crs/table/crs.json (see build.ts). Needs rasterio, whose wheel carries PROJ's database.
`crs`: code, name, deprecated, geographic, base (code of the geographic CRS below it), proj4 (PROJ's export, without any shift) and points, each
[x, y, lon, lat]: CRS coordinates (easting first) and where PROJ puts them on WGS 84. PROJ picks one transformation for all points of a call, by their mean.
`shifts`, by geographic CRS: every Helmert transformation to an Earth-centred datum as [west, south, east, north, accuracy in metres,
"dx,dy,dz[,rx,ry,rz,ppm]" as +towgs84 takes them].
"""

import json
import logging
import math
import os
import sqlite3
import sys

import rasterio
from rasterio.crs import CRS
from rasterio.warp import transform

SPOTS = ((0.5, 0.5), (0.3, 0.3), (0.7, 0.7), (0.3, 0.7), (0.7, 0.3))
POSITION_VECTOR = {1033, 1037, 9606}
COORDINATE_FRAME = {1032, 1038, 9607}
TRANSLATION = {1031, 1035, 9603}
ARC_SECOND = math.pi / 180 / 3600
# Continental realisations that PROJ takes for WGS 84 itself: ETRS89, NAD83 and its kin, GDA94 and 2020, SIRGAS 2000, NZGD2000, ITRF-based ones.
EARTH_CENTRED = {"4258", "4269", "4617", "4283", "7844", "4674", "4167", "4171", "4612", "6668", "4490", "4759", "6318", "4152"}


def database() -> sqlite3.Connection:
    return sqlite3.connect(os.path.join(os.path.dirname(rasterio.__file__), "proj_data", "proj.db"))


def units(db) -> dict:
    return {(auth, str(code)): factor for auth, code, factor in db.execute("select auth_name, code, conv_factor from unit_of_measure")}


def shifts_by_base(db) -> dict[str, list[list]]:
    """Helmert transformations out of (or, turned round, into) a geographic CRS, by its code; straight to WGS 84 where there are any."""
    factor = units(db)
    datum_of = {str(c): str(d) for c, d in db.execute("select code, datum_code from geodetic_crs where auth_name = 'EPSG'")}
    by_datum: dict[str, list[str]] = {}
    for code, datum in datum_of.items():
        by_datum.setdefault(datum, []).append(code)
    direct: dict[str, list[list]] = {}
    through: dict[str, list[list]] = {}
    query = """select h.code, h.method_code, h.source_crs_code, h.target_crs_code, h.tx, h.ty, h.tz, h.translation_uom_auth_name, h.translation_uom_code,
        h.rx, h.ry, h.rz, h.rotation_uom_auth_name, h.rotation_uom_code, h.scale_difference, h.scale_difference_uom_auth_name, h.scale_difference_uom_code,
        h.accuracy, e.west_lon, e.south_lat, e.east_lon, e.north_lat
        from helmert_transformation_table h
        left join usage u on u.object_table_name = 'helmert_transformation' and u.object_auth_name = 'EPSG' and u.object_code = h.code
        left join extent e on e.code = u.extent_code and e.auth_name = u.extent_auth_name
        where h.deprecated = 0 and h.auth_name = 'EPSG' and h.source_crs_auth_name = 'EPSG' and h.target_crs_auth_name = 'EPSG'"""
    for row in db.execute(query):
        _, method, source, target, tx, ty, tz, t_auth, t_code, rx, ry, rz, r_auth, r_code, scale, s_auth, s_code, accuracy, *extent = row
        method = int(method)
        if method not in POSITION_VECTOR | COORDINATE_FRAME | TRANSLATION or extent[0] is None:
            continue
        values = [v * factor[(t_auth, str(t_code))] for v in (tx, ty, tz)]
        if method not in TRANSLATION:
            to_seconds = factor[(r_auth, str(r_code))] / ARC_SECOND * (1 if method in POSITION_VECTOR else -1)
            values += [v * to_seconds for v in (rx, ry, rz)] + [scale * factor[(s_auth, str(s_code))] * 1e6]
        for code, other, sign in ((source, target, 1), (target, source, -1)):
            text = ",".join(f"{sign * v + 0.0:.9g}" for v in values)
            to_wgs84 = datum_of.get(str(other)) == datum_of["4326"]
            if not to_wgs84 and str(other) not in EARTH_CENTRED:
                continue
            entry = [*extent, (accuracy if accuracy is not None else 999) + (0 if to_wgs84 else 1), text]
            for relative in by_datum.get(datum_of.get(str(code), ""), []):
                (direct if to_wgs84 else through).setdefault(relative, []).append(entry)
    return {code: direct.get(code) or through[code] for code in {*direct, *through}}


def rows(db):
    query = """select t.code, t.name, t.deprecated, min(e.south_lat), max(e.north_lat), e.west_lon, e.east_lon, {base}
        from {table} t left join usage u on u.object_table_name = '{table}' and u.object_auth_name = 'EPSG' and u.object_code = t.code
        left join extent e on e.code = u.extent_code and e.auth_name = u.extent_auth_name
        where t.auth_name = 'EPSG' {where} group by t.code order by cast(t.code as integer)"""
    for row in db.execute(query.format(table="projected_crs", base="t.geodetic_crs_code", where="")):
        yield (*row, False)
    for row in db.execute(query.format(table="geodetic_crs", base="t.code", where="and t.type = 'geographic 2D'")):
        yield (*row, True)


def definition(crs) -> str | None:
    """PROJ's own string: rasterio's loses options without a value (+no_uoff)."""
    text = crs.to_proj4().replace("=True", "")
    method = crs.to_dict(projjson=True).get("conversion", {}).get("method", {}).get("name", "")
    if "+proj=omerc" in text and "variant A" in method:
        text = text.replace("+proj=omerc", "+proj=omerc +no_uoff")
    return text or None


def check_points(crs, south, north, west, east) -> list[list[float]]:
    if east < west:
        east += 360
    spots = [(west + (east - west) * fx, south + (north - south) * fy) for fx, fy in SPOTS]
    lon = [(x + 180) % 360 - 180 for x, _ in spots]
    xs, ys = transform("EPSG:4326", crs, lon, [y for _, y in spots])
    lon, lat = transform(crs, "EPSG:4326", xs, ys)
    return [list(p) for p in zip(xs, ys, lon, lat) if all(map(math.isfinite, p))]


def main() -> None:
    logging.disable(logging.CRITICAL)
    os.environ["OSR_USE_NON_DEPRECATED"] = "NO"
    db = database()
    out = []
    for code, name, deprecated, south, north, west, east, base, geographic in rows(db):
        record = {"code": int(code), "name": name, "deprecated": bool(deprecated), "geographic": geographic, "base": int(base), "proj4": None, "points": []}
        try:
            crs = CRS.from_epsg(int(code))
            record["proj4"] = definition(crs)
            if south is not None:
                record["points"] = check_points(crs, south, north, west, east)
        except Exception as error:  # a CRS that PROJ itself can't express stays without a definition
            print(code, error, file=sys.stderr)
        out.append(record)
    print(json.dumps({"crs": out, "shifts": shifts_by_base(db)}))


if __name__ == "__main__":
    main()
