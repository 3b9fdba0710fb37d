import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, createLogger } from 'vite';
import { DIST, ROOT } from './paths.ts';

/** Everything that a build is made from. */
const SOURCES = ['src', 'shaders', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Builds dist/ if it is missing or older than a source. Logs go to stderr, because stdout may be for JSON. */
export async function ensureBuilt(say: (line: string) => void): Promise<void> {
  const reason = whyBuild();
  if (!reason) return;
  say(`Building the app (${reason}) …`);
  const startMs = performance.now();
  // A test runner sets it to "test", but tests should run on what ships.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await build({
      root: ROOT,
      configFile: join(ROOT, 'vite.config.ts'),
      logLevel: 'warn',
      customLogger: stderrLogger(),
      build: { rolldownOptions: { checks: { pluginTimings: false } } },
    });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
  say(`Built in ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
}

/** The reason for a build; null if dist/ is up to date. */
export function whyBuild(): string | null {
  const page = join(DIST, 'index.html');
  if (!existsSync(page)) return 'there is no build yet';
  const builtMs = statSync(page).mtimeMs;
  const newer = SOURCES.map((source) => newerThan(join(ROOT, source), builtMs)).find((path) => path !== null);
  return newer ? `${newer.slice(ROOT.length + 1)} is newer than the build` : null;
}

/** The first file under `path` that changed after `timeMs`, except tests, which aren't part of a build. */
function newerThan(path: string, timeMs: number): string | null {
  if (!existsSync(path)) return null;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs > timeMs && !path.endsWith('.test.ts') ? path : null;
  for (const entry of readdirSync(path, { withFileTypes: true }) as Dirent[]) {
    const found = newerThan(join(path, entry.name), timeMs);
    if (found) return found;
  }
  return null;
}

function stderrLogger() {
  const logger = createLogger('warn', { allowClearScreen: false });
  const toStderr = (message: string) => void process.stderr.write(`${message}\n`);
  // The list of written files isn't useful here.
  logger.info = () => undefined;
  logger.warn = toStderr;
  logger.warnOnce = toStderr;
  logger.error = toStderr;
  return logger;
}
