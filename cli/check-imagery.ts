import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { BrowserReader } from './check-imagery/browser-reader.ts';
import { judge, maskByAlpha, type Row } from './check-imagery/judge.ts';
import { type Reading, readImage } from './check-imagery/read-image.ts';
import { fingerprintOf, type Reference } from './check-imagery/reference.ts';
import { behindMark, failed, markdownOf, summaryOf } from './check-imagery/table.ts';
import { sidecarsOf } from './page-driver.ts';
import { ROOT } from './paths.ts';

const HELP = `npm run check:imagery -- DIR [--out FILE.md] [--expected FILE.json] [--write-expected FILE.json]

Opens every image below DIR with the app's own reader, together with its sidecar files, and compares size, pixels and
place with GDAL's: from python3 with rasterio if available, else from --expected (made earlier by --write-expected).
Formats that only a browser decodes (WebP, some JPEGs) are read in Chromium. Prints what isn't right and a summary
line; --out writes the table. Exits non-zero if a file opens wrong or fails without a typed error.`;

const IMAGE = /\.(tiff?|png|jpe?g|webp)$/i;
const NEEDS_BROWSER = /need a browser/;

const { values, positionals } = parseArgs({
  options: {
    out: { type: 'string' },
    expected: { type: 'string' },
    'write-expected': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

if (values.help || positionals.length !== 1) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else if (!existsSync(positionals[0]!)) {
  console.error(`No such folder: ${positionals[0]}`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(positionals[0]!);
}

interface Oracle {
  name: string;
  references: Record<string, Reference>;
  samplesOf(reference: Reference): Float32Array | null;
}

async function run(folder: string): Promise<number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => IMAGE.test(name))
    .sort();
  const scratch = mkdtempSync(join(tmpdir(), 'nadir-check-'));
  const browser = new BrowserReader();
  try {
    const oracle = values.expected ? storedOracle(values.expected) : gdalOracle(folder, names, scratch);
    if (!oracle) return 2;
    const rows: Row[] = [];
    for (const name of names) {
      rows.push(await check(folder, name, oracle, browser));
      if (process.stderr.isTTY) process.stderr.write(`\r${rows.length}/${names.length}`);
    }
    report(rows, oracle);
    return failed(rows) ? 1 : 0;
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function check(folder: string, name: string, oracle: Oracle, browser: BrowserReader): Promise<Row> {
  const path = join(folder, name);
  const file = await fileAt(path);
  const sidecars = await Promise.all(sidecarsOf(path).map(fileAt));
  const reference = oracle.references[name] ?? null;
  const windows = reference?.windows ?? null;
  let reading: Reading = await readImage(file, sidecars, windows);
  if (!reading.ok && NEEDS_BROWSER.test(reading.message)) reading = await browser.read(file, sidecars, windows);
  const samples = reference ? oracle.samplesOf(reference) : null;
  if (values['write-expected'] && reference && samples && reading.ok) {
    const { alphaBand } = reference;
    const alpha = alphaBand !== null && reading.bands[alphaBand]?.role === 'alpha' ? alphaBand : null;
    reference.fingerprint = fingerprintOf(maskByAlpha(samples, reference, reference.bands ?? reference.count, alpha));
  }
  return judge(name, reading, reference, samples);
}

async function fileAt(path: string): Promise<File> {
  return new File([await openAsBlob(path)], basename(path));
}

function report(rows: readonly Row[], oracle: Oracle): void {
  for (const row of rows) {
    if (row.verdict === 'right') continue;
    console.log(`${row.verdict.padEnd(9)} ${row.file}: ${row.note.split('\n')[0]}`);
  }
  if (values['write-expected']) {
    const kept = Object.entries(oracle.references).map(([name, { pixels: _, ...rest }]) => [name, rest]);
    writeFileSync(
      values['write-expected'],
      `${JSON.stringify({ oracle: oracle.name, files: Object.fromEntries(kept) })}\n`,
    );
  }
  if (values.out) {
    const kept = existsSync(values.out) ? readFileSync(values.out, 'utf8') : '';
    writeFileSync(values.out, behindMark(kept, markdownOf(rows, 'npm run check:imagery -- DIR', oracle.name)));
  }
  console.log(summaryOf(rows));
}

/** Null, with a message, if there is no GDAL to ask. */
function gdalOracle(folder: string, names: readonly string[], scratch: string): Oracle | null {
  const script = join(ROOT, 'cli/check-imagery/oracle.py');
  const { status, stderr, error } = spawnSync('python3', [script, folder, scratch, ...names], { encoding: 'utf8' });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim().split('\n').at(-1);
    console.error(
      `No GDAL to compare with: python3 with rasterio didn't run (${why}). Install rasterio, or give --expected FILE.json.`,
    );
    return null;
  }
  const index = JSON.parse(readFileSync(join(scratch, 'index.json'), 'utf8')) as {
    gdal: string;
    files: Record<string, Reference>;
  };
  return {
    name: `GDAL ${index.gdal}`,
    references: index.files,
    samplesOf(reference) {
      if (!reference.pixels) return null;
      const bytes = readFileSync(join(scratch, reference.pixels));
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
  };
}

function storedOracle(path: string): Oracle {
  const { oracle, files } = JSON.parse(readFileSync(path, 'utf8')) as {
    oracle: string;
    files: Record<string, Reference>;
  };
  return { name: `${oracle}, as stored in ${relative('.', path)}`, references: files, samplesOf: () => null };
}
