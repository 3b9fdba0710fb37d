import type { Task } from './task.ts';

/** What is wrong with the picture. Noise and blur are of pixels: averaged away in a picture that is shrunk, whatever its scale. */
export const quality = {
  id: 'quality',
  name: { en: 'Check quality', zh: '检查质量' },
  question: 'What is wrong with this image?',
  needs: { subject: null, region: false, before: false, text: 'optional' },
  views: 'at-pixels',
  mostTiles: 12,
  masks: false,
  joins: 'defects',
  scores: 'quality',
  universal: false,
} as const satisfies Task;
