import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from '../label-files.ts';
import type { ImageRecipe, Question } from '../question.ts';
import { groupBy } from '../rows/row.ts';
import { question, type SetContext } from './set.ts';

const INDEX = 'index.jsonl';

/** An image of which some land cover is known; a line of the index that training's `cover_truth` writes. */
interface CoverLine {
  set: string;
  file: string;
  nir: string | null;
  /** In metres; null if unknown. */
  gsd: number | null;
  w: number;
  h: number;
  /** The file with what each pixel may be. */
  truth: string;
}

/** The land cover of images from several sets, at most `limit` of each. */
export function coverQuestions(context: SetContext): Question[] {
  const { coverDir, abilities, limit, skip } = context;
  if (!abilities.hasCover) {
    skip('land cover: the model maps none.');
    return [];
  }
  if (coverDir === null || !existsSync(join(coverDir, INDEX))) {
    skip(
      'land cover: there is no truth. Write it by `python -m training.data.cover_truth DATA OUT`, then give OUT with --cover.',
    );
    return [];
  }
  const [head = '{}', ...rest] = readFileSync(join(coverDir, INDEX), 'utf8').split('\n');
  const { labels } = JSON.parse(head) as { labels: string[] };
  const lines = rest.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as CoverLine);
  return groupBy(lines, ({ set }) => set).flatMap(([set, of]) =>
    spread(of, limit).map(({ truth, ...line }) =>
      question(set, line, context, {
        task: 'cover',
        variant: 'land cover',
        image: imageOf(join(context.dataDir, set), line),
        truth: { kind: 'cover', path: join(coverDir, truth), labels },
        round: 1,
      }),
    ),
  );
}

/** With all that is known of the image: near infrared, and its scale. */
function imageOf(folder: string, { file, nir, gsd }: Omit<CoverLine, 'truth'>): ImageRecipe {
  const path = join(folder, file);
  const scale = gsd === null ? {} : { gsdMetres: gsd };
  if (nir !== null) return { kind: 'bands', rgb: path, nir: join(folder, nir), ...scale };
  return gsd === null ? { kind: 'file', path } : { kind: 'placed', path, gsdMetres: gsd };
}
