import type { Task } from './task.ts';

/** Which kind of scene it is. */
export const classify = {
  id: 'classify',
  name: { en: 'Classify', zh: '分类' },
  question: { en: 'What kind of scene is this?', zh: '这是什么场景？' },
  needs: { subject: null, region: false, before: false, text: 'optional' },
  intent: 'classify',
  views: 'at-scale',
  maxTiles: 64,
  masks: false,
  joins: 'scenes',
  scores: 'scene',
  universal: true,
} as const satisfies Task;
