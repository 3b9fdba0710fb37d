import { type Answered, type AnswerLine, type Given, unanswered } from './answer-line.ts';
import { type AnswerFile, answerKey } from './answers.ts';
import { type Decode, imageHash, makeImage, type PageImage } from './images/make-image.ts';
import { Progress } from './progress.ts';
import type { ImageRecipe, Question } from './question.ts';

export interface RunParts {
  asker: { ask(question: Question, name: string, image: () => Promise<PageImage>): Promise<Given> };
  answers: AnswerFile;
  decode: Decode;
  modelHash: string;
  /** "wasm" or "webgpu": what is really used. */
  backend: string;
  /** Which build of the app; see AnswerLine. */
  app: string;
  /** No question is started after this time (`Date.now()`); null: all are asked. */
  untilMs: number | null;
  say: (line: string) => void;
}

/**
 * Asks everything that isn't answered yet, in sequence, and returns all answers. A failed question doesn't stop the
 * others.
 */
export async function runQuestions(questions: readonly Question[], parts: RunParts): Promise<Answered[]> {
  const { asker, answers, decode, modelHash, backend, app, untilMs, say } = parts;
  const hashes = new Map<string, string | null>();
  const answered: Answered[] = [];
  const open: { question: Question; key: string; name: string }[] = [];
  const place = new Map<Question, AnswerLine>();
  for (const question of questions) {
    const name = JSON.stringify(question.image);
    if (!hashes.has(name)) hashes.set(name, hashOf(question.image));
    const hash = hashes.get(name);
    if (!hash) {
      place.set(question, failed(question, app, 'FILE_EMPTY: the image file could not be read.'));
      continue;
    }
    const key = answerKey(modelHash, backend, hash, question);
    const kept = answers.get(key);
    if (kept) place.set(question, kept);
    else open.push({ question, key, name });
  }
  if (open.length < questions.length)
    say(`${questions.length - open.length} of ${questions.length} answers are kept in ${answers.path}.`);
  const progress = new Progress(open.length, say);
  for (const { question, key, name } of open) {
    if (untilMs !== null && Date.now() >= untilMs) {
      say('The time is up. Run the same command again to resume.');
      break;
    }
    const given = await asker.ask(question, name, () => makeImage(question.image, decode));
    const answer: AnswerLine = { key, id: question.id, app, ...given };
    if (given.error !== null) say(`${question.id}: ${given.error}`);
    answers.add(answer);
    place.set(question, answer);
    progress.done(question.set);
  }
  for (const question of questions) {
    const answer = place.get(question);
    if (answer) answered.push({ question, answer });
  }
  return answered;
}

/** Null if a source file can't be read. */
function hashOf(recipe: ImageRecipe): string | null {
  try {
    return imageHash(recipe);
  } catch {
    return null;
  }
}

function failed({ id }: Question, app: string, error: string): AnswerLine {
  return { key: '', id, app, ...unanswered(error) };
}
