import { runSuite } from './suite.ts';

/** Runs while imported; see node.ts. */
export const exitCode = await runSuite(process.argv.slice(2));
