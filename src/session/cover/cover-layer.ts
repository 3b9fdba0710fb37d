import type { PixelWindow } from '../../geo/types.ts';
import type { CoverEvidence } from '../../plan/evidence.ts';
import type { Result } from '../../plan/result.ts';
import type { Coverage } from '../document.ts';
import type { PlannedQuestion } from '../evidence/planned-question.ts';
import type { SessionState } from '../state.ts';
import type { CoverLayer, CoverLook } from './port.ts';

const LOOK: CoverLook = { visible: false, opacity: 0.6, hidden: [] };

/** The land cover that a question gave, as a layer. */
export function coverLayerOf(
  { layer, model, adapter = null, bands, region }: PlannedQuestion,
  cover: CoverEvidence,
  { coverage }: { coverage: Coverage },
): CoverLayer {
  const { id, name, version, hash } = model;
  return {
    ...cover,
    layerId: layer.layerId,
    createdAt: new Date().toISOString(),
    region: region.window,
    coverage,
    model: { id, name, version, hash },
    adapter: adapter?.hash ?? null,
    bands,
    stretch: layer.stretch,
    shown: LOOK,
  };
}

/**
 * Shows what was asked for: all classes, or the ones meant. A map that was made the same way and covers more stays in place of a smaller
 * one.
 */
export function putCover(state: SessionState, next: CoverLayer, result: Result): void {
  const before = state.covers.value.find(({ layerId }) => layerId === next.layerId);
  const base = before && isWithin(next, before) ? before : next;
  const shown = { ...(before?.shown ?? LOOK), ...lookFor(result, next) };
  const others = state.covers.value.filter(({ layerId }) => layerId !== next.layerId);
  state.covers.value = [...others, { ...base, shown }];
}

/** A number alone changes nothing on the map. */
function lookFor(result: Result, { classes }: CoverEvidence): Partial<CoverLook> {
  if (result.kind !== 'cover') return {};
  if (result.asked !== 'where') return { visible: true, hidden: [] };
  const meant = new Set(result.rows.map(({ label }) => label));
  return { visible: true, hidden: classes.flatMap(({ label }) => (meant.has(label) ? [] : [label])) };
}

function isWithin(next: CoverLayer, before: CoverLayer): boolean {
  const isWhole = before.coverage.answered + before.coverage.empty === before.coverage.total;
  return isWhole && isSameView(next, before) && holds(before.region, next.region) && !holds(next.region, before.region);
}

/** Made by the same model, from the same bands shown the same way, in cells of the same size or finer ones. */
function isSameView(a: CoverLayer, b: CoverLayer): boolean {
  const of = ({ model, adapter, bands, stretch }: CoverLayer) =>
    JSON.stringify([model.hash, adapter, bands, stretch.ranges, stretch.gamma ?? 1]);
  return of(a) === of(b) && b.raster.cellWidth <= a.raster.cellWidth;
}

const holds = (outer: PixelWindow, inner: PixelWindow): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
