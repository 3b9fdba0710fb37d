import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { writeTiff } from '../../../e2e/harness/tiff.ts';
import type { ImageRecipe } from '../question.ts';
import { type Rgb, spoil } from './defects.ts';
import { writePng } from './png.ts';

/** Increased when the code here or in defects.ts changes the result, so that old answers aren't used for new images. */
const RECIPE_VERSION = 3;

/** A file on disk, or one made in memory, as Playwright's `setInputFiles` takes it. */
export type PageFile = string | MadeFile;

interface MadeFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** The page's input: one image, and for change the earlier one. */
export interface PageImage {
  /** Several: a picture and the files beside it. */
  main: PageFile | MadeFile[];
  before: PageFile | null;
}

export type Decode = (file: Buffer) => Promise<Rgb>;

/** The files that a recipe reads, in a fixed order. */
function sourcesOf(recipe: ImageRecipe): string[] {
  if (recipe.kind === 'bands') return recipe.nir === null ? [recipe.rgb] : [recipe.rgb, recipe.nir];
  return recipe.kind === 'pair' ? [recipe.before, recipe.after] : [recipe.path];
}

/** SHA-256 over the source files' bytes and the recipe, hex: identifies the image in a question. */
export function imageHash(recipe: ImageRecipe, read: (path: string) => Buffer = readFileSync): string {
  const hash = createHash('sha256');
  const made = Object.entries(recipe).filter(([key]) => !['path', 'rgb', 'nir', 'before', 'after'].includes(key));
  hash.update(JSON.stringify([recipe.kind === 'file' ? 0 : RECIPE_VERSION, made]));
  for (const path of sourcesOf(recipe)) hash.update(read(path));
  return hash.digest('hex');
}

/**
 * The same recipe always gives the same bytes; names differ between recipes. Rejects if a source can't be read or
 * decoded.
 */
export async function makeImage(recipe: ImageRecipe, decode: Decode): Promise<PageImage> {
  if (recipe.kind === 'file') return { main: recipe.path, before: null };
  if (recipe.kind === 'placed') return { main: placed(recipe.path, recipe.gsdMetres), before: null };
  if (recipe.kind === 'pair') return { main: recipe.after, before: recipe.before };
  if (recipe.kind === 'bands') {
    const rgb = await decode(readFileSync(recipe.rgb));
    const nir = recipe.nir === null ? null : await decode(readFileSync(recipe.nir));
    return {
      main: asTiff(`${stemOf(recipe.rgb)}.${nir ? 'rgbn' : 'rgb'}.tif`, rgb, nir, recipe.gsdMetres),
      before: null,
    };
  }
  const clean = await decode(readFileSync(recipe.path));
  const { defect, severity, seed } = recipe;
  const spoilt = defect === null ? clean : spoil(clean, defect, severity, seed);
  const name = `${stemOf(recipe.path)}.${(defect ?? 'clean').replace(' ', '-')}-${seed}.png`;
  // A picture, like the clean one: the app stretches TIFFs but shows pictures unchanged.
  return { main: { name, mimeType: 'image/png', buffer: writePng(spoilt) }, before: null };
}

/** Where images are put of which only the scale is known. */
const PLACE = { east: 500_000, north: 5_400_000 };
/** WGS 84 / UTM zone 33N, as a .prj file has it. */
const UTM =
  'PROJCS["WGS_1984_UTM_Zone_33N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],' +
  'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],' +
  'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",15.0],PARAMETER["Scale_Factor",0.9996],' +
  'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';

/** A JPEG with a world file, at a made-up place: sets of chips state their scale alone. */
function placed(path: string, gsdMetres: number): MadeFile[] {
  const name = stemOf(path);
  const text = (ending: string, content: string) => ({
    name: `${name}.${ending}`,
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  });
  return [
    { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: readFileSync(path) },
    text('jgw', [gsdMetres, 0, 0, -gsdMetres, PLACE.east, PLACE.north].join('\n')),
    text('prj', UTM),
  ];
}

/** Three bands, or four with the first band of `nir` as the fourth. */
function asTiff(name: string, rgb: Rgb, nir: Rgb | null, gsdMetres?: number): PageFile {
  const { width, height } = rgb;
  const sample = (col: number, row: number, band: number) => {
    const { data } = band < 3 ? rgb : (nir ?? rgb);
    return data[(row * width + col) * 3 + (band < 3 ? band : 0)]!;
  };
  const utm = gsdMetres === undefined ? {} : { utm: { ...PLACE, pixel: gsdMetres } };
  const buffer = writeTiff({ width, height, bands: nir ? 4 : 3, bits: 8, sample, ...utm });
  return { name, mimeType: 'image/tiff', buffer };
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]+$/, '');
}
