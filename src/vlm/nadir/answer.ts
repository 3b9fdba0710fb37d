import type { RotatedBox } from '../../geo/types.ts';
import { hasHan } from '../../lib/han.ts';
import type { TaskId } from '../../tasks/table.ts';
import type { Dialect, Piece, WrittenBox } from '../dialects/dialect.ts';
import type { DetectedClass } from '../manifest/manifest.ts';
import { readStatedCount } from '../text/stated-count.ts';
import type { AskResult, DetectorClass, NamedThing, Numbers } from '../types.ts';
import { calibrated } from './heads/calibration.ts';
import type { Proposal } from './heads/proposals.ts';

/** The things that an answer's pointers and words refer to. */
export interface AnswerContext {
  task: TaskId;
  label: string | null;
  prompt: string;
  region: RotatedBox | null;
  /** Whether a box shows the scene, rather than mostly nodata or padding. */
  shows: (box: RotatedBox) => boolean;
  /**
   * Probability that the region holds an object of a class, or of any class for null. The result is null if there is no
   * region or the model has no region calibration.
   */
  known: (classIndex: number | null) => number | null;
  proposals: readonly Proposal[];
  classes: readonly DetectedClass[];
  dialect: Dialect;
  /** Side of the tile in pixels. */
  tile: number;
}

/** `numbers`: `malformed`, and `stated` and `known` if they exist. */
export type ReadAnswer = Pick<AskResult, 'text' | 'dialectText' | 'things' | 'numbers'>;

/**
 * Turns the model's text into the text that the user reads. Pointers and boxes become phrases ("airplane 1", in a
 * Chinese answer "飞机 1"), numbered per label in the order of their first mention. Pointers without a proposal and
 * malformed boxes are left out and counted. It also works on unfinished text, for streaming.
 */
export function readAnswer(rawText: string, context: AnswerContext): ReadAnswer {
  const pieces = context.dialect.parse(rawText, context.tile);
  const writer = new AnswerWriter(context, hasHan(rawText));
  pieces.forEach((piece, i) => {
    if (piece.kind === 'text') writer.text(enumerates(pieces, i) ? ' ' : piece.raw);
    else if (piece.kind === 'pointer') writer.pointer(piece.index);
    else if (piece.kind === 'box') writer.box(piece);
    else if (piece.kind === 'malformed') writer.malformedBox();
  });
  const { text, things, malformed } = writer.finish();
  const identified = context.task === 'identify' && context.region !== null && things.length === 0;
  const said = identified ? identify(text, context.region!, context) : { text, things, known: null };
  const stated = readStatedCount(plainText(pieces), context);
  const numbers: Numbers = {
    malformed,
    ...(stated !== null && { stated }),
    ...(said.known !== null && { known: said.known }),
  };
  return {
    text: said.text,
    things: said.things,
    numbers,
    dialectText: pieces.map((piece) => dialectOf(piece, context)).join(''),
  };
}

/**
 * "1 <p4> 2 <p5> - 2 cars": the model counts by writing a running number before each pointer. The phrase has its own
 * number.
 */
function enumerates(pieces: Piece[], i: number): boolean {
  const piece = pieces[i]!;
  const before = pieces[i - 1];
  return (
    piece.kind === 'text' &&
    /^\s*\d+\s*$/.test(piece.raw) &&
    pieces[i + 1]?.kind === 'pointer' &&
    (before === undefined || before.kind === 'pointer')
  );
}

function dialectOf(piece: Piece, { proposals, dialect, tile }: AnswerContext): string {
  if (piece.kind === 'control') return '';
  const proposal = piece.kind === 'pointer' ? proposals[piece.index] : undefined;
  return proposal ? dialect.writeBox(proposal.box, tile) : piece.raw;
}

/** Only the words, without running numbers. */
function plainText(pieces: Piece[]): string {
  return pieces.map((piece, i) => (piece.kind === 'text' && !enumerates(pieces, i) ? piece.raw : ' ')).join('');
}

class AnswerWriter {
  private written = '';
  private malformed = 0;
  private afterPhrase = false;
  private readonly things: NamedThing[] = [];
  private readonly byPointer = new Map<number, { label: string; number: number }>();
  private readonly counts = new Map<string, number>();
  private readonly context: AnswerContext;
  private readonly chinese: boolean;

  /** `chinese`: labels are shown by their Chinese names. Objects keep the English names. */
  constructor(context: AnswerContext, chinese: boolean) {
    this.context = context;
    this.chinese = chinese;
  }

