import type { Task } from './task.ts';

/** What the ground is, class by class: a map. */
export const cover = {
  id: 'cover',
  name: { en: 'Land cover', zh: '土地覆盖' },
  question: { en: 'Map the land cover.', zh: '绘制土地覆盖图。' },
  needs: { subject: null, region: false, before: false, text: null },
  intent: 'find',
  about: 'land cover',
  heads: ['cover'],
  views: 'at-scale',
  maxTiles: null,
  masks: false,
  joins: 'boxes',
  scores: null,
  universal: false,
} as const satisfies Task;
