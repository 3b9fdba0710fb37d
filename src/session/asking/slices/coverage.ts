import { hasHan } from '../../../lib/han.ts';
import { type Composed, plain } from '../../answer/compose.ts';
import type { Answer, Coverage, TextRun } from '../../document.ts';
import { blankCount, type Gathered } from './gathering.ts';
import { nounOf } from './slices.ts';

/** How many of `total` slices an answer is based on so far. A slice whose answer was stopped doesn't count. */
export function coverageOf(gathered: Gathered, total: number): Coverage {
  const answered = gathered.raw.filter(({ stopReason }) => stopReason !== 'aborted').length;
  return { total, answered, empty: blankCount(gathered), failed: gathered.failedTiles.length };
}

/** Slices answered, blank or failed. */
export const doneOf = ({ answered, empty, failed }: Coverage): number => answered + empty + failed;

/** The status of an answer that has ended. It is `done` only if all slices are. */
export function endedAs(coverage: Coverage): 'done' | 'stopped' | 'failed' {
  if (doneOf(coverage) < coverage.total) return 'stopped';
  return coverage.failed > 0 && coverage.answered === 0 ? 'failed' : 'done';
}

/** Why an answer ended early. */
export type CutBy = 'stopped' | 'failed';

/**
 * Prefixes the words of an answer that ended early with how much was looked at: "Stopped after 53 of 729 tiles: 2 airplanes."
 * `said` is empty if nothing is known by then.
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

/** Completes a stored answer that was still running, or whose version didn't record how many slices it had answered. */
export function withEndStated(answer: Answer): Answer {
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

/** Our own headings continue a sentence; the model's words stay as they are. */
function uncapitalised(text: string): string {
  return text.replace(/^(No|About|Mostly)\b/, (word) => word.toLowerCase());
}
