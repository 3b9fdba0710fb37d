import { expect, it } from 'vitest';
import { buffersIn, packEvidence, unpackEvidence } from './packed.ts';
import { evidence, known, outlined, thing } from './testing/evidence.ts';

it('is the same evidence on the other side', () => {
  const given = evidence({
    car: known({ things: [thing('a', 1, 2, { score: null }), thing('b', 3.5, 4, { score: 0.25 })], recall: 0.8 }),
    building: known({
      things: [
        { ...thing('c', 5, 6), rings: [] },
        outlined('d', [
          [0, 0],
          [10, 0],
          [10, 5.5],
        ]),
        {
          ...thing('e', 7, 8),
          rings: [
            [
              [1, 1],
              [2, 1],
              [2, 2],
              [1, 2],
            ],
            [
              [5, 5],
              [6, 5],
              [6, 6],
            ],
          ],
        },
      ],
    }),
    ship: known({ things: [] }),
    water: known({ presence: [{ window: { x: 0, y: 0, width: 50, height: 50 }, probability: 0.5 }] }),
  });
  const packed = packEvidence(given);
  expect(unpackEvidence(structuredClone(packed, { transfer: buffersIn(packed) }))).toEqual(given);
});
