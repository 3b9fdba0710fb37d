/** TIFF tag numbers that we read (TIFF 6.0, GeoTIFF 1.1, GDAL's own). */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  imageDescription: 270,
  make: 271,
  model: 272,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  dateTime: 306,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  yCbCrCoefficients: 529,
  yCbCrSubSampling: 530,
  referenceBlackWhite: 532,
  modelPixelScale: 33550,
  modelTiepoint: 33922,
  modelTransformation: 34264,
  geoKeyDirectory: 34735,
  geoDoubleParams: 34736,
  geoAsciiParams: 34737,
  lercParameters: 50674,
  gdalMetadata: 42112,
  gdalNodata: 42113,
} as const;

/** Bytes per value of each TIFF field type; 0 for types that don't exist. */
export function fieldTypeSize(type: number): number {
  return [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8][type] ?? 0;
}

/** Names that GDAL and libtiff users know. */
const COMPRESSION_NAMES: Record<number, string> = {
  1: 'none',
  2: 'CCITT modified Huffman (CCITT RLE)',
  3: 'CCITT Group 3 fax',
  4: 'CCITT Group 4 fax',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'Deflate',
  9: 'JBIG (T.85)',
  10: 'JBIG (T.43)',
  32766: 'NeXT',
  32771: 'CCITT RLE with word alignment',
  32773: 'PackBits',
  32809: 'ThunderScan',
  32946: 'Deflate (old code)',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv 24-bit',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG of DNG',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

export function compressionName(code: number): string {
  return COMPRESSION_NAMES[code] ?? `unknown code ${code}`;
}

/** Compression codes that src/raster/tiff/codecs/codec.ts decodes. */
export const DECODABLE: ReadonlySet<number> = new Set([1, 5, 7, 8, 32773, 32946, 34887, 50000, 50001]);

/** Codes that no common GDAL build reads either, so gdal_translate can't convert them. */
export const NOT_IN_GDAL: ReadonlySet<number> = new Set([9, 10, 34661, 34934, 33004, 34892]);
