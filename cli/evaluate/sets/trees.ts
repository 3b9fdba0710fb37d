import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelRow } from '../label-files.ts';
import type { Question, Truth } from '../question.ts';
import { type EvalSet, question, type SetContext } from './set.ts';

/** Share of a tile's pixels with NDVI ≥ 0.2, by file; computed for all tiles before the questions are planned. */
export type VegetationShares = ReadonlyMap<string, number>;

/** Tiles between the two are omitted: whether a few shrubs are vegetation is debatable. */
export const VEGETATED = { yesFrom: 0.1, noBelow: 0.05 };

/**
 * Trees counted by hand on 0.6 m tiles, asked with and without the near-infrared band, so that every difference between
 * the variants is due to the band. No tile has open water, so water is only asked as something absent.
 */
export function naipTrees(vegetation: VegetationShares): EvalSet {
  return {
    id: 'naip_trees',
    questions: (row, context) => {
      const rgb = join(context.dataDir, 'naip_trees', row.file);
      const nir = join(context.dataDir, 'naip_trees', row.file.replace('images/', 'nir/'));
      const variants = [
        { variant: 'RGB + NIR', nir: existsSync(nir) ? nir : null },
        { variant: 'RGB', nir: null },
      ].filter((each) => each.variant === 'RGB' || each.nir !== null);
      return variants.flatMap((each) =>
        asked(row, context, vegetation.get(row.file)).map((item) =>
          question('naip_trees', row, context, {
            ...item,
            variant: each.variant,
            image: { kind: 'bands', rgb, nir: each.nir },
          }),
        ),
      );
    },
  };
}

type Asked = Pick<Question, 'task' | 'truth' | 'round'> & { label?: string; text?: string };

function asked(row: LabelRow, { abilities, skip }: SetContext, vegetation: number | undefined): Asked[] {
  const trees = row.tree_points?.length ?? 0;
  const list: Asked[] = [];
  if (abilities.counted.includes('tree') || abilities.classes.includes('tree')) {
    list.push({ task: 'count', label: 'tree', truth: { kind: 'count', label: 'tree', count: trees }, round: 1 });
  } else {
    skip('naip_trees: the model counts no trees; their number is not asked for.');
  }
  const presence = (label: string, present: boolean, derived: boolean): Truth => ({
    kind: 'presence',
    label,
    present,
    scene: null,
    derived,
  });
  if (abilities.presence.includes('trees')) {
    list.push({
      task: 'ask',
      text: 'Is there a tree in this image?',
      truth: presence('trees', trees > 0, false),
      round: 1,
    });
  }
  if (abilities.presence.includes('water')) {
    list.push({ task: 'ask', text: 'Is there water in this image?', truth: presence('water', false, false), round: 3 });
  }
  if (!abilities.presence.includes('vegetation')) {
    skip('naip_trees: the model has no presence label "vegetation"; it is not asked for.');
  } else if (vegetation !== undefined && (vegetation >= VEGETATED.yesFrom || vegetation < VEGETATED.noBelow)) {
    const truth = presence('vegetation', vegetation >= VEGETATED.yesFrom, true);
    list.push({ task: 'ask', text: 'Is there vegetation in this image?', truth, round: 1 });
  }
  return list;
}
