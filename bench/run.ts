import { runSuite } from './suite.ts';

/** Runs during import; see node.ts. */
export const exitCode = await runSuite(process.argv.slice(2));
