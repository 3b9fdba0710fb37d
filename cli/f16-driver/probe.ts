import { openNodeGpu } from '../../src/gpu/testing/node-gpu.ts';
import type { Probe } from './find.ts';

/** Prints one line of JSON about the adapter that this process's environment selects. */
const opened = await openNodeGpu();
const found: Probe =
  typeof opened === 'string' ? { label: null, f16: false } : { label: opened.gpu.label, f16: opened.gpu.f16 };
if (typeof opened !== 'string') opened.close();
process.stdout.write(`${JSON.stringify(found)}\n`);
