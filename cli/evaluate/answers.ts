import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { AnswerLine } from './answer-line.ts';
import type { Question } from './question.ts';

/** Increased when the stored form of an answer changes. */
const LINE_VERSION = 3;

/** Identifies an answer: model, backend, image and question. Hashes are hex. */
export function answerKey(
  modelHash: string,
  backend: string,
  imageHash: string,
  { task, label, text, truth, size }: Question,
): string {
  // Given boxes are part of the question; the model doesn't see other truths.
  const given = truth.kind === 'true-masks' ? truth.shapes.map(({ box }) => box) : null;
  const asked = JSON.stringify([LINE_VERSION, modelHash, backend, imageHash, task, label, text, size, given]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 32);
}

/**
 * Answers on disk, one JSON line each; a run that was stopped resumes from them. An incomplete last line is ignored, so
 * its question is asked again.
 */
export class AnswerFile {
  readonly path: string;
  private readonly kept = new Map<string, AnswerLine>();

  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    for (const line of text.split('\n')) {
      const answer = parse(line);
      if (answer) this.kept.set(answer.key, answer);
    }
    if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
  }

  /** Null also for a failed question, so that the next run asks it again. */
  get(key: string): AnswerLine | null {
    const answer = this.kept.get(key);
    return answer && answer.error === null ? answer : null;
  }

  add(answer: AnswerLine): void {
    this.kept.set(answer.key, answer);
    appendFileSync(this.path, `${JSON.stringify(answer)}\n`);
  }
}

function parse(line: string): AnswerLine | null {
  try {
    const answer = JSON.parse(line) as Partial<AnswerLine>;
    return typeof answer.key === 'string' ? (answer as AnswerLine) : null;
  } catch {
    return null;
  }
}
