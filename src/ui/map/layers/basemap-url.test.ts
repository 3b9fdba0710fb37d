import { describe, expect, it } from 'vitest';
import { parseBasemap, tileAddress } from './basemap-url.ts';

describe('parseBasemap', () => {
  it('names the one host that is asked', () => {
    const basemap = parseBasemap(' https://tiles.example.org:8443/a/{z}/{x}/{y}.png?v=1 ');
    expect(basemap.host).toBe('tiles.example.org:8443');
    expect(tileAddress(basemap, 3, 5, 2)).toBe('https://tiles.example.org:8443/a/3/5/2.png?v=1');
    expect(tileAddress(parseBasemap('http://localhost/{z}/{x}/{-y}'), 3, 5, 2)).toBe('http://localhost/3/5/5');
  });

  it.each([
    'tiles.example.org/{z}/{x}/{y}',
    'https://tiles.example.org/{z}/{x}',
    'https://{z}.example.org/{x}/{y}',
    'https://user:secret@tiles.example.org/{z}/{x}/{y}',
    'javascript:alert(1)//{z}/{x}/{y}',
    'file:///tiles/{z}/{x}/{y}.png',
    '',
  ])('refuses “%s”', (text) => {
    expect(() => parseBasemap(text)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });
});
