import { readImage, type Window } from './read-image.ts';

/** The browser side of browser-reader.ts: reads the files chosen in the page's input. */
async function readForCheck(windows: readonly Window[] | null): Promise<string> {
  const input = document.querySelector<HTMLInputElement>('#files');
  const [file, ...sidecars] = [...(input?.files ?? [])];
  if (!file) throw new Error('No file was given to the page.');
  const reading = await readImage(file, sidecars, windows);
  if (!reading.ok) return JSON.stringify(reading);
  // JSON has no NaN, which only occurs for places outside the projection.
  const words = (_: string, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value);
  return JSON.stringify({ ...reading, samples: base64(reading.samples) }, words);
}

function base64(samples: Float32Array<ArrayBuffer>): string {
  const bytes = new Uint8Array(samples.buffer);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(''));
}

Object.assign(window, { readForCheck });
