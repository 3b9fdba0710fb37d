import { hasHan } from '../../lib/han.ts';
import { type Composed, plain } from '../answer/compose.ts';
import type { Answer, Coverage, TextRun } from '../document.ts';
import { blankCount, type Gathered } from './gathering.ts';
import { nounOf } from './slices.ts';

/** What of `total` slices an answer rests on so far. A slice that was stopped in mid-answer doesn't count. */
export function coverageOf(gathered: Gathered, total: number): Coverage {
  const answered = gathered.raw.filter(({ stopReason }) => stopReason !== 'aborted').length;
  return { total, answered, empty: blankCount(gathered), failed: gathered.failedTiles.length };
}

/** Slices that were dealt with, in whatever way. */
export const doneOf = ({ answered, empty, failed }: Coverage): number => answered + empty + failed;

/** What an answer is that has ended. One that looked at less than all there was is never done. */
export function endedAs(coverage: Coverage): 'done' | 'stopped' | 'failed' {
  if (doneOf(coverage) < coverage.total) return 'stopped';
  return coverage.failed > 0 && coverage.answered === 0 ? 'failed' : 'done';
}

/** How an answer came to its early end. */
export type CutBy = 'stopped' | 'failed';

/**
 * Puts before the words of an answer that ended early how much was looked at: "Stopped after 53 of 729 tiles: 2 airplanes."
 * `said` is what is known by then, empty where nothing is.
 */
export function cutShort(
  said: Composed,
  { by, coverage, noun, chinese }: { by: CutBy; coverage: Coverage; noun: 'tile' | 'slice'; chinese: boolean },
): Composed {
  const heading = (chinese ? headingZh : headingEn)(said.text !== '', by, coverage, noun);
  if (said.text === '') return plain(heading);
  const gap = said.text.includes('\n') ? '\n' : chinese ? '' : ' ';
  const [first, ...rest] = said.runs.length > 0 ? said.runs : [{ text: said.text, objectIds: [] }];
  const runs: TextRun[] = [
    { text: `${heading}${gap}`, objectIds: [] },
    { text: uncapitalised(first!.text), objectIds: first!.objectIds },
    ...rest,
  ];
  return { text: runs.map(({ text }) => text).join(''), runs };
}

/** Of an answer that was kept, ended while the page was gone or by an earlier version that did not say how far it came. */
export function toldWhereItEnded(answer: Answer): Answer {
  const { ifCut, ...rest } = answer;
  if (answer.status === 'running' && ifCut) {
    return { ...rest, ...ifCut, status: answer.coverage ? endedAs(answer.coverage) : 'stopped' };
  }
  if (answer.status !== 'running' && (answer.status !== 'stopped' || answer.coverage)) return answer;
  const { raw, failedTiles, progress } = answer;
  const answered = raw.filter(({ stopReason }) => stopReason !== 'aborted').length;
  const empty = Math.max(0, progress.done - raw.length - failedTiles.length);
  const coverage = answer.coverage ?? { total: progress.total, answered, empty, failed: failedTiles.length };
  const about = { by: 'stopped', coverage, noun: nounOf(answer), chinese: hasHan(answer.question) } as const;
  return { ...rest, ...cutShort(answer, about), status: 'stopped', coverage };
}

function headingEn(saysMore: boolean, by: CutBy, coverage: Coverage, noun: string): string {
  const { total, answered, empty, failed } = coverage;
  const verb = by === 'stopped' ? 'Stopped' : 'Failed';
  const done = doneOf(coverage);
  if (total === 1)
    return saysMore ? `${verb} before the answer was complete:` : `${verb} before anything was answered.`;
  if (done === 0) return `${verb} before the first of ${total} ${noun}s was answered${saysMore ? ':' : '.'}`;
  const after = `${verb} after ${done} of ${total} ${noun}s`;
  if (saysMore) return `${after}:`;
  const why = answered > 0 ? '' : ` (${empty} blank, ${failed} failed)`;
  return `${after}; nothing was answered${why}.`;
}

function headingZh(saysMore: boolean, by: CutBy, coverage: Coverage): string {
  const { total, answered, empty, failed } = coverage;
  const verb = by === 'stopped' ? '停止' : '出错';
  const done = doneOf(coverage);
  if (total === 1) return saysMore ? `回答未完成即${verb}：` : `未作回答即${verb}。`;
  const after = `看完 ${done}/${total} 个图块后${verb}`;
  if (saysMore) return `${after}：`;
  const why = answered > 0 || done === 0 ? '' : `（${empty} 个空白，${failed} 个失败）`;
  return `${after}，没有得到回答${why}。`;
}

/** Our own headings go on in the middle of a sentence; the model's words stay as they are. */
function uncapitalised(text: string): string {
  return text.replace(/^(No|About|Mostly)\b/, (word) => word.toLowerCase());
}
