import type { DetectorClass } from '../../vlm/types.ts';
import { countPhrase } from '../asking/question.ts';
import type { SceneObject, TextRun } from '../document.ts';

/** Text of an answer with its links; `text` is always the runs joined. */
export interface Composed {
  text: string;
  runs: TextRun[];
}

type Named = { singular: string; plural: string; zh?: string };

export function plain(text: string): Composed {
  return { text, runs: text === '' ? [] : [{ text, objectIds: [] }] };
}

/** The model's own words with links at `spans` (UTF-16 offsets); a span that overlaps an earlier one is left out. */
export function linkText(text: string, spans: { start: number; end: number; objectId: string }[]): Composed {
  const runs: TextRun[] = [];
  let at = 0;
  const sorted = spans.filter((span) => span.end > span.start).sort((a, b) => a.start - b.start || b.end - a.end);
  for (const span of sorted) {
    const last = runs.at(-1);
    if (last && last.objectIds.length > 0 && span.end === at && last.text === text.slice(span.start, span.end)) {
      last.objectIds.push(span.objectId);
      continue;
    }
    if (span.start < at || span.end > text.length) continue;
    if (span.start > at) runs.push({ text: text.slice(at, span.start), objectIds: [] });
    runs.push({ text: text.slice(span.start, span.end), objectIds: [span.objectId] });
    at = span.end;
  }
  if (at < text.length) runs.push({ text: text.slice(at), objectIds: [] });
  return { text, runs };
}

export interface MergedSummary {
  /** Null if the objects may be of several classes. */
  label: Named | null;
  objects: readonly Pick<SceneObject, 'id'>[];
  /** "6 tiles", "the region"; null if other words name it. */
  place: string | null;
  /** Set while tiles are still to come: "4 of 12 tiles". */
  soFar: string | null;
  failedTiles: number;
  /** Answered and failed ones. */
  tiles: number;
}

/** The same in Chinese, for a question in Chinese: "6 个图块中有 12 个汽车。" `place` and `soFar` in Chinese, too. */
export function composeMergedZh({ label, objects, place, soFar, failedTiles, tiles }: MergedSummary): Composed {
  const ids = objects.map((object) => object.id);
  const name = label?.zh ?? label?.plural ?? '目标';
  const run = (text: string, objectIds: string[] = []): TextRun => ({ text, objectIds });
  const found = ids.length === 0 ? run(`没有${name}`) : run(`有 ${ids.length} ${measureOf(name)}${name}`, ids);
  const runs = [run(place === null ? '' : `${place}中`), found, run(soFar === null ? '。' : `（${soFar}）。`)];
  if (soFar === null && failedTiles > 0) runs.push(run(failedPhraseZh(failedTiles, tiles)));
  return joinRuns(runs);
}

/** "12 cars in 6 tiles.", the number linked to all of them. The number is that of the merged objects, never one that a slice stated. */
export function composeMerged(summary: MergedSummary): Composed {
  const ids = summary.objects.map((object) => object.id);
  const heading = summary.label
    ? countPhrase(summary.objects.length, summary.label)
    : countPhrase(summary.objects.length, { singular: 'object', plural: 'objects' });
  const runs: TextRun[] = [{ text: ids.length === 0 ? capitalise(heading) : heading, objectIds: ids }];
  const say = (text: string) => runs.push({ text, objectIds: [] });
  if (summary.soFar !== null) {
    say(` so far, ${summary.soFar}.`);
    return joinRuns(runs);
  }
  say(summary.place === null ? '.' : ` in ${summary.place}.`);
  if (summary.failedTiles > 0) say(` ${failedPhrase(summary.failedTiles, summary.tiles)}`);
  return joinRuns(runs);
}

/** "About 240 trees, added up over 4 tiles." Things counted by density have no boxes to link. */
export function composeAdded(
  { count, tiles, share }: { count: number; tiles: number; share: number },
  {
    label,
    place,
    noun,
    chinese,
    soFar,
    failedTiles,
  }: {
    label: Named;
    /** "the region". */
    place: string;
    noun: string;
    chinese: boolean;
    soFar: string | null;
    failedTiles: number;
  },
): Composed {
  if (chinese) {
    const name = label.zh ?? label.plural;
    const sum = tiles > 1 ? `，由 ${tiles} 个图块相加` : '';
    const end = soFar === null ? `${sum}。` : `（${soFar}）。`;
    return plain(
      count === 0 ? `${place}中没有${name}${end}` : `${place}中大约有 ${count} ${measureOf(name)}${name}${end}`,
    );
  }
  const heading = count === 0 ? capitalise(countPhrase(0, label)) : `About ${countPhrase(count, label)}`;
  if (soFar !== null) return plain(`${heading} so far, ${soFar}.`);
  const how =
    tiles > 1
      ? `, added up over ${tiles} ${noun}s`
      : share < 1
        ? ` in ${place}, by its share of what the ${noun} shows`
        : ` in ${place}`;
  const failed = failedTiles > 0 ? ` ${failedPhrase(failedTiles, tiles + failedTiles)}` : '';
  return plain(`${heading}${how}.${failed}`);
}

