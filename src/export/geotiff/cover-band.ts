import { NO_CLASS } from '../../cover/cover-raster.ts';
import { NadirError } from '../../lib/errors.ts';
import type { ExportCover, ExportInput } from '../types.ts';
import { placeTags } from './place.ts';
import { type TiffEntry, writeTiff } from './tiff.ts';

export const COVER_MIME = 'image/tiff';

/** Errors: OPTION_INVALID. */
export function requireCover({ cover }: ExportInput): ExportCover {
  if (cover) return cover;
  throw new NadirError(
    'OPTION_INVALID',
    'There is no land cover to save, which is all that a GeoTIFF holds. Map the land cover first, or choose another format.',
  );
}

/** One value a cell of a land cover, u8[rows, cols] with NO_CLASS for nodata, in the image's place and with how it was made. */
export async function coverBand(
  cover: ExportCover,
  { image, place }: ExportInput,
  band: {
    samples: Uint8Array<ArrayBuffer>;
    description: string;
    facts: Readonly<Record<string, string>>;
    tags: readonly TiffEntry[];
  },
): Promise<Blob> {
  const { raster, model, region, coverage, createdAt } = cover;
  const facts = {
    ...band.facts,
    SOURCE_IMAGE: image.fileName,
    MODEL: `${model.name} ${model.version}`,
    MODEL_HASH: model.hash,
    CREATED: createdAt,
    REGION_PX: [region.x, region.y, region.width, region.height].join(','),
    TILES: `${coverage.answered} of ${coverage.total} seen, ${coverage.empty} empty, ${coverage.failed} failed`,
    ...(place.kind === 'affine' && place.proj4 !== null && { PROJ4: place.proj4 }),
  };
  const entries: TiffEntry[] = [
    ...band.tags,
    { tag: 284, type: 'short', values: [1] },
    { tag: 305, type: 'ascii', text: 'Nadir' },
    { tag: 42112, type: 'ascii', text: metadataOf(facts, band.description) },
    { tag: 42113, type: 'ascii', text: String(NO_CLASS) },
    ...placeTags(place, raster),
  ];
  const { rows, cols } = raster;
  return new Blob(await writeTiff({ rows, cols, samples: band.samples }, entries), { type: COVER_MIME });
}

/** As GDAL reads it: it takes escapes out of a value again after XML's own. */
function metadataOf(facts: Readonly<Record<string, string>>, description: string): string {
  const items = Object.entries(facts).map(([name, value]) => `<Item name="${name}">${escaped(escaped(value))}</Item>`);
  const band = `<Item name="DESCRIPTION" sample="0" role="description">${escaped(escaped(description))}</Item>`;
  return `<GDALMetadata>${[...items, band].join('\n')}</GDALMetadata>`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);
