import { readFileSync } from 'node:fs';
import { BufferArena, readFloats } from '../src/gpu/buffers.ts';
import type { Gpu } from '../src/gpu/device.ts';
import { encodeSteps, type Step, type Work } from '../src/gpu/step.ts';
import { compareFloats, type Tolerance } from '../src/gpu/testing/compare.ts';
import { golden } from '../src/gpu/testing/goldens.ts';
import { openNodeGpu } from '../src/gpu/testing/node-gpu.ts';
import { Safetensors } from '../src/vlm/files/safetensors.ts';
import { parseManifest } from '../src/vlm/manifest/manifest.ts';
import type { Features } from '../src/vlm/towers/tower.ts';
import { planTower, uploadTowerWeights } from '../src/vlm/towers/tower-plan.ts';
import { towerTolerance } from '../src/vlm/towers/tower-reference.ts';
import { findTowerWeights } from '../src/vlm/towers/tower-weights.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { medianMs } from './timing.ts';

/** Checks, then times. Returns the exit code: 0 all correct, 1 a wrong result, 3 no WebGPU. */
export async function runSuite(args: string[]): Promise<number> {
  const option = (name: string) => args[args.indexOf(name) + 1] ?? '';
  const samples = args.includes('--samples') ? Math.max(5, Number(option('--samples')) || 5) : 5;
  const only = args.includes('--only') ? option('--only') : '';

  const opened = await openNodeGpu();
  if (typeof opened === 'string') {
    console.error(opened);
    return 3;
  }
  const { gpu } = opened;
  console.log(`Adapter: ${gpu.label} (${gpu.adapterInfo.description || 'no description'}), driver ${opened.driver}`);
  console.log(`Weights: ${gpu.f16 ? 'f16' : 'f32'}. Medians of ${samples} after a warm-up.`);
  if (gpu.software)
    console.log('This is a software adapter: its times are meaningless; only the checks and counts are valid.');
  console.log('');
  try {
    let wrong = 0;
    printHeader();
    for (const bench of benchCases) {
      if (bench.name.includes(only) && !(await runCase(gpu, bench, samples))) wrong++;
    }
    if ('tower'.includes(only) && !(await runTower(gpu, samples))) wrong++;
    console.log(wrong === 0 ? '\nEverything agrees with its reference.' : `\n${wrong} wrong: see FAILED above.`);
    return wrong === 0 ? 0 : 1;
  } finally {
    opened.close();
  }
}

async function runCase(gpu: Gpu, bench: BenchCase, samples: number): Promise<boolean> {
  const arena = new BufferArena(gpu);
  try {
    const { step, y, count, expected, bound } = await bench.build(gpu, arena);
    submit(gpu, [step]);
    const difference = compareFloats(await readFloats(gpu.device, y, count), expected(), bound());
    if (difference.wrong > 0) {
      console.log(`${bench.name.padEnd(44)} FAILED: ${difference.wrong} of ${count} differ, worst ${difference.worst}`);
      return false;
    }
    printRow(bench.name, step.work, await medianMs(gpu, [step], samples), difference.worst);
    return true;
  } finally {
    arena.destroy();
  }
}

