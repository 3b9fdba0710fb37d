import type { StatedFacts } from '../../imagery/image.ts';
import { type Directory, type TiffFile, textOf } from '../tiff/directory.ts';
import { TAG } from '../tiff/tags.ts';

/** GDAL's and the products' own names for when an image was taken and by what, in lower case without separators; the first counts. */
const ACQUIRED = [
  'acquisitiondatetime',
  'acquisitiontime',
  'acquisitiondate',
  'dateacquired',
  'sensingtime',
  'datatake1datatakesensingstart',
  'datatakesensingstart',
];
const PLATFORM = [
  'satelliteid',
  'satellite',
  'spacecraftid',
  'spacecraftname',
  'platform',
  'platformname',
  'datatake1spacecraftname',
];
const SENSOR = ['sensorid', 'sensor', 'sensorname', 'instrument', 'instrumentname'];

/** Longer texts are no names or dates. */
const MOST_BYTES = 4096;

/**
 * What a TIFF's tags and its GDAL metadata (`items`, by name) say of how it was taken. A damaged tag counts as absent: the image can be
 * read without it.
 */
export async function statedIn(
  file: TiffFile,
  directory: Directory,
  items: ReadonlyMap<string, string>,
): Promise<StatedFacts> {
  const [description, make, model, written] = await Promise.all(
    [TAG.imageDescription, TAG.make, TAG.model, TAG.dateTime].map((tag) => shortText(file, directory, tag)),
  );
  const named = new Map(
    [...items].map(([name, text]) => [name.toLowerCase().replaceAll(/[_\s-]/g, ''), { name, text }]),
  );
  const first = (names: readonly string[]) => names.map((name) => named.get(name)).find((found) => found?.text);
  const acquired = first(ACQUIRED);
  const [platform, sensor] = [first(PLATFORM), first(SENSOR)];
  const device = [platform, sensor].filter((found) => found !== undefined);
  const camera = [make, model].filter((text) => text);
  return {
    acquired: acquired ? { text: acquired.text, tag: acquired.name } : null,
    written: written ? { text: written, tag: 'DateTime' } : null,
    sensor:
      device.length > 0
        ? { text: device.map(({ text }) => text).join(' '), tag: device.map(({ name }) => name).join(', ') }
        : camera.length > 0
          ? { text: camera.join(' '), tag: 'Make, Model' }
          : null,
    description: description || null,
    camera: null,
  };
}

async function shortText(file: TiffFile, directory: Directory, tag: number): Promise<string | null> {
  const entry = directory.entries.get(tag);
  const ASCII = 2;
  if (!entry || entry.type !== ASCII || entry.count > MOST_BYTES) return null;
  try {
    return (await textOf(file, directory, tag))?.trim() ?? null;
  } catch {
    return null;
  }
}
