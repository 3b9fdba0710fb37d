import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from '../cli/browser.ts';
import { ensureBuilt } from '../cli/build.ts';
import { serveDist } from '../cli/serve.ts';
import { BIG_FILES, ensureBigFile } from './imagery/big-files.ts';
import { type Gestures, type Measured, measure } from './imagery/measure.ts';

/**
 * `npm run bench:imagery [-- --only striped-deflate] [-- --runs 3] [-- --dir FOLDER] [-- --url URL]`: opens files of
 * 0.8 and 5 GB in the built app. Measures the time to the first picture, pan and zoom, memory, and overviews with a
 * reload while they are built. The files are made in FOLDER (default: the system's temporary folder) and kept there.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: '3' },
    dir: { type: 'string', default: join(tmpdir(), 'nadir-bench-imagery') },
    url: { type: 'string' },
  },
});

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const browser = findBrowser();
if (!browser) throw new Error('No browser found; set NADIR_BROWSER.');
if (!values.url) await ensureBuilt(console.error);
const served = values.url ? null : await serveDist(4300, console.error);
try {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}, ${busy()}`,
  );
  for (const file of BIG_FILES.filter(({ name }) => name.includes(values.only))) {
    const { path, madeMs } = ensureBigFile(values.dir, file);
    console.log(`\n${file.about}${madeMs > 0 ? ` (made in ${seconds(madeMs)})` : ''}`);
    const runs: Measured[] = [];
    for (let i = 0; i < Number(values.runs); i++) {
      runs.push(await measure(browser.path, ARGS, values.url ?? served!.url, path));
      console.log(`  run ${i + 1}: ${line(runs.at(-1)!)}`);
    }
    console.log(`  best:  ${line(best(runs))}`);
  }
} finally {
  await served?.close();
}

function line(run: Measured): string {
  return [
    `picture ${seconds(run.pictureMs)} (processor ${seconds(run.pictureCpuMs)})`,
    `overviews ${seconds(run.overviewsMs)} (${seconds(run.overviewsCpuMs)}), ${mb(run.overviewBytes)}`,
    `resumed at ${Math.round(run.resumedAt * 100)} %`,
    `again ${seconds(run.againMs)} (${seconds(run.againCpuMs)})`,
    `building: ${gestureWords(run.whileBuilding)}`,
    `afterwards: ${gestureWords(run.afterwards)}`,
    `page ${mb(run.baseBytes)} → at most ${mb(run.peakBytes)}`,
  ].join(' · ');
}

function gestureWords(run: Gestures): string {
  const script = run.longestScript
    ? `, longest script ${run.longestScript.cpuMs} ms (${run.longestScript.source})`
    : '';
  return `longest main-thread task ${run.longestCpuMs} ms of processor time (${run.over50} over 50${script}; ${run.longestMs} by the clock), tiles ${run.tileMedianMs}–${run.tileLongestMs} ms (${run.tiles})`;
}

/** The best of each figure, because other programs use the machine, too. */
function best(runs: readonly Measured[]): Measured {
  const least = (pick: (run: Measured) => number) => runs.reduce((a, b) => (pick(b) < pick(a) ? b : a));
  return {
    ...least((run) => run.peakBytes),
    pictureMs: least((run) => run.pictureMs).pictureMs,
    pictureCpuMs: least((run) => run.pictureCpuMs).pictureCpuMs,
    overviewsCpuMs: least((run) => run.overviewsCpuMs).overviewsCpuMs,
    againCpuMs: least((run) => run.againCpuMs).againCpuMs,
    overviewsMs: least((run) => run.overviewsMs).overviewsMs,
    againMs: least((run) => run.againMs).againMs,
    whileBuilding: least((run) => run.whileBuilding.longestCpuMs).whileBuilding,
    afterwards: least((run) => run.afterwards.longestCpuMs).afterwards,
  };
}

/** The machine's other load, which affects the times. */
function busy(): string {
  try {
    const running = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8'))
      .filter((stat) => /\) R /.test(stat));
    return `${running.length} processes running`;
  } catch {
    return 'other load unknown';
  }
}
