import type { TileCover } from '../../cover/cover-raster.ts';
import { PLAIN_PLAN, type Plan } from '../../plan/plan.ts';
import type { LookRequest, LookResult, Thing } from '../../vlm/types.ts';
import { type FakeBehaviour, fakeWorkers, LOADED } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** A row of cars that a fake model's heads see, for tests of what is answered from evidence. */

/** Two tiles of 256 px wide. */
export const WIDE = { width: 448, height: 256 };
/** Centres of cars in source pixels: one in the first tile alone, one in both, one in the second. */
export const CARS = [40, 220, 400];

export const plan = (change: Partial<Plan>): Plan => ({
  ...PLAIN_PLAN,
  intent: 'count',
  subjects: ['car'],
  ...change,
});

/** Heads that see the cars of a row, 20 × 10 px each, and larger ones to the right. */
export function seenIn({ view, outline = [] }: LookRequest): LookResult {
  const { x, width } = view.window;
  const proposals = CARS.filter((cx) => cx > x && cx < x + width).map((cx): Thing => {
    const side = 10 + cx / 40;
    const left = cx - x - side;
    const ring = [
      [left, 95],
      [left + 2 * side, 95],
      [left + 2 * side, 105],
      [left, 105],
    ] as const;
    return {
      label: 'car',
      box: { cx: cx - x, cy: 100, w: 2 * side, h: 10, thetaDeg: 0 },
      score: 0.9,
      rings: outline.includes('car') ? [ring] : null,
    };
  });
  return {
    masks: [],
    proposals,
    scores: {
      scene: [{ label: 'airport', probability: 0.9 }],
      presence: [
        { label: 'trees', probability: 0.8 },
        { label: 'pavement', probability: 0.9 },
      ],
    },
    densities: [{ label: 'tree', count: 12 }],
    cover: coverOf(view),
  };
}

/** Water to the west of source column 220, trees to the east of it, both surely. On invalid pixels nothing. */
function coverOf({ window, pixels: { valid, width } }: LookRequest['view']): TileCover {
  const side = 64;
  const labels = ['water', 'trees', 'roads and pavement'];
  const probabilities = new Uint8Array(side * side * labels.length);
  for (let cell = 0; cell < side * side; cell++) {
    const [row, col] = [Math.floor(cell / side), cell % side];
    const perCell = width / side;
    const isValid =
      valid === null || valid[Math.floor((row + 0.5) * perCell) * width + Math.floor((col + 0.5) * perCell)];
    if (!isValid) continue;
    const x = window.x + ((col + 0.5) * window.width) / side;
    probabilities[cell * labels.length + (x < 220 ? 0 : 1)] = 255;
  }
  return { rows: side, cols: side, labels, probabilities };
}

export async function opened(behaviour: FakeBehaviour = {}): Promise<{
  session: Session;
  looks: LookRequest[];
  ask: (change: Partial<Plan>) => ReturnType<Session['asking']['ask']>;
}> {
  const looks: LookRequest[] = [];
  const session = createSession(
    fakeWorkers({
      info: WIDE,
      load: async () => ({ ...LOADED, model: { ...LOADED.model, looks: true, reader: { leastCertainty: 0.5 } } }),
      look: async (request) => {
        looks.push(request);
        return seenIn(request);
      },
      ...behaviour,
    }),
  );
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const ask = (change: Partial<Plan>) =>
    session.asking.ask({ task: 'ask', plan: plan(change), region: 'scene', slicing: 'tiles' });
  return { session, looks, ask };
}
