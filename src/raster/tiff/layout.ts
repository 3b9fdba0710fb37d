import type { SampleType } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import { type BlockFormat, blockBytes, sharesChroma } from './block-format.ts';
import { readYCbCr, type YCbCr } from './codecs/ycbcr.ts';
import { bytesOf, corrupt, type Directory, numberOf, numbersOf, type TiffFile, truncated } from './directory.ts';
import { compressionName, DECODABLE, NOT_IN_GDAL, TAG } from './tags.ts';

/** One validated image of the file: full resolution, overview or mask. */
export interface ImageLayout extends BlockFormat {
  width: number;
  height: number;
  tiled: boolean;
  /** Rows per strip or tile in the file. Differs from `blockHeight` if large uncompressed strips are read in parts. */
  storedBlockHeight: number;
  blocksAcross: number;
  blocksDown: number;
  extraSamples: number[];
  /** Byte offset and length of each block, sample-major if planar; length 0 = a sparse block of nodata. */
  blockOffsets: Float64Array;
  blockByteCounts: Float64Array;
  subfileType: number;
}

const MAX_SIDE = 10_000_000;
/** 2^40 pixels: a million on a side. */
const MAX_PIXELS = 2 ** 40;
const MAX_SAMPLES = 4096;
/** The most that a tag may list. */
const MAX_BLOCKS = 16 * 1024 * 1024;
/** Larger uncompressed strips are read in parts. */
const SPLIT_BYTES = 1024 * 1024;

/** Errors: TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED, TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE. */
export async function readLayout(file: TiffFile, directory: Directory, maxBlockBytes: number): Promise<ImageLayout> {
  const number = (tag: number, fallback: number) => numberOf(file, directory, tag, fallback);
  const width = await number(TAG.imageWidth, 0);
  const height = await number(TAG.imageLength, 0);
  if (!(width >= 1) || !(height >= 1)) throw corrupt(`Its header says ${width}×${height} pixels.`);
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `The header says ${width}×${height} pixels; up to ${MAX_SIDE.toLocaleString('en')} on a side can be opened. If that isn't the true size, the file is damaged.`,
    );
  }
  const compression = await number(TAG.compression, 1);
  requireDecodable(compression);
  const samplesPerPixel = await number(TAG.samplesPerPixel, 1);
  if (!(samplesPerPixel >= 1 && samplesPerPixel <= MAX_SAMPLES)) {
    throw corrupt(`Its header says ${samplesPerPixel} bands.`);
  }
  const bits = await uniform(file, directory, TAG.bitsPerSample, samplesPerPixel, 1, 'bits per sample');
  const format = await uniform(file, directory, TAG.sampleFormat, samplesPerPixel, 1, 'sample formats');
  const photometric = await number(TAG.photometric, samplesPerPixel >= 3 ? 2 : 1);
  const planarConfiguration = await number(TAG.planarConfiguration, 1);
  if (planarConfiguration !== 1 && planarConfiguration !== 2) {
    throw corrupt(`Its planar configuration is ${planarConfiguration}; only 1 and 2 are allowed.`);
  }
  // Some writers list tiles under the strips' tags.
  const tiled = directory.entries.has(TAG.tileWidth);
  const tileTags = tiled && directory.entries.has(TAG.tileOffsets);
  const planar = planarConfiguration === 2 && samplesPerPixel > 1;
  const blockWidth = tiled ? await number(TAG.tileWidth, 0) : width;
  const rowsPerStrip = await number(TAG.rowsPerStrip, height);
  const blockHeight = tiled ? await number(TAG.tileLength, 0) : Math.min(rowsPerStrip || height, height);
  if (!(blockWidth >= 1 && blockHeight >= 1 && blockWidth <= MAX_SIDE && blockHeight <= MAX_SIDE)) {
    throw corrupt(`Its tiles are ${blockWidth}×${blockHeight} pixels.`);
  }
  const offsets = await numbersOf(file, directory, tileTags ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = await numbersOf(file, directory, tileTags ? TAG.tileByteCounts : TAG.stripByteCounts);
  if (!offsets) throw corrupt('It has neither strips nor tiles.');

  const plain: Omit<ImageLayout, 'yCbCr'> = {
    width,
    height,
    samplesPerPixel,
    sampleType: sampleTypeOf(format, bits),
    bits,
    compression,
    photometric,
    // libtiff, too, uses the predictor only with these codecs.
    predictor: [5, 8, 32946, 50000].includes(compression) ? await number(TAG.predictor, 1) : 1,
    planar,
    reversedBits: (await number(TAG.fillOrder, 1)) === 2,
    littleEndian: file.littleEndian,
    tiled,
    blockWidth,
    blockHeight,
    storedBlockHeight: blockHeight,
    blocksAcross: Math.ceil(width / blockWidth),
    blocksDown: Math.ceil(height / blockHeight),
    extraSamples: [...((await numbersOf(file, directory, TAG.extraSamples)) ?? [])],
    jpegTables: compression === 7 ? await bytesOf(file, directory, TAG.jpegTables) : null,
    lercParameters: compression === 34887 ? [...((await numbersOf(file, directory, TAG.lercParameters)) ?? [])] : null,
    blockOffsets: offsets,
    blockByteCounts: counts ?? new Float64Array(0),
    subfileType: await number(TAG.newSubfileType, 0),
  };
  const layout: ImageLayout = { ...plain, yCbCr: await colourFormat(file, directory, plain) };
  if (compression === 34887 && /^u?int64$/.test(layout.sampleType)) {
    throw unsupportedLayout('LERC with 64-bit integers', '-ot Float64 ');
  }
  if (compression === 7 && bits !== 8) {
    throw unsupportedLayout(`JPEG with ${bits} bits per sample`);
  }
  checkBlocks(layout, file.source.size, counts !== null, maxBlockBytes);
  return splitRawStrips(layout);
}

