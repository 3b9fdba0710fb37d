/** Files dropped or chosen together, sorted into images and their sidecars. */
export interface FileGroups {
  groups: { main: File; sidecars: File[] }[];
  /** Sidecars whose image isn't among the files: they may belong to one that is open already. */
  orphans: File[];
  /** Sidecars that fit two images of one name from different folders. */
  ambiguous: File[];
  /** Files that are neither images by their name nor sidecars. */
  unknown: File[];
}

const IMAGE = /\.(tiff?|gtiff?|geotiff|btf|tf8|png|jpe?g|jfif|webp)$/i;
/** Extensions of one format. A world file named after any of them belongs to that format. */
const FAMILIES = [['tif', 'tiff', 'gtiff', 'geotiff', 'btf', 'tf8'], ['png'], ['jpg', 'jpeg', 'jfif'], ['webp']];
/** Nadir doesn't use the last ones; it recognises them to say so. */
const SIDECAR = /(\.aux\.xml|\.msk|\.ovr|\.prj|\.tab|\.rpb|_rpc\.txt|\.aux|\.rrd|\.map|\.km[lz]|\.points)$/i;

/** "tfw", "tifw"; GDAL takes "jpw" for a JPEG's, too. */
const worldNames = (family: readonly string[]): string[] => [
  ...family.flatMap((ext) => [`${ext[0]}${ext.at(-1)}w`, `${ext}w`]),
  ...(family.includes('jpg') ? ['jpw'] : []),
];
const WORLD = new RegExp(`\\.(wld|(${FAMILIES.flatMap(worldNames).join('|')})x?)$`, 'i');

/**
 * Sorts by name, as GDAL looks for sidecars: `a.tif` goes with `a.tfw`, `a.tifw`, `a.wld`, `a.prj`, `a.tif.aux.xml`, `a.aux.xml`,
 * `a.tif.msk`, `a.tif.ovr`, `a.tab`, `a_RPC.TXT`; case doesn't matter. A file that two images of different names share (`a.prj` of
 * `a.tif` and `a.png`) goes to both. A file of any other name counts as an image if it is alone or if there is no other image,
 * because the first bytes say what it is.
 */
export function groupFiles(files: readonly File[]): FileGroups {
  const sidecars = files.filter(({ name }) => isSidecarName(name));
  const others = files.filter(({ name }) => !isSidecarName(name));
  const named = others.filter(({ name }) => IMAGE.test(name));
  const mains = named.length > 0 ? named : others;
  const unknown = named.length > 0 ? others.filter(({ name }) => !IMAGE.test(name)) : [];
  const groups = mains.map((main) => ({ main, sidecars: [] as File[] }));
  const orphans: File[] = [];
  const ambiguous: File[] = [];
  for (const sidecar of sidecars) {
    const owners = groups.filter(({ main }) => belongsTo(sidecar.name, main.name));
    const names = new Set(owners.map(({ main }) => main.name.toLowerCase()));
    if (owners.length === 0) orphans.push(sidecar);
    else if (names.size < owners.length) ambiguous.push(sidecar);
    else for (const owner of owners) owner.sidecars.push(sidecar);
  }
  return { groups, orphans, ambiguous, unknown };
}

export function isSidecarName(name: string): boolean {
  return WORLD.test(name) || SIDECAR.test(name);
}

/** Whether a sidecar belongs to an image by their names. */
export function belongsTo(sidecar: string, image: string): boolean {
  return hasNameOf(sidecar, image) && !isWorldOfOther(sidecar, image);
}

/** Whether a sidecar is named after an image, for whatever format. */
export function hasNameOf(sidecar: string, image: string): boolean {
  const name = image.toLowerCase();
  const stem = sidecar.toLowerCase().replace(WORLD, '').replace(SIDECAR, '');
  return stem === name || stem === name.replace(/\.[^.]+$/, '');
}

/** Whether a world file is for another format: a.tfw isn't for a.png, which may have another size. */
function isWorldOfOther(sidecar: string, image: string): boolean {
  const world = WORLD.exec(sidecar)?.[1]?.toLowerCase().replace(/wx$/, 'w');
  const family = FAMILIES.find((extensions) => extensions.some((ext) => image.toLowerCase().endsWith(`.${ext}`)));
  return world !== undefined && world !== 'wld' && family !== undefined && !worldNames(family).includes(world);
}
