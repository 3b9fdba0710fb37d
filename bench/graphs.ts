import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { openNodeOrt } from '../src/vlm/testing/node-model.ts';

/**
 * `npm run bench:graphs -- FILE.onnx…`: milliseconds of each graph on WebAssembly with one thread. Weight files are taken from the
 * graph's folder. Inputs are made up. The graphs take turns, and the least of their runs counts; processor time, because the clock
 * also counts other work of the machine.
 */
const runs = 9;
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Name graphs: npm run bench:graphs -- public/models/nadir-s/onnx/vision.onnx …');
  process.exit(2);
}

const host = await openNodeOrt();

function madeUp({ shape }: InferenceSession.TensorValueMetadata): Tensor {
  const dims = shape.map(Number);
  const count = dims.reduce((product, size) => product * size, 1);
  if (!Number.isInteger(count)) throw new RangeError(`A graph with an input of open size [${shape}] can't be timed.`);
  return new host.ort.Tensor(
    'float32',
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.37)),
    dims,
  );
}

async function open(file: string) {
  const folder = dirname(file);
  const weights = readdirSync(folder).filter((name) => /\.(safetensors|bin)$/.test(name));
  const session = await host.create(readFileSync(file), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    externalData: weights.map((path) => ({ path, data: readFileSync(join(folder, path)) })),
  });
  const inputs = session.inputMetadata.filter((input) => input.isTensor);
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, madeUp(input)]));
  return { file, session, feeds, leastMs: Number.POSITIVE_INFINITY };
}

const graphs = [];
for (const file of files) graphs.push(await open(file));
for (let run = 0; run < runs; run++) {
  for (const graph of graphs) {
    const before = process.cpuUsage();
    await host.run(graph.session, graph.feeds);
    const { user, system } = process.cpuUsage(before);
    graph.leastMs = Math.min(graph.leastMs, (user + system) / 1000);
  }
}
for (const { file, leastMs } of graphs) {
  console.log(
    `${join(basename(dirname(dirname(file))), basename(file)).padEnd(40)} ${leastMs.toFixed(1).padStart(8)} ms`,
  );
}
process.exit(0);
