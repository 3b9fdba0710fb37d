import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExportFormat } from '../src/export/format.ts';
import { exportFormats } from '../src/export/formats.ts';
import type { SlicingMode } from '../src/geo/slicing/slicings.ts';
import { slicings } from '../src/geo/slicing/slicings.ts';
import type { PixelWindow } from '../src/geo/types.ts';
import { NadirError } from '../src/lib/errors.ts';
import { PLAIN_PLAN, type Plan, parsePlan } from '../src/plan/plan.ts';
import { allTasks, type TaskId, taskOf } from '../src/tasks/table.ts';
import type { BackendChoice } from '../src/vlm/types.ts';

const TASK_WORDS = allTasks()
  .filter(({ needs }) => needs.text !== 'required')
  .map(({ id }) => id)
  .join(', ');
const endingsOf = ({ extension, otherExtensions = [] }: ExportFormat) => [extension, ...otherExtensions];
const formatWords = (format: ExportFormat) => `${format.label} (.${endingsOf(format).join(', .')})`;
const FORMAT_WORDS = exportFormats.map(formatWords).join(', ');
const SLICING_WORDS = slicings.map(({ id, words }) => `${' '.repeat(24)}${id}: ${words.about}`).join('\n');

export const HELP = `Asks Nadir about an image, in a headless browser on this machine.

  npm run analyze -- FILE --task find --label airplane --out out.geojson
  npm run analyze -- FILE --ask "Is there a runway?"
  npm run analyze -- FILE --plan '{"intent": "extreme", "subjects": ["storage tank"], "order": "northernmost"}'
  npm run -s analyze -- FILE --task count --label car --json
  npm run analyze -- LATER --task change --before EARLIER
  npm run analyze -- FILE --task cover --out classes.tif --out classes.geojson

FILE                    GeoTIFF, PNG, JPEG or WebP, with its sidecars (world file, .aux.xml, .tab, .prj …);
                        or --sample NAME, a scene that ships with the app
--task TASK             ${TASK_WORDS}
--label LABEL           what to count, find or segment: a class of the model, or another word that it learned for one
--before FILE           for change: the earlier image of the same ground
--ask "QUESTION"        a free question instead of a task
--plan PLAN             what to find out, as data (docs/plans.md), in place of a question; parts left out are null
--region x,y,w,h        in source pixels, from the upper-left corner; default: the whole image
--backend BACKEND       auto (default), webgpu or wasm
--model FOLDER          a model folder (with nadir.json) instead of the embedded model
--adapter FOLDER        attaches this LoRA adapter (PEFT layout) to the model first
--class FILE            a taught class (docs/teach.md) to count, find or ask about by its name; may be given several times
--slicing MODE          how a large region is shown to the model; auto (default): as the model wants it, or as the task needs it
${SLICING_WORDS}
--out PATH              saves the result, also several times; the ending of PATH chooses the format:
                        ${FORMAT_WORDS}
--json                  prints one JSON object, and nothing else, on stdout:
                        {text, features, counts, model, backend, timings, answer}, or {error: {code, message}}
                        (npm itself prints a banner unless it is run as "npm run -s")
--batch REQUESTS.jsonl  many questions with one browser: a line is {"file", "task", "label", "text", "region",
                        "before"};
                        prints one JSON object per line, {"error": {code, message}} for a failure
--url URL               uses a Nadir that is already being served
--timeout SECONDS       gives up after this long; default 3600
--verbose               also prints what the page logs
--help

Progress and messages go to stderr.
Exit status: 0 done · 1 something else failed · 2 wrong usage · 3 the file can't be read as an image
             4 the model or its back-end failed · 5 no browser
             6 answered in part: tiles failed or were not processed; the answer says how many
             After a batch with failures: their status if they all have the same one, else 1.
`;

export interface AnalyzeOptions {
  file: string | null;
  sample: string | null;
  before: string | null;
  model: string | null;
  adapter: string | null;
  /** Files of taught classes. */
  classes: string[];
  task: TaskId;
  label: string | null;
  text: string | null;
  plan: Plan | null;
  region: PixelWindow | null;
  backend: BackendChoice;
  slicing: SlicingMode;
  out: readonly { path: string; format: ExportFormat }[];
  json: boolean;
  batch: string | null;
  url: string | null;
  timeoutMs: number;
  verbose: boolean;
}

export class UsageError extends Error {}

const taskIds = (): readonly TaskId[] => allTasks().map(({ id }) => id);
const BACKENDS: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm'];
const SLICINGS: readonly SlicingMode[] = ['auto', ...slicings.map(({ id }) => id)];

