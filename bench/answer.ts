import { readFileSync } from 'node:fs';
import { plainNucleus } from '../src/vlm/testing/plain-nucleus.ts';
import { AnswerDecoder } from '../src/vlm/text/answer-decoder.ts';
import { createSampler, mulberry32 } from '../src/vlm/text/sampling.ts';
import { createTokenizer } from '../src/vlm/text/tokenizer.ts';

/**
 * `npm run bench:answer`: the cost per token besides the model, i.e. choosing a token and converting it to text.
 * Compared with the naive ways (sorting the vocabulary, decoding all tokens again). Medians.
 */
const model = new URL('../public/models/nadir-s/', import.meta.url);
const tokenizer = createTokenizer({ get: (path) => Uint8Array.from(readFileSync(new URL(path, model))) });

function medianMs(runs: number, work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

console.log('sampling, ms a token'.padEnd(44), 'sorted'.padStart(10), 'heap'.padStart(10));
for (const vocabulary of [1536, 151_936]) {
  const runs = vocabulary > 10_000 ? 25 : 500;
  for (const [topP, spread] of [
    [1, 3],
    [0.9, 3],
    [0.9, 0.1],
  ] as const) {
    const uniform = mulberry32(1);
    const logits = Float32Array.from({ length: vocabulary }, () => spread * normal(uniform));
    const sample = createSampler({ temperature: 1, topP, seed: 1 });
    const sortedMs = medianMs(runs, () => plainNucleus(logits, 1, topP, uniform()));
    const heapMs = medianMs(runs, () => sample(logits));
    const name = `${vocabulary} logits, deviation ${spread}, top p ${topP}`;
    console.log(name.padEnd(44), sortedMs.toFixed(3).padStart(10), heapMs.toFixed(3).padStart(10));
  }
}

console.log(`\n${'text, ms an answer'.padEnd(44)} ${'all again'.padStart(10)} ${'anew only'.padStart(10)}`);
for (const length of [32, 128, 512]) {
  const ids = tokenizer.encodeTurn('Two ships lie in the harbour. 港口里有两艘船。 '.repeat(40)).slice(0, length);
  const allMs = medianMs(20, () => ids.map((_, n) => tokenizer.decode(ids.slice(0, n + 1))));
  const newMs = medianMs(20, () => {
    const decoder = new AnswerDecoder(tokenizer);
    for (const id of ids) decoder.push(id);
  });
  console.log(`${ids.length} tokens`.padEnd(44), allMs.toFixed(3).padStart(10), newMs.toFixed(3).padStart(10));
}

function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
