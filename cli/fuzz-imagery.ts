import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { mutate } from './fuzz-imagery/mutate.ts';
import { Prober } from './fuzz-imagery/prober.ts';
import { Tally } from './fuzz-imagery/tally.ts';
import { ROOT } from './paths.ts';

const HELP = `npm run fuzz:imagery -- [--n 2000] [--seed 1] [--only I] [DIR …]

Damages good files (the repository's own, of many kinds, and those of each DIR) in N seeded ways, and opens each.
Every one must give pixels or a typed error within 5 s, without a buffer over the cap. Files of a DIR are also opened
undamaged. Exits non-zero on any failure and names it by its number: --only I repeats just that one.`;

const FLAVOURS = ['imagery', 'pictures'].map((folder) => join(ROOT, 'e2e/fixtures', folder));
/** Larger files are slow to copy and don't add other kinds of damage. */
const MAX_FILE_BYTES = 2 * 2 ** 20;

const { values, positionals } = parseArgs({
  options: {
    n: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

if (values.help) {
  console.log(HELP);
} else {
  process.exitCode = await run(
    Number(values.n),
    Number(values.seed),
    values.only ? Number(values.only) : null,
    positionals,
  );
}

async function run(count: number, seed: number, only: number | null, dirs: string[]): Promise<number> {
  const missing = dirs.filter((dir) => !existsSync(dir));
  if (missing.length > 0 || !(count >= 0) || !Number.isInteger(seed)) {
    console.error(missing.length > 0 ? `No such folder: ${missing.join(', ')}` : HELP);
    return 2;
  }
  const own = FLAVOURS.flatMap(imagesIn).filter((path) => !path.includes('broken-'));
  const theirs = dirs.flatMap(imagesIn);
  const good = [...own, ...theirs.filter((path) => statSync(path).size <= MAX_FILE_BYTES)];
  const prober = new Prober();
  const tally = new Tally();
  await prober.start();
  if (only === null) {
    for (const path of theirs) tally.add(relative('.', path), await prober.probe(readFileSync(path)));
  }
  for (let i = 0; i < count; i++) {
    if (only !== null && i !== only) continue;
    const path = good[i % good.length]!;
    const { bytes, kinds } = mutate(new Uint8Array(readFileSync(path)), seed * 1_000_003 + i);
    tally.add(`#${i} ${relative(ROOT, path)}: ${kinds.join(', ')}`, await prober.probe(bytes));
    if (process.stderr.isTTY) process.stderr.write(`\r${i + 1}/${count}`);
  }
  prober.close();
  console.log(tally.summary(count, seed, good.length));
  return tally.failures > 0 ? 1 : 0;
}

function imagesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tiff?|png|jpe?g|webp)$/i.test(name))
    .sort()
    .map((name) => join(dir, name));
}
