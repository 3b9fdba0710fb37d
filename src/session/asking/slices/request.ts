import type { PixelWindow } from '../../../geo/types.ts';
import { intersect } from '../../../geo/windows.ts';
import type { BandTile } from '../../../imagery/tiles.ts';
import { hasHan } from '../../../lib/han.ts';
import { taskOf } from '../../../tasks/table.ts';
import type { Ask, GenerationOptions, ViewRole } from '../../../vlm/types.ts';
import type { Answer } from '../../document.ts';
import { windowAsTileBox } from '../../layers/region.ts';
import type { Label } from '../question.ts';
import { viewOf } from './model-tile.ts';

/** The pictures of one slice, unfilled; `before` is there for questions about change. */
export interface Tiles {
  tile: BandTile;
  before: BandTile | null;
}

type Asked = Pick<Answer, 'task' | 'asked' | 'prompt' | 'region' | 'model' | 'progress' | 'gsdMetres'>;

/** What the model is asked about one slice of an answer. `window` in source pixels. */
export function requestFor(
  run: { answer: Asked; label: Label | null; options: GenerationOptions },
  window: PixelWindow,
  { tile, before }: Tiles,
): Ask {
  const { answer, label, options } = run;
  const { needs, masks } = taskOf(answer.task);
  const view = (pixels: BandTile, role: ViewRole) => viewOf(role, pixels, window, answer.gsdMetres ?? null);
  return {
    intent: {
      task: answer.task,
      label: label?.singular ?? null,
      region: needs.region ? windowAsTileBox(answer.region, window, answer.model.tileSize) : null,
      // An answer kept by an earlier version has only the words themselves.
      ...(answer.asked ?? { text: answer.prompt, language: hasHan(answer.prompt) ? 'zh' : 'en' }),
    },
    views: before ? [view(before, 'before'), view(tile, 'after')] : [view(tile, roleOf(window, answer))],
    options,
    want: { masks },
  };
}

function roleOf(window: PixelWindow, { region, progress }: Asked): ViewRole {
  if (progress.total === 1) return 'view';
  const shown = intersect(region, window);
  return shown?.width === region.width && shown.height === region.height ? 'overview' : 'slice';
}