/** Null if the user asked for help. Errors: UsageError, whose message says what to give. */
export function parseAnalyzeOptions(args: string[]): AnalyzeOptions | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const batch = values.batch ?? null;
  const file = positionals[0] ?? null;
  if (positionals.length > 1) throw new UsageError(`One file at a time; got ${positionals.join(', ')}. See --batch.`);
  if (batch !== null) checkBatch(file, values);
  if (batch === null && (file === null) === (values.sample === undefined)) {
    throw new UsageError('Give one FILE, or --sample NAME.');
  }
  const given = [values.ask, values.task === 'ask' ? undefined : values.task, values.plan];
  if (given.filter((each) => each !== undefined).length > 1) {
    throw new UsageError('Give one of --ask, --task and --plan.');
  }
  if (values.model !== undefined && values.url !== undefined) {
    throw new UsageError('--model is for an app that is served here; leave out --url, or open the folder there.');
  }
  const isQuestion = values.ask !== undefined || values.plan !== undefined;
  const task = oneOf('--task', !isQuestion ? (values.task ?? 'describe') : 'ask', taskIds());
  if (batch === null) checkTask(task, values);
  return {
    file,
    sample: values.sample ?? null,
    before: values.before ?? null,
    model: values.model ?? null,
    adapter: values.adapter ?? null,
    classes: values.class ?? [],
    task,
    label: values.label ?? null,
    text: values.ask ?? null,
    plan: values.plan === undefined ? null : parsePlanOption(values.plan),
    region: values.region === undefined ? null : parseRegion(values.region),
    backend: oneOf('--backend', values.backend ?? 'auto', BACKENDS),
    slicing: oneOf('--slicing', values.slicing ?? 'auto', SLICINGS),
    out: outputsOf(values.out ?? [], task, isQuestion || batch !== null),
    json: values.json ?? false,
    batch,
    url: values.url ?? null,
    timeoutMs: parseSeconds(values.timeout ?? '3600'),
    verbose: values.verbose ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        task: { type: 'string' },
        label: { type: 'string' },
        ask: { type: 'string' },
        plan: { type: 'string' },
        region: { type: 'string' },
        backend: { type: 'string' },
        slicing: { type: 'string' },
        sample: { type: 'string' },
        before: { type: 'string' },
        model: { type: 'string' },
        adapter: { type: 'string' },
        class: { type: 'string', multiple: true },
        out: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        batch: { type: 'string' },
        url: { type: 'string' },
        timeout: { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** A batch names its own images; an image given besides would be confused with them or ignored. */
function checkBatch(file: string | null, values: { sample?: string; before?: string; out?: string[] }): void {
  const given = [
    file,
    values.sample === undefined ? null : '--sample',
    values.before === undefined ? null : '--before',
    values.out === undefined ? null : '--out',
  ].filter((each) => each !== null);
  if (given.length === 0) return;
  throw new UsageError(`--batch takes every image from its lines and prints to stdout; leave out ${given.join(', ')}.`);
}

function checkTask(
  task: TaskId,
  values: { label?: string; ask?: string; plan?: string; region?: string; before?: string },
): void {
  const { needs } = taskOf(task);
  if (needs.subject && !values.label) throw new UsageError(`--task ${task} needs --label, e.g. airplane.`);
  if (needs.text === 'required' && values.plan === undefined && !values.ask?.trim())
    throw new UsageError('--ask needs a question.');
  if (needs.before && !values.before) throw new UsageError(`--task ${task} needs --before FILE, the earlier image.`);
  if (needs.region && values.region === undefined) throw new UsageError(`--task ${task} needs --region.`);
}

function outputsOf(paths: readonly string[], task: TaskId, isQuestion: boolean): AnalyzeOptions['out'] {
  return paths.map((path) => {
    const format = formatOf(path);
    if (format.about && !isQuestion && taskOf(task).about !== format.about) {
      throw new UsageError(`--out "${path}" saves ${format.about}: give --task cover, or ask about it.`);
    }
    return { path, format };
  });
}

/** The format for the path's ending; for a path without an ending, the first format. */
function formatOf(path: string): ExportFormat {
  const name = basename(path).toLowerCase();
  const isPlain = extname(name) === '';
  // ".confidence.tif" is also a ".tif": the longest ending counts.
  const fitting = exportFormats.flatMap((format) =>
    endingsOf(format).flatMap((ending) => (isPlain || name.endsWith(`.${ending}`) ? [{ format, ending }] : [])),
  );
  const [first, ...others] = fitting;
  const found = isPlain
    ? first?.format
    : others.reduce((best, each) => (each.ending.length > (best?.ending.length ?? 0) ? each : best), first)?.format;
  if (found === undefined) throw new UsageError(`--out is "${path}"; its ending must be one of ${FORMAT_WORDS}.`);
  return found;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} is "${value}"; it can be ${allowed.join(', ')}.`);
  return found;
}

function parseRegion(text: string): PixelWindow {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [x, y, width, height] = numbers;
  if (numbers.length !== 4 || !numbers.every(Number.isFinite) || !(width! > 0) || !(height! > 0)) {
    throw new UsageError(`--region is "${text}"; give x,y,w,h in source pixels with w and h above 0.`);
  }
  return { x: x!, y: y!, width: width!, height: height! };
}

function parsePlanOption(text: string): Plan {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError(`--plan is not JSON: ${text}`);
  }
  if (typeof given !== 'object' || given === null) throw new UsageError(`--plan is ${text}; give an object.`);
  try {
    return parsePlan({ ...PLAIN_PLAN, ...given });
  } catch (thrown) {
    throw new UsageError(NadirError.from(thrown).message);
  }
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new UsageError(`--timeout is "${text}"; give seconds above 0.`);
  return seconds * 1000;
}
