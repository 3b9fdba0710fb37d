import { NadirError } from '../../../lib/errors.ts';

/** A tile server's URL as the user typed it. */
export interface Basemap {
  /** With {z}, {x} and {y}, or {-y} if rows are numbered from the south. */
  template: string;
  host: string;
}

/**
 * Parses a tile URL. Placeholders are allowed only in the path and the query, so that the host is fixed and visible.
 * Errors: URL_INVALID.
 */
export function parseBasemap(text: string): Basemap {
  const template = text.trim();
  const example = 'such as https://tiles.example.org/{z}/{x}/{y}.png';
  let url: URL;
  try {
    url = new URL(template);
  } catch {
    throw new NadirError('URL_INVALID', `This isn’t a tile URL. Enter one such as ${example}.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new NadirError(
      'URL_INVALID',
      `Tiles must be read over https, not ${url.protocol.slice(0, -1)}. Enter a tile URL such as ${example}.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new NadirError('URL_INVALID', 'Nadir doesn’t send a user name or password. Remove it from the URL.');
  }
  const behindHost = template.slice(template.indexOf(url.host) + url.host.length);
  const missing = ['{z}', '{x}'].filter((part) => !behindHost.includes(part));
  if (!behindHost.includes('{y}') && !behindHost.includes('{-y}')) missing.push('{y}');
  if (missing.length > 0 || /[{}]/.test(url.hostname)) {
    throw new NadirError(
      'URL_INVALID',
      `${missing.join(', ') || 'A fixed host'} is missing in the tile URL. Enter one such as ${example}.`,
    );
  }
  return { template, host: url.host };
}

/** The address of one tile. */
export function tileAddress({ template }: Basemap, z: number, x: number, y: number): string {
  const values: Record<string, number> = { z, x, y, '-y': 2 ** z - 1 - y };
  return template.replace(/\{(z|x|y|-y)\}/g, (_, key: string) => String(values[key]));
}
