import type { Task } from './task.ts';

/** The outlines of the objects of a class. */
export const segment = {
  id: 'segment',
  name: { en: 'Segment', zh: '分割' },
  question: { en: 'Segment all {label}.', zh: '分割所有{label}。' },
  needs: { subject: 'boxes', region: false, before: false, text: null },
  intent: 'find',
  heads: ['refiner'],
  views: 'at-scale',
  maxTiles: null,
  masks: true,
  joins: 'boxes',
  scores: null,
  universal: true,
} as const satisfies Task;
