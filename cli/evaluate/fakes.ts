import type { Quad } from '../../src/geo/types.ts';
import { type Answered, type AnswerLine, type FoundBox, unanswered } from './answer-line.ts';
import type { Question, Truth } from './question.ts';

/** For tests only: answers as a model would give them. */

export function found(corners: Quad, label: string | null = null, score: number | null = null): FoundBox {
  return { corners, label, score, mask: null };
}

export function answerLine(given: Partial<AnswerLine> = {}): AnswerLine {
  return {
    key: 'key',
    id: 'id',
    app: 'app',
    ...unanswered(null),
    stopReasons: ['end'],
    answerMs: 100,
    ...given,
  };
}

export function asked(truth: Truth, given: Partial<Question> = {}): Question {
  return {
    id: 'ucm/a.jpg',
    set: 'ucm',
    variant: null,
    size: { width: 100, height: 100 },
    image: { kind: 'file', path: '/a.jpg' },
    task: 'ask',
    label: null,
    text: null,
    truth,
    restricted: null,
    round: 1,
    ...given,
  };
}

export function answeredWith(truth: Truth, answer: Partial<AnswerLine>, question: Partial<Question> = {}): Answered {
  return { question: asked(truth, question), answer: answerLine(answer) };
}
