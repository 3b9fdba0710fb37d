/** Files dropped or chosen together, sorted into images and what belongs to them. */
export interface FileGroups {
  groups: { main: File; sidecars: File[] }[];
  /** Sidecars whose image isn't among the files: they may belong to one that is open already. */
  orphans: File[];
  /** Sidecars that would fit two images of one name, from different folders: nobody can say whose they are. */
  ambiguous: File[];
  /** Files that are neither images by their name nor sidecars. */
  unknown: File[];
}

const IMAGE = /\.(tiff?|gtiff?|geotiff|btf|tf8|png|jpe?g|jfif|webp)$/i;
const WORLD = /\.(wld|tfw|tifw|tiffw|tfwx|pgw|pngw|pgwx|jgw|jpgw|jpegw|jgwx|wpw|webpw)$/i;
const SIDECAR = /(\.aux\.xml|\.msk|\.ovr|\.prj|\.rpb|_rpc\.txt)$/i;

/**
 * Sorts by name, as GDAL looks for sidecars: `a.tif` goes with `a.tfw`, `a.tifw`, `a.wld`, `a.prj`, `a.tif.aux.xml`, `a.aux.xml`,
 * `a.tif.msk`, `a.tif.ovr`, `a_RPC.TXT`; upper and lower case alike. A file of any other name counts as an image if it is alone or if there
 * is no image otherwise: what it is, its first bytes say.
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
    // Two images of one stem: a.tfw is a.tif's, a.pgw is a.png's.
    const exact = owners.filter(({ main }) => isWorldOf(sidecar.name, main.name));
    const [owner, ...others] = exact.length > 0 ? exact : owners;
    if (!owner) orphans.push(sidecar);
    else if (others.some(({ main }) => sameName(main.name, owner.main.name))) ambiguous.push(sidecar);
    else owner.sidecars.push(sidecar);
  }
  return { groups, orphans, ambiguous, unknown };
}

export function isSidecarName(name: string): boolean {
  return WORLD.test(name) || SIDECAR.test(name);
}

/** Whether a sidecar of that name is looked for beside an image of this one. */
export function belongsTo(sidecar: string, image: string): boolean {
  const stem = sidecar.toLowerCase().replace(WORLD, '').replace(SIDECAR, '');
  const name = image.toLowerCase();
  return stem === name || stem === name.replace(/\.[^.]+$/, '');
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function isWorldOf(sidecar: string, image: string): boolean {
  const world = /\.([a-z]+)$/i.exec(sidecar)?.[1]?.toLowerCase() ?? '';
  const own = /\.([a-z]+)$/i.exec(image)?.[1]?.toLowerCase() ?? '';
  return world === `${own}w` || world === `${own[0]}${own.at(-1)}w` || world === `${own[0]}${own.at(-1)}wx`;
}