/** Rows that block row `by` really stores: tiles are always full; the last strip may be shorter. */
export function rowsInBlock(layout: ImageLayout, by: number): number {
  return layout.tiled ? layout.blockHeight : Math.min(layout.blockHeight, layout.height - by * layout.blockHeight);
}

export function blockIndex(layout: ImageLayout, bx: number, by: number, sample: number): number {
  const plane = layout.planar ? sample * layout.blocksAcross * layout.blocksDown : 0;
  return plane + by * layout.blocksAcross + bx;
}

function requireDecodable(compression: number): void {
  if (DECODABLE.has(compression)) return;
  const help = NOT_IN_GDAL.has(compression)
    ? 'Convert it to an uncompressed or Deflate GeoTIFF with the program that wrote it.'
    : 'Convert it first: gdal_translate -co COMPRESS=DEFLATE -co TILED=YES input.tif output.tif';
  throw new NadirError(
    'TIFF_COMPRESSION_UNSUPPORTED',
    `This TIFF is compressed with ${compressionName(compression)} (code ${compression}), which can't be read here. ${help}`,
    { details: { compression } },
  );
}

function checkBlocks(layout: ImageLayout, fileSize: number, hasCounts: boolean, maxBlockBytes: number): void {
  const planes = layout.planar ? layout.samplesPerPixel : 1;
  const expected = layout.blocksAcross * layout.blocksDown * planes;
  const bytes = blockBytes(layout, layout.blockHeight);
  // Raw strips are read in parts, down to single rows.
  const together = isSplittable(layout) ? blockBytes(layout, 1) : bytes;
  if (together > maxBlockBytes) throw unsupportedLayout(`blocks of ${Math.round(together / 2 ** 20)} MiB each`);
  if (layout.blockOffsets.length < expected) {
    throw corrupt(`It should have ${expected} blocks of pixels but lists ${layout.blockOffsets.length}.`);
  }
  if (!hasCounts) {
    if (layout.compression !== 1) throw corrupt('The lengths of its compressed blocks are missing.');
    layout.blockByteCounts = new Float64Array(expected).fill(bytes);
  }
  if (layout.blockByteCounts.length < expected) {
    throw corrupt(`It should have ${expected} block lengths but lists ${layout.blockByteCounts.length}.`);
  }
  let outside = 0;
  for (let i = 0; i < expected; i++) {
    const stored = layout.blockByteCounts[i]!;
    const offset = layout.blockOffsets[i]!;
    if (!isByteNumber(stored) || !isByteNumber(offset)) {
      throw corrupt(`A block of pixels should be ${stored} bytes at byte ${offset}.`);
    }
    // Writers overstate the length of raw strips, so only the bytes that the pixels need must exist.
    const rows = rowsInBlock(layout, Math.floor(i / layout.blocksAcross) % layout.blocksDown);
    const needed = layout.compression === 1 ? Math.min(stored, blockBytes(layout, rows)) : stored;
    if (stored > 0 && offset + needed > fileSize) outside++;
  }
  if (outside > 0) {
    throw truncated(
      `${outside} of its ${expected} blocks of pixels lie past the end of the file (${fileSize} bytes). It was probably cut off while it was copied or downloaded: get it again.`,
    );
  }
}

const isByteNumber = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Whether rows can be read one by one. */
const isSplittable = ({ compression, tiled, yCbCr }: ImageLayout): boolean =>
  compression === 1 && !tiled && !(yCbCr && sharesChroma(yCbCr));

