import { fetchOwnFile, OWN_HOST } from '../../lib/own-file.ts';
import type { SampleScene } from './port.ts';

/** The scenes that ship with the app, in the folder `baseUrl`. */
export class Samples {
  private readonly baseUrl: string;
  private readonly kept = new Map<string, Promise<Blob>>();

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  /** Reads their index.json; a missing one means no samples. */
  async list(): Promise<SampleScene[]> {
    try {
      const response = await fetch(new URL('index.json', this.baseUrl), OWN_HOST);
      if (!response.ok) return [];
      const listed: unknown = await response.json();
      return Array.isArray(listed) ? listed.filter(isSample) : [];
    } catch {
      return [];
    }
  }

  /** Fetches a sample once, so that it opens again without the server. Errors: PART_MISSING. */
  async open(file: string): Promise<File> {
    let blob = this.kept.get(file);
    if (!blob) {
      blob = fetchOwnFile(new URL(file, this.baseUrl).href, `The sample scene ${file}`, 'PART_MISSING');
      this.kept.set(file, blob);
      blob.catch(() => this.kept.delete(file));
    }
    return new File([await blob], file);
  }
}

function isSample(value: unknown): value is SampleScene {
  const { file, title, description } = (value ?? {}) as Partial<SampleScene>;
  return typeof file === 'string' && typeof title === 'string' && typeof description === 'string';
}
