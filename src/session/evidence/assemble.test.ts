import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../vlm/types.ts';
import { TEST_MODEL } from '../fakes.ts';
import { evidenceOf } from './assemble.ts';

const region = { x: 0, y: 0, width: 256, height: 256 };
const nothing = {
  region,
  regionKind: 'scene' as const,
  marked: null,
  scene: region,
  windows: [region],
  tiles: new Map(),
  failed: new Set<number>(),
};
const subjectsOf = (model: ModelInfo) =>
  evidenceOf(nothing, new Map(), ['car', 'airplane', 'tree'], model, () => 'proposed').subjects;

describe('evidenceOf', () => {
  it('says what the model was measured to miss', () => {
    const measured = {
      ...TEST_MODEL,
      classes: TEST_MODEL.classes.map((each) => (each.name === 'car' ? { ...each, recall: 0.78 } : each)),
      densities: [{ name: 'tree', plural: 'trees', relativeError: 0.3 }],
      placeSpread: 0.8,
    };
    const { car, airplane, tree } = subjectsOf(measured);
    expect(car).toMatchObject({ recall: 0.78, placeSpread: 0.8, densityError: null });
    expect(airplane).toMatchObject({ recall: null, placeSpread: 0.8 });
    expect(tree).toMatchObject({ recall: null, densityError: 0.3 });
  });
  it('knows no places of a crowd of which nothing has a box', () => {
    const crowned = { ...TEST_MODEL, classes: [{ name: 'tree crown', plural: 'tree crowns' }] };
    expect(subjectsOf(crowned).tree).toMatchObject({ things: null, densities: [] });
    const box = { cx: 9, cy: 9, w: 4, h: 4, thetaDeg: 0 };
    const crown = { id: 'a', label: 'tree crown', box, score: 0.8, rings: null, tile: region };
    const merged = new Map([['tree crown', [crown]]]);
    const { tree } = evidenceOf(nothing, merged, ['tree'], crowned, () => 'proposed').subjects;
    expect(tree).toMatchObject({ things: [{ id: 'a' }], densities: [] });
  });
  it('knows nothing of the kind about a model without such figures', () => {
    const { car, tree } = subjectsOf(TEST_MODEL);
    expect(car).toMatchObject({ recall: null, placeSpread: 0, densityError: null });
    expect(tree).toMatchObject({ densityError: null });
  });
});
