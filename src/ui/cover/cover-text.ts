import type { CoverPort } from '../../session/cover/port.ts';
import { formatProbability } from '../format/format.ts';

/** "trees, 83 %"; null where nothing is known. */
export function coverText(at: ReturnType<CoverPort['at']>): string | null {
  return at && `${at.label}, ${formatProbability(at.probability)}`;
}
