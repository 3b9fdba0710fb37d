import type { Task } from './task.ts';

/** A question in the user’s own words. “No” needs all of a region, so it gets more tiles than a description. */
export const ask = {
  id: 'ask',
  name: { en: 'Question', zh: '提问' },
  question: { en: '', zh: '' },
  needs: { subject: null, region: false, before: false, text: 'required' },
  views: 'at-scale',
  maxTiles: 256,
  masks: false,
  joins: 'words',
  scores: null,
  universal: true,
} as const satisfies Task;