  text(text: string): void {
    this.written += text;
    this.afterPhrase &&= text.trim() === '';
  }

  pointer(index: number): void {
    const proposal = this.context.proposals[index];
    if (!proposal) {
      this.malformed++;
      return;
    }
    const kind = this.context.classes[proposal.classIndex];
    const label = kind?.name ?? 'object';
    let named = this.byPointer.get(index);
    const isNew = !named;
    named ??= { label, number: this.nextNumber(label) };
    this.byPointer.set(index, named);
    const [start, end] = this.phrase(`${this.shown(named.label)} ${named.number}`);
    if (isNew) this.add(label, start, end, proposal.box, calibrated(proposal.score, kind?.calibration));
  }

  box({ box, label: written, score }: WrittenBox): void {
    if (!this.context.shows(box)) {
      this.malformed++;
      return;
    }
    const label = this.singularOf(written ?? this.context.label) ?? 'object';
    const [start, end] = this.phrase(`${this.shown(label)} ${this.nextNumber(label)}`);
    this.add(label, start, end, box, score);
  }

  malformedBox(): void {
    this.malformed++;
  }

  finish(): { text: string; things: NamedThing[]; malformed: number } {
    const lead = this.written.length - this.written.trimStart().length;
    const text = this.written.trim();
    const things = this.things.map((thing) => {
      const { start, end } = thing.span;
      return { ...thing, span: { start: start - lead, end: end - lead } };
    });
    return { text, things, malformed: this.malformed };
  }

  private phrase(words: string): [start: number, end: number] {
    // Pointers stand side by side, but phrases need something between them.
    if (this.afterPhrase) this.written = `${this.written.trimEnd()}${this.chinese ? '、' : ', '}`;
    else if (!this.chinese && /[\p{L}\p{N}:;,.]$/u.test(this.written)) this.written += ' ';
    const start = this.written.length;
    this.written += words;
    this.afterPhrase = true;
    return [start, this.written.length];
  }

  private add(label: string, start: number, end: number, box: RotatedBox, score: number | null): void {
    this.things.push({ label, box, score, rings: null, span: { start, end } });
  }

  private nextNumber(label: string): number {
    const number = (this.counts.get(label) ?? 0) + 1;
    this.counts.set(label, number);
    return number;
  }

  private singularOf(label: string | null): string | null {
    return this.context.classes.find((c) => c.name === label || c.plural === label || c.zh === label)?.name ?? label;
  }

  private shown(label: string): string {
    return (this.chinese ? this.context.classes.find((c) => c.name === label)?.zh : undefined) ?? label;
  }
}

/** From this probability on, the region counts as containing the named class. */
const LEAST_KNOWN = 0.5;

/**
 * Reads the answer to "What is at this region?". The class that the answer names is linked to the region. If the
 * evidence doesn't support the class, the text says that the model knows nothing there, and gives the probability of
 * that.
 */
function identify(
  text: string,
  region: RotatedBox,
  { classes, known }: AnswerContext,
): { text: string; things: NamedThing[]; known: number | null } {
  const named = classNamedIn(text, classes);
  const probability = known(named?.classIndex ?? null);
  if (probability !== null && (named === null || probability < LEAST_KNOWN)) {
    return { text: nothingKnown(1 - probability, hasHan(text)), things: [], known: probability };
  }
  if (named === null) return { text, things: [], known: probability };
  const { classIndex, start, end } = named;
  const label = classes[classIndex]!.name;
  const thing = { label, box: region, score: probability, rings: null, span: { start, end } };
  return { text, things: [thing], known: probability };
}

/** The class that the text names first. If two names begin at the same place, the longer one wins. */
function classNamedIn(
  text: string,
  classes: readonly DetectorClass[],
): { classIndex: number; start: number; end: number } | null {
  const lower = text.toLowerCase();
  const found = classes
    .flatMap(({ name, zh }, classIndex) =>
      [name, ...(zh === undefined ? [] : [zh])].map((words) => ({ classIndex, words })),
    )
    .map(({ classIndex, words }) => ({ classIndex, words, start: lower.indexOf(words.toLowerCase()) }))
    .filter(({ start }) => start >= 0)
    .sort((a, b) => a.start - b.start || b.words.length - a.words.length)[0];
  return found ? { ...found, end: found.start + found.words.length } : null;
}

function nothingKnown(probability: number, chinese: boolean): string {
  const shown = Math.min(0.99, probability).toFixed(2);
  return chinese ? `没有我认识的目标（概率 ${shown}）。` : `Nothing that I know (probability ${shown}).`;
}
