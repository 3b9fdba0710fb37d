import { NadirError } from '../../lib/errors.ts';

/** A tile server as the user typed it. */
export interface Basemap {
  /** With {z}, {x} and {y}, or {-y} for rows counted from the south. */
  template: string;
  host: string;
}

/**
 * Reads a tile URL. Placeholders may stand in the path and the query only: the host is one, named, and stays the same.
 * Errors: INVALID_ARGUMENT.
 */
export function parseBasemap(text: string): Basemap {
  const template = text.trim();
  const example = 'such as https://tiles.example.org/{z}/{x}/{y}.png';
  let url: URL;
  try {
    url = new URL(template);
  } catch {
    throw new NadirError('INVALID_ARGUMENT', `That is no address: a tile URL is expected, ${example}.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new NadirError(
      'INVALID_ARGUMENT',
      `Tiles are read over https, not ${url.protocol.slice(0, -1)}: ${example}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new NadirError('INVALID_ARGUMENT', 'A name or password in the address is not sent. Leave it out.');
  }
  const behindHost = template.slice(template.indexOf(url.host) + url.host.length);
  const missing = ['{z}', '{x}'].filter((part) => !behindHost.includes(part));
  if (!behindHost.includes('{y}') && !behindHost.includes('{-y}')) missing.push('{y}');
  if (missing.length > 0 || /[{}]/.test(url.hostname)) {
    throw new NadirError(
      'INVALID_ARGUMENT',
      `${missing.join(', ') || 'A fixed host'} is missing in the tile URL, ${example}.`,
    );
  }
  return { template, host: url.host };
}

/** The address of one tile. */
export function tileAddress({ template }: Basemap, z: number, x: number, y: number): string {
  const values: Record<string, number> = { z, x, y, '-y': 2 ** z - 1 - y };
  return template.replace(/\{(z|x|y|-y)\}/g, (_, key: string) => String(values[key]));
}
