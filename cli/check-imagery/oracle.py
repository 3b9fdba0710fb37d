"""What GDAL reads from every image of a folder, for cli/check-imagery.ts to compare with.

    python3 cli/check-imagery/oracle.py FOLDER OUT FILE...

Writes OUT/index.json ({"gdal": version, "files": {name: record}}) and, for each file that GDAL reads, OUT/<n>.f32: float32 little-endian samples,
for each window in turn [bands, height, width], NaN where GDAL's mask (nodata, internal or .msk mask; not alpha) says invalid. Palettes come as
red, green, blue, CMYK as RGB, WhiteIsZero turned round: as the app shows them. Needs rasterio.
"""

import json
import logging
import math
import struct
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.transform import from_gcps
from rasterio.warp import transform

MAX_SAMPLES = 12_000_000
SPOT = 192
WHITE_IS_ZERO, PALETTE, CMYK = 0, 3, 5


def number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def windows(width: int, height: int, bands: int) -> list[list[int]]:
    """All of a small image; of a large one 16 squares over a grid and the four corners."""
    if width * height * bands <= MAX_SAMPLES:
        return [[0, 0, width, height]]
    w, h = min(SPOT, width), min(SPOT, height)
    places = [(x / 4, y / 4) for y in range(5) for x in range(5)]
    return [[round((width - w) * x), round((height - h) * y), w, h] for x, y in places]


def place(dataset) -> dict:
    gcps, gcp_crs = dataset.gcps
    matrix, crs, fitted = dataset.transform, dataset.crs, False
    if matrix.is_identity and len(gcps) >= 3:
        matrix, crs, fitted = from_gcps(gcps), gcp_crs, True
    if matrix.is_identity:
        return {"geotransform": None, "crs": str(crs or gcp_crs or "") or None, "gcps": len(gcps)}
    w, h = dataset.width, dataset.height
    spots = [(0, 0), (w, 0), (w, h), (0, h), (w / 2, h / 2)]
    out = {"geotransform": list(matrix.to_gdal()), "crs": str(crs) if crs else None, "gcps": len(gcps), "fitted": fitted, "lonLat": None}
    if crs:
        try:
            xs, ys = zip(*[matrix * spot for spot in spots])
            lon, lat = transform(crs, "EPSG:4326", list(xs), list(ys))
            out["lonLat"] = [[number(a), number(b)] for a, b in zip(lon, lat)]
        except Exception as error:
            out["lonLatError"] = str(error)[:200]
    return out


def place_beside(path: Path, dataset) -> dict | None:
    """What a .tab or world file that GDAL doesn't read beside a PNG or WebP means to GDAL beside a TIFF of the same size; None without one."""
    # The one that counts first.
    names = {"PNG": {".tab": ".tab"}, "WEBP": {".wpw": ".tfw", ".webpw": ".tfw", ".wld": ".wld", ".tab": ".tab"}}.get(dataset.driver, {})
    beside = {other.suffix.lower(): other for other in path.parent.iterdir() if other.stem == path.stem}
    found = next(((beside[suffix], stands_for) for suffix, stands_for in names.items() if suffix in beside), None)
    if found is None:
        return None
    sidecar, suffix = found
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "a.tif")
        with rasterio.open(image, "w", driver="GTiff", width=dataset.width, height=dataset.height, count=1, dtype="uint8", sparse_ok=True):
            pass
        image.with_suffix(suffix).write_bytes(sidecar.read_bytes())
        with rasterio.open(image) as stand_in:
            return place(stand_in)


def first_tags(path: Path) -> dict[int, tuple[int, int]]:
    """Count and first value (where it is a short) of each tag of a TIFF's first directory: GDAL doesn't tell WhiteIsZero and CMYK in every case."""
    with path.open("rb") as file:
        head = file.read(16)
        if head[:2] not in (b"II", b"MM"):
            return {}
        order = "<" if head[:2] == b"II" else ">"
        big = struct.unpack(order + "H", head[2:4])[0] == 43
        file.seek(struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0])
        count = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))[0]
        tags = {}
        for _ in range(min(count, 4096)):
            entry = file.read(20 if big else 12)
            tag = struct.unpack(order + "H", entry[:2])[0]
            values = struct.unpack(order + ("Q" if big else "I"), entry[4 : 12 if big else 8])[0]
            tags[tag] = (values, struct.unpack(order + "H", entry[12:14] if big else entry[8:10])[0])
        return tags


