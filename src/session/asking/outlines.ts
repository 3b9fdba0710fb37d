import { taskOf } from '../../tasks/table.ts';
import type { Answer } from '../document.ts';

/** Whether outlines of what is found are asked for: by the task or in words, as in "segment the roofs". */
export function wantsOutlines({ task, question }: Pick<Answer, 'task' | 'question'>): boolean {
  return taskOf(task).masks || asksForOutlines(question);
}

function asksForOutlines(question: string): boolean {
  return /\b(segment|outlin|mask|contour|trace|delineat|footprint|polygon)|分割|轮廓|勾勒|描边|掩膜/i.test(question);
}
