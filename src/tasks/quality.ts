import type { Task } from './task.ts';

/** What is wrong with the picture. Noise and blur exist at the scale of pixels; shrinking the picture removes them. */
export const quality = {
  id: 'quality',
  name: { en: 'Check quality', zh: '检查质量' },
  question: { en: 'What is wrong with this image?', zh: '这张图像有什么质量问题？' },
  needs: { subject: null, region: false, before: false, text: 'optional' },
  heads: ['quality'],
  views: 'at-pixels',
  maxTiles: 12,
  masks: false,
  joins: 'defects',
  scores: 'quality',
  universal: false,
} as const satisfies Task;
