import type { Task } from './task.ts';

/** How many of a class there are, with boxes or by density. */
export const count = {
  id: 'count',
  name: { en: 'Count', zh: '计数' },
  question: { en: 'How many {label} are there?', zh: '{label}的数量是多少？' },
  needs: { subject: 'count', region: false, before: false, text: null },
  intent: 'count',
  views: 'at-scale',
  maxTiles: null,
  masks: false,
  joins: 'boxes',
  scores: null,
  universal: true,
} as const satisfies Task;