/** The embedded model's tower on the golden tile: compares output rows with PyTorch, then prints time and counts. */
async function runTower(gpu: Gpu, samples: number): Promise<boolean> {
  const model = new URL('../public/models/nadir-s/', import.meta.url);
  const { vision, bands } = parseManifest(JSON.parse(readFileSync(new URL('nadir.json', model), 'utf8')));
  const file = Uint8Array.from(readFileSync(new URL(vision.weights, model)));
  const side = vision.imageSize;
  const weightArena = new BufferArena(gpu);
  const arena = new BufferArena(gpu);
  try {
    const weights = uploadTowerWeights(weightArena, findTowerWeights(vision, Safetensors.parse(file.buffer)));
    const plan = await planTower(gpu, arena, vision, weights, side, side);
    const pixels = golden('tile_u8').data.map((value, i) => (value / 255 - bands[i % 4]!.mean) / bands[i % 4]!.std);
    gpu.device.queue.writeBuffer(plan.pixels, 0, pixels as Float32Array<ArrayBuffer>);
    submit(gpu, plan.steps);
    const allowed = towerTolerance(vision, side, side);
    const { tokens, fine } = plan.output;
    const worst = Math.max(
      await rowsDiffer(gpu, tokens, [0, 37, 255], 'tokens_rows_0_37_255', allowed.tokens!),
      await rowsDiffer(gpu, fine!, [0, 500, 1023], 'fine_rows_0_500_1023', allowed.fine!),
    );
    if (!Number.isFinite(worst)) {
      console.log(`tower ${side}² FAILED against PyTorch`);
      return false;
    }
    printRow(`tower ${side}²`, sumWork(plan.steps), await medianMs(gpu, plan.steps, samples), worst);
    printTowerCounts(plan.steps, weightArena.sizeBytes, arena.sizeBytes, pixels.byteLength);
    return true;
  } finally {
    arena.destroy();
    weightArena.destroy();
  }
}

/** Largest difference between the selected rows and a golden; infinite if one is out of tolerance. */
async function rowsDiffer(
  gpu: Gpu,
  { buffer, dims: [, , width] }: Features,
  rows: number[],
  name: string,
  allowed: Tolerance,
): Promise<number> {
  const all = await readFloats(gpu.device, buffer, buffer.size / 4);
  const picked = Float32Array.from(rows.flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]));
  const difference = compareFloats(picked, golden(name).data, allowed);
  return difference.wrong > 0 ? Number.POSITIVE_INFINITY : difference.worst;
}

function submit(gpu: Gpu, steps: readonly Step[]): void {
  const encoder = gpu.device.createCommandEncoder();
  encodeSteps(encoder, steps);
  gpu.device.queue.submit([encoder.finish()]);
}

function sumWork(steps: readonly Step[]): Work {
  return steps.reduce(
    (sum, { work }) => ({ operations: sum.operations + work.operations, bytes: sum.bytes + work.bytes }),
    {
      operations: 0,
      bytes: 0,
    },
  );
}

function printHeader(): void {
  console.log(
    `${'kernel'.padEnd(44)} ${['MFLOP', 'MB', 'FLOP/B', 'ms', 'GFLOP/s', 'GB/s', 'difference'].map((h) => h.padStart(11)).join('')}`,
  );
}

/**
 * Operations, minimum bytes moved, their ratio (the roofline's abscissa), and the resulting rates at the median time.
 */
function printRow(name: string, work: Work, ms: number, worst: number): void {
  const cells = [
    (work.operations / 1e6).toFixed(1),
    (work.bytes / 1e6).toFixed(2),
    (work.operations / work.bytes).toFixed(1),
    ms.toFixed(3),
    (work.operations / ms / 1e6).toFixed(2),
    (work.bytes / ms / 1e6).toFixed(3),
    worst.toExponential(1),
  ];
  console.log(`${name.padEnd(44)} ${cells.map((cell) => cell.padStart(11)).join('')}`);
}

function printTowerCounts(
  steps: readonly Step[],
  weightBytes: number,
  activationBytes: number,
  pixelBytes: number,
): void {
  const kinds = new Map<string, Step[]>();
  for (const step of steps) kinds.set(step.name, [...(kinds.get(step.name) ?? []), step]);
  console.log(`\nOne tower run: ${steps.length} dispatches in one command buffer, 0 bytes read back`);
  for (const [name, group] of kinds) {
    const work = sumWork(group);
    const groups = group.reduce((sum, step) => sum + step.groups[0] * step.groups[1], 0);
    const cells = [
      `${group.length} ×`,
      `${groups} workgroups`,
      `${(work.operations / 1e6).toFixed(0)} MFLOP`,
      `${(work.bytes / 1e6).toFixed(1)} MB`,
    ];
    console.log(`  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(18)).join('')}`);
  }
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `  weights ${mb(weightBytes)}, activations ${mb(activationBytes)} on the device; ${mb(pixelBytes)} uploaded a run`,
  );
}
