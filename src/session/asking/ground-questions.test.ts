import { describe, expect, it } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import { plan } from '../evidence/testing.ts';
import { TEST_MODEL } from '../fakes.ts';
import { groundAsked } from './ground-questions.ts';

const LABELS = ['water', 'trees', 'grass and low vegetation', 'bare soil', 'buildings', 'roads and pavement'];
const MODEL = { ...TEST_MODEL, cover: { ...TEST_MODEL.cover!, labels: LABELS } };

/** As the reader reads the words, before the rules. */
const read = (given: Partial<Plan>) => plan({ subjects: [], certainty: 0.4, ...given });
const asked = (text: string, given: Partial<Plan>, model = MODEL) => {
  const { intent, subjects, where, order, quantity } = groundAsked(text, read(given), model);
  return [intent, subjects.join(), where, order, quantity].filter((part) => part !== null && part !== '').join(' · ');
};

describe('groundAsked', () => {
  it.each([
    ['How much is water?', { intent: 'outside' }, 'measure · water · share'],
    ['how much water is there?', { intent: 'count', subjects: ['water'] }, 'measure · water · share'],
    [
      'how much of this is water?',
      { intent: 'measure', subjects: ['water'], quantity: 'share' },
      'measure · water · share',
    ],
    [
      'how many hectares of bare soil?',
      { intent: 'measure', subjects: ['bare soil'], quantity: 'total area' },
      'measure · bare soil · total area',
    ],
    ['How much vegetation is there?', { intent: 'count', subjects: ['vegetation'] }, 'measure · vegetation · share'],
    ['how green is it?', { intent: 'outside' }, 'measure · vegetation · share'],
    ['这里绿化率是多少？', { intent: 'measure', subjects: ['vegetation'] }, 'measure · vegetation · share'],
    ['水占多少？', { intent: 'outside' }, 'measure · water · share'],
    [
      'what percentage is water in the north',
      { intent: 'measure', subjects: ['water'], where: 'north' },
      'measure · water · north · share',
    ],
    [
      'how much of the area is built up?',
      { intent: 'measure', subjects: ['built-up area'] },
      'measure · built-up area · share',
    ],
    [
      'share of low vegetation',
      { intent: 'measure', subjects: ['vegetation'], quantity: 'share' },
      'measure · low vegetation · share',
    ],
    ['标出区域的土地覆盖', { intent: 'classify' }, 'measure · land cover · marked region · share'],
    ['Which class covers most?', { intent: 'describe' }, 'extreme · land cover · largest'],
    ['What is the dominant land cover?', { intent: 'classify' }, 'extreme · land cover · largest'],
    ['which land cover takes up least', { intent: 'extreme', order: 'smallest' }, 'extreme · land cover · smallest'],
    ['哪种地物面积最大？', { intent: 'extreme', order: 'largest' }, 'extreme · land cover · largest'],
    ['tree cover?', { intent: 'measure', subjects: ['tree'], quantity: 'area' }, 'measure · tree · share'],
    ['不透水面比例', { intent: 'measure', subjects: ['pavement'] }, 'measure · sealed ground · share'],
    ['哪一类最多？', { intent: 'outside' }, 'extreme · land cover · largest'],
    ['how much is sand?', { intent: 'attribute', subjects: ['sand'] }, 'measure · sand · share'],
    [
      'land cover of the marked region',
      { intent: 'measure', where: 'marked region', quantity: 'area' },
      'measure · land cover · marked region · share',
    ],
    ['show me a land cover map', { intent: 'classify' }, 'find · land cover'],
    ['土地覆盖', { intent: 'classify' }, 'measure · land cover · share'],
  ] as const)('%s', (text, given, expected) => {
    expect(
      asked(text, { ...given, ...('subjects' in given && { subjects: [...given.subjects] }) } as Partial<Plan>),
    ).toBe(expected);
    expect(groundAsked(text, read(given as Partial<Plan>), MODEL).certainty).toBeGreaterThan(0.9);
  });

  it.each([
    ['How many trees are there?', { intent: 'count', subjects: ['tree'] }],
    ['树有多少棵？', { intent: 'count', subjects: ['tree'] }],
    ['How much do these cars cost?', { intent: 'outside' }],
    ['How much is that forest worth?', { intent: 'attribute', subjects: ['forest'] }],
    ['水有多深？', { intent: 'attribute', subjects: ['water'] }],
    ['how much of the ground is under cars', { intent: 'measure', subjects: ['car'], quantity: 'share' }],
    ['did the land cover change?', { intent: 'change' }],
    ['which building is the largest?', { intent: 'extreme', subjects: ['building'], order: 'largest' }],
    ['What kind of scene is this?', { intent: 'classify' }],
    ['is there water in the lake?', { intent: 'exists', subjects: ['water'] }],
  ] as const)('leaves “%s”', (text, given) => {
    const before = read({ ...given, ...('subjects' in given && { subjects: [...given.subjects] }) } as Partial<Plan>);
    expect(groundAsked(text, before, MODEL)).toEqual(before);
  });

  it('leaves everything to a model without land cover', () => {
    for (const text of ['land cover', 'How much is water?', 'how green is it?']) {
      const before = read({ intent: 'outside' });
      expect(groundAsked(text, before, { ...MODEL, cover: null })).toBe(before);
    }
  });
});
