import type { Task } from './task.ts';

/** What changed since an earlier image of the same ground. */
export const change = {
  id: 'change',
  name: { en: 'What changed?', zh: '有何变化？' },
  question: { en: 'What changed between the two images?', zh: '两张图像之间有什么变化？' },
  needs: { subject: null, region: false, before: true, text: 'optional' },
  heads: ['change'],
  views: 'at-scale',
  maxTiles: null,
  masks: false,
  joins: 'boxes',
  scores: null,
  universal: false,
} as const satisfies Task;
