import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../cli/browser.ts';
import { ensureBuilt } from '../../cli/build.ts';
import { serveDist } from '../../cli/serve.ts';

const PORT = 4373;
const say = (line: string) => void process.stdout.write(`${line}\n`);

declare module 'vitest' {
  interface ProvidedContext {
    /** The served app's address; ends in "/". */
    appUrl: string;
    browserPath: string;
  }
}

/** Builds and serves the app once for all stories. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { path } = ensureBrowser(say);
  await ensureBuilt(say);
  const { url, close } = await serveDist(PORT, say);
  project.provide('appUrl', url);
  project.provide('browserPath', path);
  return close;
}
