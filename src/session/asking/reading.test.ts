import { describe, expect, it } from 'vitest';
import type { QuestionReading } from '../../vlm/types.ts';
import { TEST_MODEL } from '../fakes.ts';
import { type ReadingContext, readQuestion } from './reading.ts';

const model = {
  ...TEST_MODEL,
  scenes: ['airport apron with airplanes', 'harbor', 'forest'],
  presence: ['court'],
  reader: { leastCertainty: 0.5 },
};

const read = (change: Partial<QuestionReading>): QuestionReading => ({
  intent: 'count',
  subjects: ['car'],
  where: null,
  order: null,
  quantity: null,
  filter: null,
  language: 'en',
  certainty: 0.9,
  alternatives: [],
  ...change,
});

const asked = (text: string, reading: Partial<QuestionReading>, context: Partial<ReadingContext> = {}) =>
  readQuestion(
    { task: 'ask', text },
    {
      model,
      before: null,
      layers: new Map(),
      hasRegion: false,
      isOneView: () => false,
      isHidden: () => false,
      read: async () => read(reading),
      ...context,
    },
  );

describe('a typed question', () => {
  it('is read into a plan, with the model’s own names', async () => {
    expect(await asked('Is there a court?', { intent: 'exists', subjects: ['other:court'] })).toMatchObject({
      kind: 'plan',
      plan: { intent: 'exists', subjects: ['court'] },
      readings: [],
    });
  });

  it('tells the sea from water if the model does', async () => {
    const exists = { intent: 'exists', subjects: ['water'] };
    const sea = { model: { ...model, presence: ['water', 'sea'] } };
    expect(await asked('Is there sea?', exists, sea)).toMatchObject({ plan: { subjects: ['sea'] } });
    expect(await asked('图中有海吗？', exists, sea)).toMatchObject({ plan: { subjects: ['sea'] } });
    expect(await asked('Is there water?', exists, sea)).toMatchObject({ plan: { subjects: ['water'] } });
    expect(await asked('Is there sea?', exists)).toMatchObject({ plan: { subjects: ['water'] } });
  });

  it('is asked back if it is two questions about different things', async () => {
    const reader = async (text: string) =>
      read(text.includes('car') ? {} : { intent: 'exists', subjects: ['building'] });
    const both = await asked('Are there any buildings, and how many cars are there?', {}, { read: reader });
    expect(both).toMatchObject({
      kind: 'plan',
      areTwo: true,
      readings: [
        { intent: 'exists', subjects: ['building'] },
        { intent: 'count', subjects: ['car'] },
      ],
    });
    const one = await asked('How many cars are there, and is there one more car to count?', {}, { read: reader });
    expect(one).toMatchObject({ readings: [], plan: { subjects: ['car'] } });
  });

  it('is asked back if none of two readings is certain', async () => {
    const alternatives = [
      { intent: 'find', probability: 0.3 },
      { intent: 'outside', probability: 0.2 },
    ];
    const unsure = await asked('cars maybe', { certainty: 0.4, alternatives });
    expect(unsure).toMatchObject({ kind: 'plan', readings: [{ intent: 'count' }, { intent: 'find' }] });
    // With nothing to choose from there is no use in asking.
    expect(await asked('cars maybe', { certainty: 0.4 })).toMatchObject({ readings: [] });
  });

  it('offers scenes by name, and one alone for a yes or no', async () => {
    const classify = { intent: 'classify', subjects: ['tree'] };
    expect(await asked('Which fits best: harbor, airport or forest?', classify)).toMatchObject({
      plan: { subjects: ['harbor', 'airport', 'forest'] },
    });
    expect(await asked('Is this a harbor?', { ...classify, subjects: [] })).toMatchObject({
      plan: { subjects: ['harbor'] },
    });
    expect(await asked('Classify the forest scene', classify)).toMatchObject({ plan: { subjects: [] } });
    expect(await asked('Is this a military base?', { ...classify, subjects: ['other:military base'] })).toMatchObject({
      plan: { subjects: ['other:military base'] },
    });
  });

  it('becomes the task that answers it better', async () => {
    expect(await asked('Anything wrong with the picture?', { intent: 'quality', subjects: [] })).toMatchObject({
      kind: 'task',
      input: { task: 'quality', typed: 'Anything wrong with the picture?' },
    });
    const identify = { intent: 'identify', subjects: [] };
    expect(await asked('What is in the box?', identify, { hasRegion: true })).toMatchObject({
      input: { task: 'identify' },
    });
    expect(await asked('What is in the box?', identify)).toMatchObject({ kind: 'plan' });
  });

  it('about the file never reaches the reader', async () => {
    const reading = await asked(
      'Which CRS is it in?',
      {},
      {
        read: async () => {
          throw new Error('not asked');
        },
      },
    );
    expect(reading).toMatchObject({ kind: 'fact', fact: { id: 'crs' } });
  });
});
