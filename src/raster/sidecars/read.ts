import type { Geotransform } from '../../geo/types.ts';
import { type Pam, parsePam } from './pam.ts';
import { parseTab, type TabRegistration } from './tab-file.ts';
import { unreadKind } from './unread.ts';
import { parseWorldFile } from './world-file.ts';

/** The files that were dropped together with an image, and their content. Names are for messages. */
export interface Sidecars {
  /** If there are several, the one that GDAL looks for first. */
  worldFile: WorldFile | null;
  /** A .prj's text: WKT. */
  projection: { name: string; wkt: string } | null;
  pam: { name: string; content: Pam } | null;
  /** A MapInfo .tab. */
  tab: { name: string; content: TabRegistration } | null;
  /** A .msk: a TIFF whose images are masks (0 = invalid) at full size and for overviews. */
  mask: { name: string; blob: Blob } | null;
  /** An .ovr: a TIFF of the image's overviews. */
  overviews: { name: string; blob: Blob } | null;
  hasRpc: boolean;
  /** All files that came, used or not. */
  names: string[];
  /** What couldn't be used, as sentences. */
  notes: string[];
}

export interface WorldFile {
  name: string;
  geotransform: Geotransform;
  /**
   * Named .tfwx, .pgwx …: ArcGIS's best affine approximation of another transformation. GDAL doesn't read such files.
   */
  isApproximate: boolean;
}

export const NO_SIDECARS: Sidecars = {
  worldFile: null,
  projection: null,
  pam: null,
  tab: null,
  mask: null,
  overviews: null,
  hasRpc: false,
  names: [],
  notes: [],
};

/**
 * Text sidecars are small; a larger file is something else with their extension. PAM may contain histograms and tables.
 */
const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_XML_BYTES = 16 * 1024 * 1024;

/** Reads the sidecars of one image. A damaged one is named in `notes`; the others are still used. */
export async function readSidecars(files: readonly File[]): Promise<Sidecars> {
  const found: Sidecars = { ...NO_SIDECARS, names: files.map(({ name }) => name), notes: [] };
  const worldFiles: File[] = [];
  const kept = new Map<string, string>();
  // a.png.aux.xml belongs to a.png more closely than a.aux.xml, which GDAL doesn't look for.
  for (const file of [...files].sort((a, b) => b.name.length - a.name.length)) {
    const name = file.name.toLowerCase();
    const kind = /\.(aux\.xml|msk|ovr|prj|tab)$/.exec(name)?.[1];
    const first = kind && kept.get(kind);
    if (first) {
      found.notes.push(
        `${file.name} was ignored: ${first} is of the same kind, and its name is closer to the image’s.`,
      );
      continue;
    }
    if (kind) kept.set(kind, file.name);
    const unread = unreadKind(name);
    if (name.endsWith('.aux.xml')) await readPam(found, file);
    else if (name.endsWith('.msk')) found.mask = { name: file.name, blob: file };
    else if (name.endsWith('.ovr')) found.overviews = { name: file.name, blob: file };
    else if (name.endsWith('.prj')) await readProjection(found, file);
    else if (name.endsWith('.tab')) await readTab(found, file);
    else if (/\.rpb$|_rpc\.txt$/.test(name)) found.hasRpc = true;
    else if (unread) found.notes.push(`${file.name} ${unread}`);
    else if (/\.(wld|[a-z]{2,5}w|[a-z]{2}wx?)$/.test(name)) worldFiles.push(file);
    else found.notes.push(`${file.name} isn’t a kind of sidecar file that Nadir uses; it was ignored.`);
  }
  await readWorldFiles(found, worldFiles);
  if (found.pam?.content.hasRpc) found.hasRpc = true;
  return found;
}

async function readPam(found: Sidecars, file: File): Promise<void> {
  const content = file.size <= MAX_XML_BYTES ? parsePam(await file.text()) : null;
  if (content) found.pam = { name: file.name, content };
  else found.notes.push(`${file.name} isn’t readable as GDAL’s auxiliary XML (PAMDataset); it was ignored.`);
}

async function readProjection(found: Sidecars, file: File): Promise<void> {
  const wkt = file.size <= MAX_TEXT_BYTES ? (await file.text()).replace(/^\uFEFF/, '').trim() : '';
  if (wkt) found.projection = { name: file.name, wkt };
  else found.notes.push(`${file.name} is empty or far too large for a projection file; it was ignored.`);
}

async function readTab(found: Sidecars, file: File): Promise<void> {
  const content = file.size <= MAX_TEXT_BYTES ? parseTab(await file.text()) : 'is far too large for a MapInfo table';
  if (typeof content === 'string') found.notes.push(`${file.name} ${content}; it was ignored.`);
  else found.tab = { name: file.name, content };
}

/** GDAL looks for a.tfw, then a.tifw, then a.wld. Files that ArcGIS marks as approximate come last. */
async function readWorldFiles(found: Sidecars, files: readonly File[]): Promise<void> {
  const rank = ({ name }: File) => (/wx$/i.test(name) ? 1000 : /\.wld$/i.test(name) ? 100 : name.length);
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    const geotransform = file.size <= MAX_TEXT_BYTES ? parseWorldFile(await file.text()) : null;
    if (!geotransform) {
      found.notes.push(`${file.name} doesn’t hold the six numbers of a world file; it was ignored.`);
      continue;
    }
    const kept = found.worldFile;
    found.worldFile ??= { name: file.name, geotransform, isApproximate: /wx$/i.test(file.name) };
    if (kept && !kept.geotransform.every((value, i) => value === geotransform[i])) {
      found.notes.push(`${file.name} gives another place than ${kept.name}; Nadir uses ${kept.name}.`);
    }
  }
}
