import type { Task } from './task.ts';

/** What a drawn region shows. It is also outlined, because the user's box stands for the object in it. */
export const identify = {
  id: 'identify',
  name: { en: 'Identify region', zh: '识别区域' },
  question: { en: 'What is at <region>?', zh: '<region>是什么？' },
  needs: { subject: null, region: true, before: false, text: null },
  views: 'around-region',
  maxTiles: null,
  masks: true,
  joins: 'region',
  scores: null,
  universal: true,
} as const satisfies Task;
