import { NadirError } from '../lib/errors.ts';
import type { SampleScene } from './types.ts';

/** The scenes that ship with the app, from their index.json; none when it is missing, which is no failure. */
export async function listSamples(baseUrl: string): Promise<SampleScene[]> {
  try {
    const response = await fetch(new URL('index.json', baseUrl));
    if (!response.ok) return [];
    const listed: unknown = await response.json();
    return Array.isArray(listed) ? listed.filter(isSample) : [];
  } catch {
    return [];
  }
}

/** Errors: INVALID_ARGUMENT when the app was shipped without that scene. */
export async function fetchSample(baseUrl: string, file: string): Promise<File> {
  const response = await fetch(new URL(file, baseUrl)).catch(() => null);
  if (!response?.ok) {
    throw new NadirError(
      'INVALID_ARGUMENT',
      `The sample scene ${file} could not be read (${response ? `HTTP ${response.status}` : 'no answer'}). Build the app again, or open a file of your own.`,
    );
  }
  return new File([await response.blob()], file);
}

function isSample(value: unknown): value is SampleScene {
  const { file, title, description } = (value ?? {}) as Partial<SampleScene>;
  return typeof file === 'string' && typeof title === 'string' && typeof description === 'string';
}