/** Cuts uncompressed strips into smaller ones, so that a giant strip is read by range like any other. */
function splitRawStrips(layout: ImageLayout): ImageLayout {
  const rowBytes = blockBytes(layout, 1);
  if (!isSplittable(layout) || rowBytes * layout.blockHeight <= SPLIT_BYTES) return layout;
  const planes = layout.planar ? layout.samplesPerPixel : 1;
  let partRows = Math.max(1, Math.floor(SPLIT_BYTES / rowBytes));
  // With several strips in the file, a part must not extend over two of them.
  if (layout.blocksDown > 1) while (layout.blockHeight % partRows !== 0) partRows--;
  const partsDown = Math.ceil(layout.height / partRows);
  if (partsDown * planes > MAX_BLOCKS)
    throw corrupt(
      `Its strips would be cut into ${partsDown * planes} parts, more than the ${MAX_BLOCKS} that are supported.`,
    );
  const offsets = new Float64Array(partsDown * planes);
  const counts = new Float64Array(partsDown * planes);
  for (let plane = 0; plane < planes; plane++) {
    for (let part = 0; part < partsDown; part++) {
      const strip = Math.floor((part * partRows) / layout.blockHeight);
      const rowsBefore = part * partRows - strip * layout.blockHeight;
      const rows = Math.min(partRows, layout.height - part * partRows);
      const source = plane * layout.blocksDown + strip;
      const stored = layout.blockByteCounts[source]!;
      offsets[plane * partsDown + part] = layout.blockOffsets[source]! + rowsBefore * rowBytes;
      counts[plane * partsDown + part] = stored === 0 ? 0 : rows * rowBytes;
    }
  }
  return { ...layout, blockHeight: partRows, blocksDown: partsDown, blockOffsets: offsets, blockByteCounts: counts };
}

async function uniform(
  file: TiffFile,
  directory: Directory,
  tag: number,
  samples: number,
  fallback: number,
  what: string,
): Promise<number> {
  const values = await numbersOf(file, directory, tag, samples);
  if (!values || values.length === 0) return fallback;
  // Some writers give one value for all bands. Any other number contradicts the number of bands.
  if (values.length < samples && values.length !== 1) {
    throw corrupt(`It has ${samples} bands and ${values.length} ${what}.`);
  }
  if (values.some((value) => value !== values[0])) throw unsupportedLayout(`bands of different ${what}`);
  return values[0]!;
}

/**
 * The format of YCbCr colours outside JPEG; null if the image isn't YCbCr. Errors: TIFF_CORRUPT,
 * TIFF_LAYOUT_UNSUPPORTED.
 */
async function colourFormat(
  file: TiffFile,
  directory: Directory,
  { photometric, compression, planar, samplesPerPixel, bits, predictor }: Omit<ImageLayout, 'yCbCr'>,
): Promise<YCbCr | null> {
  if (photometric !== 6 || compression === 7) return null;
  const yCbCr = await readYCbCr(file, directory);
  if (planar || bits !== 8 || samplesPerPixel < 3) {
    throw unsupportedLayout(`YCbCr colours in ${planar ? 'planes' : `${samplesPerPixel} samples of ${bits} bits`}`);
  }
  const isPlain = [1, 5, 8, 32773, 32946, 50000].includes(compression) && predictor === 1 && samplesPerPixel === 3;
  if (sharesChroma(yCbCr) && !isPlain) {
    throw unsupportedLayout('YCbCr colours with shared chroma and a predictor, extra samples or an image codec');
  }
  return yCbCr;
}

function sampleTypeOf(format: number, bits: number): SampleType {
  if ((format === 1 || format === 4) && bits >= 1 && bits <= 32)
    return bits <= 8 ? 'uint8' : bits <= 16 ? 'uint16' : 'uint32';
  if (format === 1 && bits === 64) return 'uint64';
  if (format === 2 && (bits === 8 || bits === 16 || bits === 32 || bits === 64)) return `int${bits}`;
  if (format === 3 && (bits === 16 || bits === 32 || bits === 64)) return `float${bits}`;
  const kind = ['', 'unsigned integer', 'signed integer', 'floating-point', 'untyped', 'complex integer', 'complex'][
    format
  ];
  // The GDAL type that holds the samples without loss, if there is one.
  const options = bits > 32 && format <= 2 ? '-ot Float64 ' : format >= 5 ? '-ot Float32 ' : '';
  throw unsupportedLayout(`${bits}-bit ${kind ?? `format ${format}`} samples`, options);
}

/** `options`: additional gdal_translate options, each followed by a space. */
export function unsupportedLayout(what: string, options = ''): NadirError {
  return new NadirError(
    'TIFF_LAYOUT_UNSUPPORTED',
    `This TIFF has ${what}, which can't be read here. Convert it first: gdal_translate ${options}-co COMPRESS=DEFLATE -co TILED=YES input.tif output.tif`,
  );
}
