import type { ModelInfo } from '../../vlm/types.ts';
import { namesOf } from '../asking/question.ts';
import type { Gathered } from '../asking/slices/gathering.ts';
import type { TextRun } from '../document.ts';
import { linksOf } from './agreement.ts';
import { type AnswerKind, firstClaim, kindOf } from './answer-kinds.ts';
import { type Composed, composeBySlice, composeFound, composeScenes, joinRuns, plain, type Words } from './compose.ts';
import type { Detection } from './detections.ts';

/** The answers of many slices to one question, and what is known of all of them together. */
export interface Said extends Words {
  slices: Gathered['slices'];
  /** Merged over the slices. */
  objects: readonly Detection[];
  model: Pick<ModelInfo, 'classes' | 'scenes' | 'scenesZh' | 'presence' | 'presenceZh' | 'quality' | 'qualityZh'>;
  qualityScores: readonly { label: string; probability: number }[];
  /** Whether the whole region was looked at, so that something no slice shows is absent. */
  isAll: boolean;
}

/** From this probability on, a head counts as saying that something is there. */
const SAYS = 0.5;
/** A description lists at most this many labels. */
const MOST_LABELS = 8;

/** Joins answers in words: "yes" if any slice says so, "no" if all do, else a summary of what they say. */
export function joinAnswers(said: Said): Composed {
  const kinds = new Set(said.slices.map(({ text }) => kindOf(text)));
  const are = (...allowed: AnswerKind[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (are('yes', 'no')) return joinPresence(said);
  if (are('none')) return joinAbsence(said);
  if (are('scene')) return joinScenes(said);
  if (are('scene', 'description')) return describeSlices(said);
  if (are('seen')) {
    const seen = seenRuns(said);
    if (seen.length > 0) return joinRuns(seen);
  }
  if (are('quality')) return joinQuality(said);
  return composeBySlice(said.slices.map(withoutNumbers), said);
}

/** "Yes, in 12 of 96 tiles: 144 airplanes." */
function joinPresence(said: Said): Composed {
  const { slices, objects, chinese, noun } = said;
  const yes = slices.filter(({ text }) => kindOf(text) === 'yes');
  if (yes.length === 0) return joinAbsence(said);
  const { x, y, width, height } = yes[0]!.window;
  const [col, row] = [Math.round(x + width / 2), Math.round(y + height / 2)];
  const found = composeFound(objects, said);
  const [share, where] = chinese
    ? [`是的，${slices.length} 个图块中的 ${yes.length} 个有`, `，例如在 ${col}, ${row} 附近`]
    : [`Yes, in ${yes.length} of ${slices.length} ${noun}s`, `, for example around ${col}, ${row}`];
  if (found.length === 0) return plain(`${share}${where}${chinese ? '。' : '.'}`);
  const [mark, end] = chinese ? ['：', '。'] : [': ', '.'];
  return joinRuns([{ text: `${share}${mark}`, objectIds: [] }, ...found, { text: end, objectIds: [] }]);
}

/** "No, there are no airplanes in any of 96 tiles."; if only a part was looked at, that there may be some elsewhere. */
function joinAbsence({ slices, isAll, chinese, noun }: Said): Composed {
  const claim = firstClaim(slices[0]!.text);
  const count = slices.length;
  if (!isAll) {
    return plain(
      chinese
        ? `看过的 ${count} 个图块中没有发现；只看一部分不能断定没有。`
        : `None seen in ${count} ${noun}s. There may be some in the rest of the region.`,
    );
  }
  return plain(chinese ? `${claim}：${count} 个图块中都没有。` : `${claim} in any of ${count} ${noun}s.`);
}

/** The commonest scenes by the scene head; if slices have none, their own words. */
export function joinScenes(said: Said): Composed {
  const best = said.slices.flatMap(({ bestScene }) => bestScene ?? []);
  if (best.length < said.slices.length) return composeBySlice(said.slices.map(withoutNumbers), said);
  return composeScenes(
    best.map((name) => shownScene(name, said)),
    said,
  );
}

/** The commonest scenes, the objects pointed at, and other visible things: for one slice or many. */
export function describeSlices(said: Said): Composed {
  const { slices, objects, model, chinese } = said;
  const scenes = joinScenes(said);
  const runs: TextRun[] = [...scenes.runs];
  const say = (text: string, objectIds: string[] = []) => runs.push({ text, objectIds });
  const gap = chinese ? '' : ' ';
  const found = composeFound(objects, said);
  if (found.length > 0) {
    say(gap);
    runs.push(...found);
    say(chinese ? '。' : '.');
  }
  const many = model.classes.filter(({ plural, zh }) =>
    slices.some(({ text }) => text.toLowerCase().includes(`many ${plural}`) || (zh && text.includes(`许多${zh}`))),
  );
  if (many.length > 0) {
    const names = many.map(({ plural, zh }) => (chinese ? (zh ?? plural) : plural));
    say(
      chinese
        ? `有些图块中有许多${names.join('、')}，未全部框出。`
        : ` Some ${said.noun}s show many ${names.join(', ')}, not all boxed.`,
    );
  }
  const boxed = new Set([...objects.map(({ label }) => label), ...many.map(({ name }) => name)]);
  const seen = seenRuns(said, boxed);
  if (seen.length > 0) {
    say(gap);
    runs.push(...seen);
  }
  return joinRuns(runs);
}

/** "Seen in tiles: trees 18, pavement 15." `without`: classes that were named before. */
function seenRuns(said: Said, without: ReadonlySet<string> = new Set()): TextRun[] {
  const { slices, model, chinese, noun } = said;
  const counts = new Map<string, number>();
  for (const { result } of slices) {
    for (const { label, probability } of result?.scores.presence ?? []) {
      if (probability > SAYS) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const isSaid = (label: string) =>
    model.classes.some((each) => without.has(each.name) && namesOf(each).includes(label));
  const ranked = [...counts].filter(([label]) => !isSaid(label)).sort((a, b) => b[1] - a[1]);
  if (ranked.length === 0) return [];
  const shown = (label: string) => translated(label, model.presence, model.presenceZh, chinese);
  const list = ranked
    .slice(0, MOST_LABELS)
    .map(([label, count]) => (slices.length === 1 ? shown(label) : `${shown(label)} ${count}`));
  const text = chinese
    ? `${slices.length === 1 ? '可见' : '可见于图块'}：${list.join('、')}。`
    : `Seen${slices.length === 1 ? '' : ` in ${noun}s`}: ${list.join(', ')}.`;
  return [{ text, objectIds: [] }];
}

/** Defects of the whole picture, by the mean over its slices, then those of only some slices. */
export function joinQuality(said: Said): Composed {
  const { slices, model, qualityScores, chinese, noun } = said;
  const name = (label: string) => translated(label, model.quality, model.qualityZh, chinese);
  const whole = qualityScores.filter(({ probability }) => probability >= SAYS).map(({ label }) => label);
  const parts = qualityScores
    .filter(({ label }) => !whole.includes(label))
    .map(({ label }) => ({
      label,
      count: slices.filter(({ result }) =>
        result?.scores.quality?.some((each) => each.label === label && each.probability >= SAYS),
      ).length,
    }))
    .filter(({ count }) => count > 0);
  const sentences: string[] = [];
  if (whole.length > 0) {
    sentences.push(
      chinese ? `图像存在${listOf(whole.map(name), true)}。` : `The image has ${listOf(whole.map(name), false)}.`,
    );
  } else if (parts.length === 0) sentences.push(chinese ? '图像没有问题。' : 'Nothing is wrong with this image.');
  if (parts.length > 0) {
    const list = parts.map(({ label, count }) =>
      chinese
        ? `${name(label)}（${slices.length} 个图块中的 ${count} 个）`
        : `${name(label)} (${count} of ${slices.length} ${noun}s)`,
    );
    sentences.push(chinese ? `局部有${list.join('、')}。` : `In parts: ${list.join(', ')}.`);
  }
  return plain(sentences.join(chinese ? '' : ' '));
}

/** A slice's own words, with its numbered phrases replaced by counts: "It shows airplanes: 2 airplanes." */
function withoutNumbers({ text, result }: Gathered['slices'][number]): string {
  if (!result) return text;
  const spans = linksOf(result.things).sort((a, b) => a.start - b.start);
  let out = '';
  let at = 0;
  for (let i = 0; i < spans.length; ) {
    const { label, start } = spans[i]!;
    let last = i;
    while (spans[last + 1]?.label === label && /^[\s,、]*$/.test(text.slice(spans[last]!.end, spans[last + 1]!.start)))
      last++;
    const count = last - i + 1;
    out += `${text.slice(at, start)}${count} × ${label}`;
    at = spans[last]!.end;
    i = last + 1;
  }
  return out + text.slice(at);
}

function shownScene(name: string, { model, chinese }: Said): string {
  return translated(name, model.scenes, model.scenesZh, chinese);
}

function translated(
  label: string,
  names: readonly string[] | undefined,
  namesZh: readonly string[] | undefined,
  chinese: boolean,
): string {
  return (chinese ? namesZh?.[names?.indexOf(label) ?? -1] : undefined) ?? label;
}

function listOf(names: readonly string[], chinese: boolean): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(chinese ? '、' : ', ')}${chinese ? '和' : ' and '}${names.at(-1)}`;
}
