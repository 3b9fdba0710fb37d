import { parseArgs } from 'node:util';
import { ensureBrowser, NoBrowserError } from './browser.ts';
import { EXIT } from './exit-status.ts';
import { runSection, sections, type Tally } from './test-sections.ts';

const HELP = `Checks everything: types, lint, import rules, unit and kernel tests, stories in the browser.

  npm test
  npm test -- --only unit,e2e       one or more of: types, lint, imports, unit, f16, e2e
  npm test -- --only e2e corrupt    only test files whose path contains "corrupt"

REQUIRE_WEBGPU=1 makes a missing WebGPU implementation a failure. NADIR_BROWSER names the browser to use,
VK_DRIVER_FILES a Vulkan driver for the kernel tests. They run a second time where a driver has shader-f16.
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const all = sections(positionals);
  const wanted = values.only?.split(',') ?? all.map(({ id }) => id);
  const unknown = wanted.filter((id) => !all.some((section) => section.id === id));
  if (unknown.length > 0) {
    say(`There is no section "${unknown.join('", "')}". There are: ${all.map(({ id }) => id).join(', ')}.`);
    return EXIT.usage;
  }
  const chosen = all.filter(({ id }) => wanted.includes(id));
  const environment = chosen.some(({ id }) => id === 'unit' || id === 'e2e') ? withBrowser() : process.env;

  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [index, section] of chosen.entries()) {
    const startMs = performance.now();
    say(`\n── ${index + 1} of ${chosen.length} · ${section.title}`);
    const prepared = (await section.prepare?.(chosen.map(({ id }) => id))) ?? {};
    if (typeof prepared === 'string') {
      say(`– ${section.title}: not run: ${prepared}`);
      total.skipped += 1;
      continue;
    }
    const { passed, failed, skipped } = await runSection(section, { ...environment, ...prepared });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    say(`${failed === 0 ? '✓' : '✗'} ${section.title}: ${passed} passed, ${failed} failed (${seconds} s)`);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  say(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 ? EXIT.done : EXIT.other;
}

/** Every section that follows uses the same browser, found or installed once. */
function withBrowser(): NodeJS.ProcessEnv {
  const { path, source } = ensureBrowser(say);
  say(`Browser: ${path} (${source})`);
  return { ...process.env, NADIR_BROWSER: path };
}

try {
  process.exitCode = await main();
} catch (thrown) {
  say(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = thrown instanceof NoBrowserError ? EXIT.browser : EXIT.usage;
}
