"""Writes src/raster/sidecars/mapinfo-data.ts: what MapInfo's datum and ellipsoid numbers mean, as GDAL reads them from .tab files.

    python3 cli/crs-table/mapinfo.py

Needs rasterio. A number that GDAL doesn't know is left out.
"""

import logging
import os
import re
import tempfile
from pathlib import Path

import numpy as np
import rasterio

OUT = Path(__file__).parents[2] / "src/raster/sidecars/mapinfo-data.ts"
# Earth-centred datums whose EPSG code GDAL leaves out.
CODES = {104: "6326", 116: "6283", 117: "6167", 150: "6148", 152: "6612"}
POINTS = ["(10,50) (0,0)", "(11,50) (10,0)", "(10,49) (0,10)"]


def wkt_of(coord_sys: str, folder: str) -> str:
    image = os.path.join(folder, "a.tif")
    if not os.path.exists(image):
        with rasterio.open(image, "w", driver="GTiff", width=10, height=10, count=1, dtype="uint8") as dataset:
            dataset.write(np.zeros((1, 10, 10), "uint8"))
    points = ",\n".join(f'  {point} Label "Pt"' for point in POINTS)
    text = f'!table\n!version 300\n\nDefinition Table\n  File "a.tif"\n  Type "RASTER"\n{points}\n  {coord_sys}\n'
    Path(folder, "a.tab").write_text(text)
    with rasterio.open(image) as dataset:
        return dataset.crs.to_wkt(version="WKT1_GDAL") if dataset.crs else ""


def parts(wkt: str):
    datum = re.search(r'DATUM\["([^"]*)",SPHEROID\["([^"]*)",([^,\]]+),([^,\]]+)', wkt)
    if not datum:
        return None
    code = re.search(r'AUTHORITY\["EPSG","(6\d{3})"\]\],PRIMEM', wkt)
    meridian = re.search(r'PRIMEM\["([^"]*)",([^,\]]+)', wkt)
    name, _, a, rf = datum.groups()
    pm = f"{meridian[1]} {meridian[2]}" if meridian and meridian[1] != "Greenwich" else ""
    return name, a, rf, code[1] if code else "", pm


def main() -> None:
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        datums = []
        for number in [*range(160), *range(1000, 1030)]:
            found = parts(wkt_of(f"CoordSys Earth Projection 1, {number}", folder))
            # GDAL takes a number that it doesn't know for WGS 84.
            if not found or (found[0] == "WGS_1984" and number not in (104, 157)):
                continue
            name, a, rf, code, meridian = found
            datums.append("\t".join([str(number), name, a, rf, code or CODES.get(number, ""), meridian]).rstrip("\t"))
        ellipsoids = []
        for number in range(0, 60):
            found = parts(wkt_of(f"CoordSys Earth Projection 1, 999, {number}, 1, 2, 3", folder))
            if found:
                ellipsoids.append(f"{number}\t{found[1]}\t{found[2]}")
    OUT.write_text(
        "/** Made by cli/crs-table/mapinfo.py from GDAL. Number, datum, semi-major axis, inverse flattening, EPSG datum, prime meridian. */\n"
        "export const MAPINFO_DATUMS = `" + "\n".join(datums) + "`;\n\n"
        "/** Number, semi-major axis in metres, inverse flattening. */\n"
        "export const MAPINFO_ELLIPSOIDS = `" + "\n".join(ellipsoids) + "`;\n"
    )


if __name__ == "__main__":
    main()
