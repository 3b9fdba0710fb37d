import type { Task } from './task.ts';

/** What an image shows, in a sentence or two. */
export const describe = {
  id: 'describe',
  name: { en: 'Describe', zh: '描述' },
  question: { en: 'Describe this image.', zh: '描述这张图像。' },
  needs: { subject: null, region: false, before: false, text: 'optional' },
  intent: 'describe',
  views: 'at-scale',
  maxTiles: 64,
  masks: false,
  joins: 'descriptions',
  scores: null,
  universal: true,
} as const satisfies Task;
