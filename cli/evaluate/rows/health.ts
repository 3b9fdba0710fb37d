import type { Answered } from '../answer-line.ts';
import { changedIn, defectsIn, SCENE_FOLDERS, saysNone, sceneIn, yesOrNo } from '../read-text.ts';
import { percentile, ratio } from '../scores/ratio.ts';
import { countOf } from './counts.ts';
import { groupBy, type Row, row } from './row.ts';

/** Whether the answer doesn't answer its question: neither yes nor no, no known scene, an unreadable box, … */
export function isUnparsable({ question: { truth }, answer }: Answered): boolean {
  if (answer.malformedBoxes > 0) return true;
  switch (truth.kind) {
    case 'scene':
      return sceneIn(answer.text, SCENE_FOLDERS) === null;
    case 'option':
      return sceneIn(answer.text, truth.options) === null;
    case 'presence':
      return yesOrNo(answer.text) === null;
    case 'quality':
      return defectsIn(answer.text) === null;
    case 'change':
      return changedIn(answer.text) === null;
    case 'count':
      return countOf({ answer }) === null;
    case 'boxes':
    case 'found-masks':
      return answer.boxes.length === 0 && !saysNone(answer.text);
    case 'caption':
      return answer.text.trim() === '';
    case 'cover':
      return !answer.cover;
    case 'true-masks':
      return false;
  }
}

/** Stopped for repeating itself, or cut off before its end. */
export function isLooping({ answer }: Pick<Answered, 'answer'>): boolean {
  return answer.stopReasons.some((reason) => reason === 'repetition' || reason === 'max-tokens');
}

export function healthRows(answered: readonly Answered[]): Row[] {
  const worded = answered.filter(({ question, answer }) => question.task !== 'masks' && answer.error === null);
  if (worded.length === 0) return [];
  const unparsable = worded.filter(isUnparsable);
  const looping = worded.filter(isLooping);
  const either = worded.filter((each) => isUnparsable(each) || isLooping(each));
  const tasks = groupBy(either, ({ question }) => question.task).map(([task, of]) => `${task} ${of.length}`);
  const malformed = worded.reduce((sum, { answer }) => sum + answer.malformedBoxes, 0);
  const repeated = worded.filter(({ answer }) => answer.stopReasons.includes('repetition')).length;
  return [
    row('Answers', 'unparsable or looping', ratio(either.length, worded.length), {
      unit: 'share',
      of: 'answers',
      detail: `${unparsable.length} unparsable, ${looping.length} looping${tasks.length > 0 ? ` (${tasks.join(', ')})` : ''}`,
      target: { must: 0.01, hoped: 0, better: 'less' },
    }),
    row('Answers', 'repetition stops', repeated, { unit: 'number', n: worded.length, of: 'answers' }),
    row('Answers', 'boxes that could not be read', malformed, { unit: 'number', n: worded.length, of: 'answers' }),
    row('Answers', 'questions that failed', answered.filter(({ answer }) => answer.error !== null).length, {
      unit: 'number',
      n: answered.length,
      of: 'questions',
    }),
  ];
}

export function timeRows(answered: readonly Answered[]): Row[] {
  const timed = answered.filter(({ answer }) => answer.error === null && answer.answerMs > 0);
  return groupBy(timed, ({ question }) => question.task).map(([task, of]) => {
    const times = of.map(({ answer }) => answer.answerMs);
    return row('Time an image', `${task}: median`, percentile(times, 0.5), {
      unit: 'ms',
      n: of.length,
      of: 'answers',
      detail: `90 % within ${percentile(times, 0.9).toFixed(0)} ms`,
    });
  });
}
