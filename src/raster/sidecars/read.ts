import type { Geotransform } from '../../geo/types.ts';
import { type Pam, parsePam } from './pam.ts';
import { parseWorldFile } from './world-file.ts';

/** The files that were dropped along with an image and what they say. Names are for the words shown to the user. */
export interface Sidecars {
  worldFile: { name: string; geotransform: Geotransform } | null;
  /** A .prj's text: WKT. */
  projection: { name: string; wkt: string } | null;
  pam: { name: string; content: Pam } | null;
  /** A .msk: a TIFF whose images are masks (0 = invalid) at full size and for overviews. */
  mask: { name: string; blob: Blob } | null;
  /** An .ovr: a TIFF of the image's overviews. */
  overviews: { name: string; blob: Blob } | null;
  hasRpc: boolean;
  /** What couldn't be used, in words. */
  notes: string[];
}

export const NO_SIDECARS: Sidecars = {
  worldFile: null,
  projection: null,
  pam: null,
  mask: null,
  overviews: null,
  hasRpc: false,
  notes: [],
};

/** Text sidecars are small; anything larger is something else under their name. PAM may carry histograms and tables. */
const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_XML_BYTES = 16 * 1024 * 1024;

/** Reads the sidecars of one image. A damaged one is named in `notes` and costs nothing else. */
export async function readSidecars(files: readonly File[]): Promise<Sidecars> {
  const found: Sidecars = { ...NO_SIDECARS, notes: [] };
  for (const file of files) {
    const name = file.name.toLowerCase();
    if (name.endsWith('.aux.xml')) await readPam(found, file);
    else if (name.endsWith('.msk')) found.mask = { name: file.name, blob: file };
    else if (name.endsWith('.ovr')) found.overviews = { name: file.name, blob: file };
    else if (name.endsWith('.prj')) await readProjection(found, file);
    else if (/\.rpb$|_rpc\.txt$/.test(name)) found.hasRpc = true;
    else if (/\.(wld|[a-z]{2,4}w|[a-z]{2}wx?)$/.test(name)) await readWorld(found, file);
    else found.notes.push(`${file.name} isn’t a kind of sidecar file that Nadir uses; it was left aside.`);
  }
  if (found.pam?.content.hasRpc) found.hasRpc = true;
  return found;
}

async function readPam(found: Sidecars, file: File): Promise<void> {
  const content = file.size <= MAX_XML_BYTES ? parsePam(await file.text()) : null;
  if (content) found.pam = { name: file.name, content };
  else found.notes.push(`${file.name} isn’t readable as GDAL’s auxiliary XML (PAMDataset); it was left aside.`);
}

async function readProjection(found: Sidecars, file: File): Promise<void> {
  const wkt = file.size <= MAX_TEXT_BYTES ? (await file.text()).replace(/^\uFEFF/, '').trim() : '';
  if (wkt) found.projection = { name: file.name, wkt };
  else found.notes.push(`${file.name} is empty or far too large for a projection file; it was left aside.`);
}

async function readWorld(found: Sidecars, file: File): Promise<void> {
  const geotransform = file.size <= MAX_TEXT_BYTES ? parseWorldFile(await file.text()) : null;
  if (geotransform) found.worldFile = { name: file.name, geotransform };
  else found.notes.push(`${file.name} doesn’t hold the six numbers of a world file; it was left aside.`);
}
