import { NadirError } from '../../lib/errors.ts';
import { chooseBands } from '../open/bands.ts';
import { readGdalMetadata } from '../open/gdal-metadata.ts';
import type { OpenContext } from '../open/open-context.ts';
import { statedIn } from '../open/stated.ts';
import { fingerprint } from '../overviews/fingerprint.ts';
import { readGeoreference } from '../place/georeference.ts';
import { type Nodata, nodataOfBands, nodataTogether } from '../read/nodata.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';
import { pamBandFacts } from '../sidecars/pam-bands.ts';
import { NO_SIDECARS } from '../sidecars/read.ts';
import { BlockReader } from './blocks.ts';
import { type ByteSource, blobSource, withReadAhead } from './byte-source.ts';
import { type Channels, describeChannels, pixelOf, readChannels } from './channels.ts';
import { type Directory, readDirectories, type TiffFile, textOf } from './directory.ts';
import { type ImageLayout, readLayout } from './layout.ts';
import { hasSparse, makeTiffLevel, readStored } from './level.ts';
import { compressionName, TAG } from './tags.ts';

const REDUCED = 1;
const MASK = 4;
/** Cache key part for a .msk's images. */
const MSK = 'msk';

type MakeImage = (layout: ImageLayout, index: number) => Image;

interface Reduced {
  /** Finest first. */
  overviews: Image[];
  /** Of any size. */
  masks: Image[];
}

interface Image {
  layout: ImageLayout;
  reader: BlockReader;
}

/**
 * Opens a TIFF or BigTIFF by range; reads only headers and tag values. Uses the file's first image; NewSubfileType
 * identifies its overviews and masks. Errors: TIFF_CORRUPT, TIFF_TRUNCATED, TIFF_COMPRESSION_UNSUPPORTED,
 * TIFF_LAYOUT_UNSUPPORTED, IMAGE_TOO_LARGE.
 */
export async function openTiff(source: ByteSource, context: OpenContext): Promise<RasterScene> {
  const file = await readDirectories(withReadAhead(source));
  const [first, ...rest] = file.directories;
  const layout = await readLayout(file, first!, context.limits.maxBlockBytes);
  const channels = await readChannels(file, first!, layout);
  const beside = pamBandFacts(context.sidecars);
  const { bands: nodata, notes } = nodataOfBands(
    await textOf(file, first!, TAG.gdalNodata),
    beside.nodata,
    layout.sampleType,
    layout.samplesPerPixel,
  );
  const metadata = readGdalMetadata(await textOf(file, first!, TAG.gdalMetadata));
  const together = nodataTogether(metadata.nodataValues, layout.sampleType, layout.samplesPerPixel);
  const imagesOf =
    (from: TiffFile, part: string): MakeImage =>
    (imageLayout, index) => ({
      layout: imageLayout,
      // A mask's sparse blocks hide pixels, whatever the image's nodata value.
      reader: new BlockReader(
        from,
        imageLayout,
        context,
        `${part}${index}`,
        isMask(imageLayout, part) ? [0] : nodata.map(({ fill }) => fill),
      ),
    });

  const life = new AbortController();
  const full = imagesOf(file, '')(layout, 0);
  const { maxBlockBytes } = context.limits;
  const reduced = await findReduced(file, rest, layout, imagesOf(file, ''), maxBlockBytes);
  await addSidecars(context, layout, imagesOf, reduced);
  const maskFor = (image: ImageLayout) =>
    reduced.masks.find((mask) => mask.layout.width === image.width && mask.layout.height === image.height) ?? null;
  // An overview without its mask would show what the image hides.
  const overviews = maskFor(layout) ? reduced.overviews.filter(({ layout: own }) => maskFor(own)) : reduced.overviews;
  const levels = [full, ...overviews].map((image) =>
    makeTiffLevel({
      ...image,
      channels,
      // As in GDAL, a mask replaces nodata values, and a rule for all bands replaces each band's own value.
      nodata: maskFor(image.layout) || together ? null : nodata,
      nodataTogether: maskFor(image.layout) ? null : together,
      alphaSample: null,
      mask: maskFor(image.layout),
      fullWidth: layout.width,
      fullHeight: layout.height,
      life: life.signal,
    }),
  );

  const coarsest = overviews.at(-1) ?? full;
  const ownNodata = maskFor(layout) || together ? [] : nodata;
  const { bands, alphaSample } = await describeChannels(layout, channels, metadata, beside, ownNodata, (sample) =>
    sampleOf(coarsest, sample),
  );
  for (const level of levels) level.setAlpha(alphaSample);
  const isPicture = channels.colours !== null;

  return {
    width: layout.width,
    height: layout.height,
    bands,
    sampleType: channels.colours?.kind === 'palette' ? 'uint8' : layout.sampleType,
    notes: [...notes, ...notesOf(layout, channels, nodata, maskFor(layout) !== null, together)],
    compression: compressionName(layout.compression),
    layout: layoutWords(layout, levels.length - 1),
    georeference: await readGeoreference(file, first!, layout, context.sidecars),
    stated: await statedIn(file, first!, metadata.items),
    defaultBands: isPicture ? { red: 0, green: 1, blue: 2, nir: null } : chooseBands(bands),
    defaultStretch: { method: isPicture ? 'none' : 'percentile', low: 2, high: 98 },
    levels: levels as RasterLevel[],
    home: {
      cache: context.cache,
      keyPrefix: context.keyPrefix,
      disk: context.disk ?? null,
      fingerprint: async () =>
        fingerprint(source, [
          [...nodata, ...(together ?? [])].map(({ low, high, fill }) => [low, high, fill]).join(' '),
          String(alphaSample),
          ...(await sidecarFacts(context)),
        ]),
    },
    async readPixel(col, row) {
      if (!(col >= 0 && row >= 0 && col < layout.width && row < layout.height)) return null;
      return pixelValues(full, channels, Math.floor(col), Math.floor(row));
    },
    close() {
      life.abort();
      context.cache.deletePrefix(`${context.keyPrefix}/`);
    },
  };
}

