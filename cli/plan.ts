import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NadirError } from '../src/lib/errors.ts';
import { type Plan, parsePlan } from '../src/plan/plan.ts';
import { QuestionReader } from '../src/vlm/reader/reader.ts';
import { openNodeOrt, readEmbeddedFiles } from '../src/vlm/testing/node-model.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import { judge, type Row, Tally } from './plan/score.ts';

const HELP = `npm run -s plan -- --questions FILE.jsonl --json
npm run -s plan -- --ask "How many cars are there?" --ask "and in the north?"

Reads questions into plans, without a browser and without an image.

  --questions FILE  a question a line: {"q": "…"}
  --ask TEXT        a question; several are one conversation
  --json            a line {"q", "plan"} for each question
  --score           compares with intent, subjects, where, order, quantity and minMaxFilter of each line, and prints a table
  --wrong           with --score: also each question that was read otherwise
`;

/** What a plan has, in the order of its fields. */
const FIELDS = ['intent', 'subjects', 'where', 'order', 'quantity', 'filter', 'language', 'certainty'] as const;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      questions: { type: 'string' },
      ask: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      score: { type: 'boolean', default: false },
      wrong: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || (values.questions === undefined) === (values.ask === undefined)) {
    process.stdout.write(HELP);
    return values.help ? EXIT.done : EXIT.usage;
  }
  const rows = values.ask?.map((q) => ({ q }) as Row) ?? readRows(values.questions!);
  const reader = new QuestionReader(await openNodeOrt(), await readEmbeddedFiles());
  const tally = new Tally();
  let before: Plan | null = null;
  for (const row of rows) {
    const started = performance.now();
    const reading = await reader.read(row.q, before);
    const elapsedMs = performance.now() - started;
    const plan = parsePlan(Object.fromEntries(FIELDS.map((field) => [field, reading[field]])));
    if (values.ask) before = plan;
    if (values.json || !values.score) process.stdout.write(`${JSON.stringify({ q: row.q, plan })}\n`);
    if (!values.score) continue;
    const right = judge(row, reading);
    tally.add(row, reading, right, elapsedMs);
    const wrong = Object.keys(right).filter((field) => !right[field]);
    if (values.wrong && wrong.length > 0) {
      process.stdout.write(`${wrong.join(', ')}: ${row.q}\n  read ${JSON.stringify(plan)}\n`);
    }
  }
  if (values.score) process.stdout.write(tally.table());
  return EXIT.done;
}

function readRows(path: string): Row[] {
  const lines = readFileSync(resolve(process.env.INIT_CWD ?? '.', path), 'utf8')
    .split('\n')
    .map((line) => line.trim());
  return lines.flatMap((line, n) => {
    if (line === '') return [];
    const row = JSON.parse(line) as Row;
    if (typeof row.q === 'string') return [row];
    throw new NadirError('OPTION_INVALID', `Line ${n + 1} of ${path} has no text "q". Give each line a question.`);
  });
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message } = NadirError.from(thrown);
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = exitStatusOf(code);
}
