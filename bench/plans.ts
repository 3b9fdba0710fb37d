import { runPlan } from '../src/plan/run/run.ts';
import { manyThings, plansOfMany } from '../src/plan/testing/many.ts';

/**
 * `npm run bench:plans -- [--things N] [--only NAME]`: running a plan of each kind on N things (default 100,000) of either subject.
 * Medians of 3 after a warm-up, in processor time, which other programs don't lengthen.
 */
const option = (name: string, otherwise: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
const things = Number(option('--things', '100000'));
const only = option('--only', '');
const { evidence, ground } = manyThings(things);
console.log(`${things} cars and as many buildings on ${evidence.tiles.length} tiles`);
console.log(`${'plan'.padEnd(20)} ${'ms'.padStart(9)}`);
for (const [name, plan] of Object.entries(plansOfMany)) {
  if (!name.includes(only)) continue;
  const times = Array.from({ length: 4 }, () => {
    const before = process.cpuUsage();
    runPlan(plan, evidence, ground);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  const [, middle = times[0]!] = times.slice(1).sort((a, b) => a - b);
  console.log(`${name.padEnd(20)} ${middle.toFixed(0).padStart(9)}`);
}
