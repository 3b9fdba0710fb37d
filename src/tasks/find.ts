import type { Task } from './task.ts';

/** Where the objects of a class are. */
export const find = {
  id: 'find',
  name: { en: 'Find', zh: '查找' },
  question: { en: 'Find all {label}.', zh: '找出所有{label}。' },
  needs: { subject: 'boxes', region: false, before: false, text: null },
  intent: 'find',
  views: 'at-scale',
  maxTiles: null,
  masks: false,
  joins: 'boxes',
  scores: null,
  universal: true,
} as const satisfies Task;