async function findReduced(
  file: TiffFile,
  directories: readonly Directory[],
  layout: ImageLayout,
  makeImage: MakeImage,
  maxBlockBytes: number,
): Promise<Reduced> {
  const overviews: Image[] = [];
  const masks: Image[] = [];
  for (const [i, directory] of directories.entries()) {
    let other: ImageLayout;
    try {
      other = await readLayout(file, directory, maxBlockBytes);
    } catch {
      // Without a damaged overview reading is slower, without a damaged mask nothing is hidden; the image still opens.
      continue;
    }
    if (other.subfileType & MASK) masks.push(makeImage(other, i + 1));
    else if (other.subfileType & REDUCED && isOverviewOf(other, layout)) overviews.push(makeImage(other, i + 1));
  }
  overviews.sort((a, b) => b.layout.width - a.layout.width);
  return { overviews, masks };
}

const isMask = (layout: ImageLayout, part: string) => part === MSK || (layout.subfileType & MASK) !== 0;

/**
 * Adds the masks of a .msk (in GDAL every image in it is one) and the overviews of an .ovr, after the file's own.
 * Ignores damaged ones.
 */
async function addSidecars(
  context: OpenContext,
  layout: ImageLayout,
  imagesOf: (file: TiffFile, part: string) => MakeImage,
  reduced: Reduced,
): Promise<void> {
  const { mask, overviews } = context.sidecars ?? NO_SIDECARS;
  for (const { name, blob } of [mask, overviews].filter((sidecar) => sidecar !== null)) {
    const part = blob === mask?.blob ? MSK : 'ovr';
    try {
      const file = await readDirectories(withReadAhead(blobSource(blob)));
      for (const [i, directory] of file.directories.entries()) {
        const other = await readLayout(file, directory, context.limits.maxBlockBytes);
        const image = imagesOf(file, part)(other, i);
        if (part === MSK) reduced.masks.push(image);
        else if (isOverviewOf(other, layout)) reduced.overviews.push(image);
      }
    } catch (thrown) {
      context.sidecars?.notes.push(`${name} was left out: ${NadirError.from(thrown).message}`);
    }
  }
  reduced.overviews.sort((a, b) => b.layout.width - a.layout.width);
}

/** What the sidecars add to the pixels, for the fingerprint. */
function sidecarFacts({ sidecars }: OpenContext): Promise<string[]> {
  const blobs = [sidecars?.mask?.blob, sidecars?.overviews?.blob];
  return Promise.all(blobs.map(async (blob) => (blob ? ((await fingerprint(blobSource(blob), [])) ?? '') : '')));
}

