import { NadirError } from '../lib/errors.ts';
export async function createWebGpuEngine(..._: unknown[]): Promise<never> {
  throw new NadirError('INTERNAL', 'not yet');
}
