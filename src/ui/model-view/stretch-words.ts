import type { Stretch } from '../../imagery/stretch.ts';

/** E.g. "2–98 % of the scene, gamma 1.4": how sample values became brightness. */
export function stretchWords(stretch: Stretch): string {
  const { method, low, high, gamma = 1, window } = stretch;
  const rule = {
    percentile: `${low}–${high} %`,
    minmax: 'smallest to largest value',
    stddev: `mean − ${low} σ to mean + ${high} σ`,
    manual: 'set by hand',
    none: 'the sample type’s own range',
  }[method];
  const isComputed = method !== 'manual' && method !== 'none';
  const part = isComputed ? ` of ${window ? 'a part of the scene' : 'the scene'}` : '';
  return `${rule}${part}${gamma === 1 ? '' : `, gamma ${gamma}`}`;
}