/** How an answer about several slices is worded. */
export interface Words {
  noun: 'tile' | 'slice';
  chinese: boolean;
}

/** Most lines of an answer that lists different statements. */
const MOST_LINES = 6;

/** For answers in words: one line for each different statement of the slices, the commonest first. */
export function composeBySlice(texts: readonly string[], { noun, chinese }: Words): Composed {
  const places = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) places.set(text, [...(places.get(text) ?? []), index + 1]);
  const [only] = places.keys();
  if (places.size === 1 && only !== undefined) return plain(only);
  const ranked = [...places].sort((a, b) => b[1].length - a[1].length);
  const isShort = texts.length <= MOST_LINES;
  const where = (numbers: readonly number[]) => {
    if (isShort) return chinese ? `图块 ${numbers.join('、')}：` : `${capitalise(noun)} ${numbers.join(', ')}: `;
    const [count, of] = [numbers.length, texts.length];
    return chinese ? `${of} 个图块中的 ${count} 个：` : `${count} of ${of} ${noun}s: `;
  };
  const lines = ranked.slice(0, MOST_LINES).map(([text, numbers]) => `${where(numbers)}${text}`);
  const others = ranked.slice(MOST_LINES).reduce((sum, [, numbers]) => sum + numbers.length, 0);
  if (others > 0) lines.push(chinese ? `其余 ${others} 个图块各有其他回答。` : `${others} ${noun}s: other answers.`);
  return plain(lines.join('\n'));
}

/** Number of scenes named after the commonest. */
const MOST_SCENES = 4;

/** "Mostly residential: 4 of 6 tiles; forest: 2." from each slice's best class; for one slice, its class alone. */
export function composeScenes(best: readonly string[], { noun, chinese }: Words): Composed {
  const counts = new Map<string, number>();
  for (const name of best) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const [first, ...others] = ranked;
  if (!first) return plain('');
  if (best.length === 1) return plain(chinese ? `最像${first[0]}。` : `Most like ${first[0]}.`);
  const rest = others
    .slice(0, MOST_SCENES)
    .map(([name, count]) => (chinese ? `；${name}：${count}` : `; ${name}: ${count}`))
    .join('');
  const left = others.slice(MOST_SCENES).reduce((sum, [, count]) => sum + count, 0);
  const more = left === 0 ? '' : chinese ? `；其他：${left}` : `; others: ${left}`;
  return plain(
    chinese
      ? `大多为${first[0]}：${best.length} 个图块中的 ${first[1]} 个${rest}${more}。`
      : `Mostly ${first[0]}: ${first[1]} of ${best.length} ${noun}s${rest}${more}.`,
  );
}

/** "9 airplanes, 1 car", each number linked to its objects; no runs without objects. */
export function composeFound(
  objects: readonly (Pick<SceneObject, 'id'> & { label: string })[],
  { model, chinese }: Pick<Words, 'chinese'> & { model: { classes: readonly DetectorClass[] } },
): TextRun[] {
  const byLabel = new Map<string, string[]>();
  for (const { label, id } of objects) byLabel.set(label, [...(byLabel.get(label) ?? []), id]);
  return [...byLabel].flatMap(([label, ids], index) => {
    const named = model.classes.find(({ name }) => name === label) ?? { name: label, plural: label };
    const name = named.zh ?? named.name;
    const text = chinese
      ? `${ids.length} ${measureOf(name)}${name}`
      : countPhrase(ids.length, { singular: named.name, plural: named.plural });
    const run = { text, objectIds: ids };
    return index === 0 ? [run] : [{ text: chinese ? '、' : ', ', objectIds: [] }, run];
  });
}

/** Chinese has a measure word for each kind of thing; 个 is acceptable for all. */
const measures: Record<string, string> = { 飞机: '架', 建筑物: '栋', 汽车: '辆', 树: '棵', 变化: '处' };

function measureOf(name: string): string {
  return measures[name] ?? '个';
}

export function failedPhraseZh(count: number, of: number): string {
  return `${of} 个图块中有 ${count} 个失败，未计入。`;
}

/** The words followed by more sentences. */
export function withSentences(said: Composed, sentences: readonly string[], chinese: boolean): Composed {
  const gap = said.text.includes('\n') ? '\n' : chinese ? '' : ' ';
  const more = sentences.map((sentence): TextRun => ({ text: `${gap}${sentence}`, objectIds: [] }));
  const runs = said.runs.length > 0 || said.text === '' ? said.runs : [{ text: said.text, objectIds: [] }];
  return sentences.length === 0 ? said : joinRuns([...runs, ...more]);
}

/** "2 of 12 tiles failed and are not included." */
export function failedPhrase(count: number, of: number): string {
  return `${count} of ${of} tile${of === 1 ? '' : 's'} failed and ${count === 1 ? 'is' : 'are'} not included.`;
}

export function joinRuns(runs: TextRun[]): Composed {
  return { text: runs.map((run) => run.text).join(''), runs };
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
