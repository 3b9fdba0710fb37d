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
export type PageFile = string | { name: string; mimeType: string; buffer: Buffer };

/** The page's input: one image, and for change the earlier one. */
export interface PageImage {
  main: PageFile;
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
  if (recipe.kind === 'pair') return { main: recipe.after, before: recipe.before };
  if (recipe.kind === 'bands') {
    const rgb = await decode(readFileSync(recipe.rgb));
    const nir = recipe.nir === null ? null : await decode(readFileSync(recipe.nir));
    return { main: asTiff(`${stemOf(recipe.rgb)}.${nir ? 'rgbn' : 'rgb'}.tif`, rgb, nir), before: null };
  }
  const clean = await decode(readFileSync(recipe.path));
  const { defect, severity, seed } = recipe;
  const spoilt = defect === null ? clean : spoil(clean, defect, severity, seed);
  const name = `${stemOf(recipe.path)}.${(defect ?? 'clean').replace(' ', '-')}-${seed}.png`;
  // A picture, like the clean one: the app stretches TIFFs but shows pictures unchanged.
  return { main: { name, mimeType: 'image/png', buffer: writePng(spoilt) }, before: null };
}

/** Three bands, or four with the first band of `nir` as the fourth. */
function asTiff(name: string, rgb: Rgb, nir: Rgb | null): PageFile {
  const { width, height } = rgb;
  const sample = (col: number, row: number, band: number) => {
    const { data } = band < 3 ? rgb : (nir ?? rgb);
    return data[(row * width + col) * 3 + (band < 3 ? band : 0)]!;
  };
  const buffer = writeTiff({ width, height, bands: nir ? 4 : 3, bits: 8, sample });
  return { name, mimeType: 'image/tiff', buffer };
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]+$/, '');
}
