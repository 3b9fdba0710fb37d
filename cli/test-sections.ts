import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareF16 } from './f16-driver/find.ts';
import { ROOT } from './paths.ts';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Section {
  id: string;
  title: string;
  /** Called before the section runs. Returns additions to its commands' environment, or the reason why it can't run. */
  prepare?: (alsoRun: readonly string[]) => Promise<NodeJS.ProcessEnv | string>;
  /** Commands from node_modules/.bin. Each is one check; a `suite` reports its own counts. */
  steps: { title: string; command: string; args: string[]; suite?: boolean }[];
}

/** `filter`: names of test files, passed to the test runner. */
export function sections(filter: readonly string[]): Section[] {
  const vitest = (title: string, config: string) => ({
    title,
    command: 'vitest',
    args: ['run', '--config', config, '--passWithNoTests', ...filter],
    suite: true,
  });
  const types = (name: string) => ({ title: name, command: 'tsc', args: ['--noEmit', '-p', name] });
  return [
    {
      id: 'types',
      title: 'Type check',
      steps: [types('tsconfig.json'), types('tsconfig.worker.json'), types('tsconfig.node.json')],
    },
    {
      id: 'lint',
      title: 'Lint',
      steps: [
        { title: 'biome', command: 'biome', args: ['check'] },
        { title: 'knip', command: 'knip', args: ['--no-progress'] },
      ],
    },
    {
      id: 'imports',
      title: 'Import rules',
      steps: [
        {
          title: 'dependency-cruiser',
          command: 'depcruise',
          args: ['--config', '.dependency-cruiser.cjs', 'src', 'shaders', 'cli', 'bench', 'e2e'],
        },
      ],
    },
    { id: 'unit', title: 'Unit and kernel tests', steps: [vitest('vitest', 'vitest.config.ts')] },
    {
      id: 'f16',
      title: 'Kernel tests with f16 weights',
      prepare: (alsoRun) => prepareF16(alsoRun.includes('unit')),
      steps: [vitest('vitest f16', 'vitest.f16.config.ts')],
    },
    { id: 'e2e', title: 'Stories in the browser', steps: [vitest('e2e', 'vitest.e2e.config.ts')] },
  ];
}

/** Runs the section's steps in sequence, passes their output through, and counts. */
export async function runSection(section: Section, environment: NodeJS.ProcessEnv): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const step of section.steps) {
    const report = join(ROOT, 'test-results', `${section.id}.json`);
    mkdirSync(join(ROOT, 'test-results'), { recursive: true });
    rmSync(report, { force: true });
    const reporting = step.suite ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
    const status = await run(step.command, [...step.args, ...reporting], environment);
    const counted = step.suite ? readReport(report) : { passed: 0, failed: 0, skipped: 0 };
    // A command without its own counts is one check; so is a suite that fails without a failed test.
    if (!step.suite && status === 0) counted.passed += 1;
    if (status !== 0 && counted.failed === 0) {
      counted.failed += 1;
      process.stdout.write(`✗ ${step.title} failed (exit status ${status})\n`);
    }
    tally.passed += counted.passed;
    tally.failed += counted.failed;
    tally.skipped += counted.skipped;
  }
  return tally;
}

interface JsonReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests?: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** A file that fails to load has no tests and counts as one failure. */
export function tallyOf(report: JsonReport): Tally {
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

function readReport(path: string): Tally {
  try {
    return tallyOf(JSON.parse(readFileSync(path, 'utf8')) as JsonReport);
  } catch {
    // No report: the runner died; its exit status decides.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

function run(command: string, args: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(join(ROOT, 'node_modules', '.bin', command), args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment,
      shell: process.platform === 'win32',
    });
    child.on('error', (error) => {
      process.stdout.write(`${command} could not be started: ${error.message}. Run npm ci first.\n`);
      resolve(127);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
}