def is_palette(dataset, colours: int | None) -> bool:
    return colours == PALETTE and dataset.colorinterp[0] == ColorInterp.palette


def read(dataset, window, colours: int | None, extras: int) -> np.ndarray:
    x, y, w, h = window
    box = rasterio.windows.Window(x, y, w, h)
    raw = dataset.read(window=box)
    data = raw.astype(np.float32)
    data[data != data] = np.nan
    invalid = np.zeros(raw.shape, bool)
    for band in range(dataset.count):
        flags = dataset.mask_flag_enums[band]
        if MaskFlags.alpha not in flags and MaskFlags.all_valid not in flags:
            invalid[band] = dataset.read_masks(band + 1, window=box) == 0
    bits = int(dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS", np.dtype(dataset.dtypes[0]).itemsize * 8))
    if is_palette(dataset, colours):
        table = dataset.colormap(1)
        size = max(table) + 1
        lut = np.zeros((size, 3), np.float32)
        opacity = np.full(size, 255)
        for index, colour in table.items():
            lut[index] = colour[:3]
            opacity[index] = colour[3]
        invalid[0] |= opacity[np.clip(raw[0].astype(np.int64), 0, size - 1)] == 0
        shown = lut[np.clip(raw[0].astype(np.int64), 0, size - 1)].transpose(2, 0, 1)
        # Bands behind the palette follow as they are.
        data = np.concatenate([shown, data[1:]]).copy()
        invalid = np.concatenate([np.repeat(invalid[:1], 3, axis=0), invalid[1:]])
    elif colours == WHITE_IS_ZERO and dataset.count - extras <= 1 and bits <= 16 and np.issubdtype(raw.dtype, np.unsignedinteger):
        data[0] = np.float32(2**bits - 1) - data[0]
    elif colours == CMYK and dataset.colorinterp[0] == ColorInterp.red:
        # libtiff's own conversion.
        data, invalid = data[:3], invalid[:3]
    elif colours == CMYK and dataset.count >= 4:
        top = 2**bits - 1
        shown = np.floor((top - raw[:3].astype(np.float64)) * (top - raw[3].astype(np.float64)) / top).astype(np.float32)
        data, invalid = np.concatenate([shown, data[4:]]), np.concatenate([invalid[:3], invalid[4:]])
    data[invalid] = np.nan
    data[np.isinf(data)] = np.nan
    return data


def describe(path: Path, out: Path, index: int) -> dict:
    try:
        with rasterio.open(path) as dataset:
            record = {"width": dataset.width, "height": dataset.height, "count": dataset.count, "dtype": dataset.dtypes[0]}
            interp = list(dataset.colorinterp)
            tags = first_tags(path)
            colours = tags.get(262, (0, None))[1]
            extras = tags.get(338, (0, 0))[0]
            if not tags and interp[0] == ColorInterp.palette:
                colours = PALETTE
            record["alphaBand"] = interp.index(ColorInterp.alpha) if ColorInterp.alpha in interp else None
            if colours == CMYK and tags.get(332, (0, 1))[1] != 1:
                colours = None
            if record["alphaBand"] is not None:
                # A palette's one band shows as three, four inks too.
                record["alphaBand"] += 2 if is_palette(dataset, colours) else -1 if interp[0] == ColorInterp.cyan and colours == CMYK else 0
            record["place"] = place(dataset)
            if record["place"]["geotransform"] is None:
                record["place"] = place_beside(path, dataset) or record["place"]
            record["windows"] = windows(dataset.width, dataset.height, dataset.count)
            try:
                if colours == CMYK and extras and dataset.colorinterp[0] == ColorInterp.red:
                    raise ValueError("GDAL drops the extra samples of CMYK")
                with (out / f"{index}.f32").open("wb") as sink:
                    for window in record["windows"]:
                        data = read(dataset, window, colours, extras)
                        record["bands"] = int(data.shape[0])
                        sink.write(data.astype("<f4").tobytes())
                record["pixels"] = f"{index}.f32"
            except Exception as error:
                record["pixelError"] = f"{type(error).__name__}: {error}"[:200]
            return record
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    folder, out, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    files = {name: describe(folder / name, out, index) for index, name in enumerate(names)}
    (out / "index.json").write_text(json.dumps({"gdal": rasterio.__gdal_version__, "files": files}))


if __name__ == "__main__":
    main()