function isOverviewOf(other: ImageLayout, layout: ImageLayout): boolean {
  const factorX = layout.width / other.width;
  const factorY = layout.height / other.height;
  const sameShape = Math.abs(Math.round(layout.width / factorY) - other.width) <= 2 || Math.abs(factorX - factorY) < 1;
  return (
    factorX > 1 &&
    factorY >= 1 &&
    sameShape &&
    other.samplesPerPixel === layout.samplesPerPixel &&
    other.sampleType === layout.sampleType
  );
}

/** Enough values of a stored sample to recognise transparency: all of a small image, spread windows of a large one. */
async function sampleOf(image: Image, sample: number): Promise<Float32Array> {
  const { width, height } = image.layout;
  const small = width * height <= 1024 * 1024;
  const side = small ? Number.POSITIVE_INFINITY : 128;
  const places = small
    ? [[0, 0] as const]
    : [0.1, 0.5, 0.9].flatMap((fy) => [0.1, 0.5, 0.9].map((fx) => [fx, fy] as const));
  const parts: number[] = [];
  for (const [fx, fy] of places) {
    const w = Math.min(side, width);
    const h = Math.min(side, height);
    const x = Math.floor((width - w) * fx);
    const y = Math.floor((height - h) * fy);
    try {
      const [plane] = await readStored(image, { x, y, width: w, height: h }, [sample], null, null);
      for (const value of plane!) parts.push(value);
    } catch {
      // A damaged block is reported when it is shown.
    }
  }
  return Float32Array.from(parts);
}

/** Exact values instead of f32 planes: 32-bit integers and doubles keep every digit. */
async function pixelValues(image: Image, channels: Channels, col: number, row: number): Promise<number[]> {
  const { layout, reader } = image;
  const bx = Math.floor(col / layout.blockWidth);
  const by = Math.floor(row / layout.blockHeight);
  const within = (row - by * layout.blockHeight) * layout.blockWidth + (col - bx * layout.blockWidth);
  const samples = layout.samplesPerPixel;
  const planes = layout.planar
    ? Array.from({ length: samples }, (_, sample) => ({ bx, by, sample }))
    : [{ bx, by, sample: 0 }];
  const blocks = await reader.read(planes, null);
  const stored = Array.from({ length: samples }, (_, i) =>
    layout.planar ? blocks[i]![within]! : blocks[0]![within * samples + i]!,
  );
  return pixelOf(channels, stored);
}

/** Notes on the fill of missing blocks, and on nodata rules other than each band's own value. */
function notesOf(
  layout: ImageLayout,
  channels: Channels,
  nodata: readonly Nodata[],
  isMasked: boolean,
  together: readonly Nodata[] | null,
): string[] {
  const notes: string[] = [];
  if (isMasked && nodata.some(({ value }) => value !== null)) {
    notes.push('Nadir uses the file’s mask instead of its nodata value, as GDAL does.');
  }
  if (!isMasked && together) {
    const values = together.map(({ value }) => value ?? 'a value that no pixel can have').join(', ');
    notes.push(`A pixel is nodata if its bands are ${values} at the same time (NODATA_VALUES), as in GDAL.`);
  }
  const fills = [...new Set(nodata.flatMap(({ value, fill }) => (value === null ? [fill] : [])))];
  if (hasSparse(layout) && fills.length > 0) {
    notes.push(
      `Blocks that the file leaves out read as ${fills.join(' or ')}, as in GDAL. Stretch and histogram ignore them.`,
    );
  }
  const index = nodata[0]?.value ?? null;
  if (channels.colours?.kind === 'palette' && index !== null && !isMasked && !together)
    notes.push(`Index ${index} of the palette is nodata.`);
  return notes;
}

function layoutWords(layout: ImageLayout, overviews: number): string {
  const blocks = layout.tiled
    ? `tiled ${layout.blockWidth}×${layout.blockHeight}`
    : `striped, ${layout.storedBlockHeight} row${layout.storedBlockHeight === 1 ? '' : 's'} a strip`;
  const planes = layout.planar ? ', a plane a band' : '';
  return `${blocks}${planes}, ${overviews === 0 ? 'no' : overviews} overview${overviews === 1 ? '' : 's'}`;
}
