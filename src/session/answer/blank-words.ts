import type { Blank } from '../asking/slices/model-tile.ts';
import { type Composed, plain, type Words } from './compose.ts';

const WHOLE: Record<Blank, { en: string; zh: string }> = {
  'no-data': { en: 'every pixel is nodata or outside the scene', zh: '所有像素都没有数据或在图像之外' },
  'one-value': { en: 'every pixel has the same value', zh: '所有像素的值都相同' },
  noise: { en: 'the picture is noise, and no pixel is like its neighbours', zh: '图像只有噪声' },
};
const SOME: Record<Blank, { en: string; zh: string }> = {
  'no-data': { en: 'without data', zh: '没有数据' },
  'one-value': { en: 'of one value', zh: '只有一个值' },
  noise: { en: 'of noise', zh: '只有噪声' },
};

/** The answer about a blank region, whatever was asked. */
export function nothingToSee(blank: Readonly<Record<Blank, number>>, { noun, chinese }: Words): Composed {
  const found = kindsOf(blank);
  const [only] = found;
  const why =
    found.length === 1
      ? WHOLE[only!][chinese ? 'zh' : 'en']
      : found
          .map((kind) =>
            chinese ? `${blank[kind]} 个图块${SOME[kind].zh}` : `${blank[kind]} ${noun}s ${SOME[kind].en}`,
          )
          .join(chinese ? '，' : ', ');
  return plain(chinese ? `这里没有可看的内容：${why}。` : `There is nothing to look at here: ${why}.`);
}

/** "9 blank tiles were skipped.", for the end of an answer; null if there were none. */
export function skippedPhrase(blank: Readonly<Record<Blank, number>>, { noun, chinese }: Words): string | null {
  const count = kindsOf(blank).reduce((sum, kind) => sum + blank[kind], 0);
  if (count === 0) return null;
  if (chinese) return `另有 ${count} 个空白图块未看。`;
  return `${count} blank ${noun}${count === 1 ? ' was' : 's were'} skipped.`;
}

function kindsOf(blank: Readonly<Record<Blank, number>>): Blank[] {
  return (['no-data', 'one-value', 'noise'] as const).filter((kind) => blank[kind] > 0);
}
