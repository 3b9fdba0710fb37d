/** A coordinate system from EPSG's list. */
export interface KnownCrs {
  code: number;
  name: string;
  geographic: boolean;
  /** Withdrawn by EPSG: still read, but not offered. */
  deprecated: boolean;
  /** Definition to WGS 84, checked against PROJ when the table was made; null if it doesn't agree. */
  proj4: string | null;
  /** Largest error of longitude and latitude because the datum has no single shift; null if exact. */
  approximateMetres: number | null;
  /**
   * The geographic CRS whose shift depends on the place (shift-areas.ts). `proj4` then has the shift for the middle of
   * its area.
   */
  shiftBase: number | null;
}

let loading: Promise<ReadonlyMap<number, KnownCrs>> | null = null;

/**
 * All projected and geographic 2D systems of EPSG. 0.9 MB, part of the app, loaded with the first image that names a
 * code.
 */
function table(): Promise<ReadonlyMap<number, KnownCrs>> {
  loading ??= import('./crs.json').then(({ default: rows }) => {
    const known = (rows as unknown as Row[]).map(readRow);
    return new Map(known.map((crs) => [crs.code, crs]));
  });
  // A failed load (offline before the part was cached) may succeed later.
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/**
 * Code; flags: "g"(eographic) or "p"(rojected), "d"(eprecated), and metres of error if longitude and latitude are
 * approximate; name; proj4 definition; the geographic CRS whose shift depends on the place.
 */
type Row = [code: number, flags: string, name: string, proj4?: string, base?: number];

function readRow([code, flags, name, proj4 = '', base]: Row): KnownCrs {
  const metres = /\d+/.exec(flags)?.[0];
  return {
    code,
    name,
    geographic: flags.startsWith('g'),
    deprecated: flags.includes('d'),
    proj4: proj4 || null,
    approximateMetres: metres ? Number(metres) : null,
    shiftBase: base ?? null,
  };
}

/** The CRS of an EPSG code, or null if this copy of EPSG's list doesn't have it. */
export async function lookUpCrs(code: number): Promise<KnownCrs | null> {
  return (await table()).get(code) ?? null;
}

/**
 * A geographic CRS by its name or its datum's name in WKT: "GCS_North_American_1927", "D_Amersfoort", "NTF (Paris)".
 */
export async function geographicByName(name: string): Promise<KnownCrs | null> {
  const wanted = plain(name.replace(/^(GCS|D)_/i, ''));
  if (!wanted) return null;
  for (const crs of (await table()).values())
    if (crs.geographic && !crs.deprecated && plain(crs.name) === wanted) return crs;
  return null;
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The most common CRSs of imagery: offered for an empty query, and ranked first among equal matches. */
const COMMON = [4326, 3857, 4258, 3035, 4269, 27700, 25832, 25833, 32632, 32633, 32617, 32611, 2154, 28992, 2056, 3346];

/**
 * CRSs whose code starts with the query, or whose name contains all its words ("utm 33n", "lambert 93"). Returns the
 * best `limit` matches and the total. An empty query returns common ones.
 */
export async function searchCrs(query: string, limit: number): Promise<{ found: KnownCrs[]; total: number }> {
  const known = await table();
  const text = query
    .trim()
    .toLowerCase()
    .replace(/^epsg\s*:?\s*/, '');
  if (!text) {
    const found = COMMON.flatMap((code) => known.get(code) ?? []).slice(0, limit);
    return { found, total: found.length };
  }
  const words = text.split(/[\s/,()_]+/).filter(Boolean);
  const scored: { crs: KnownCrs; score: number }[] = [];
  for (const crs of known.values()) {
    const score = scoreOf(crs, text, words);
    // A withdrawn CRS is found only by its exact code.
    if (score > 0 && (!crs.deprecated || String(crs.code) === text)) scored.push({ crs, score });
  }
  scored.sort((a, b) => b.score - a.score || a.crs.code - b.crs.code);
  return { found: scored.slice(0, limit).map(({ crs }) => crs), total: scored.length };
}

function scoreOf(crs: KnownCrs, text: string, words: readonly string[]): number {
  const code = String(crs.code);
  if (code === text) return 100;
  if (/^\d+$/.test(text) && code.startsWith(text)) return 50;
  const name = crs.name.toLowerCase();
  const parts = name.split(/[\s/,()_-]+/);
  if (!words.every((word) => parts.some((part) => part.startsWith(word)) || name.includes(word))) return 0;
  const whole = words.filter((word) => parts.includes(word)).length / words.length;
  const common = COMMON.includes(crs.code) ? 2 : 0;
  const modern = /^(wgs 84|etrs89|nad83|gda2020|sirgas 2000)( |$)/.test(name) ? 1 : 0;
  return 10 + whole * 5 + common + modern + (name.startsWith(words[0]!) ? 1 : 0) - name.length / 1000;
}
