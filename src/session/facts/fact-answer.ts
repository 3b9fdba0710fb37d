import type { PixelWindow, Point } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Language } from '../../tasks/task.ts';
import { plain } from '../answer/compose.ts';
import type { Answer, OpenScene } from '../document.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { tellCountry } from './country-facts.ts';
import type { Fact, HeaderFact } from './recognise.ts';
import { tellFact } from './tell.ts';
import type { Told } from './told.ts';
import { tellStatistics } from './values/tell-statistics.ts';
import { tellValue } from './values/tell-value.ts';

/** What a question about the file is put to. */
export interface FactContext {
  layer: OpenScene;
  region: Pick<Answer, 'region' | 'regionKind'>;
  /** The words of the question. */
  text: string;
  language: Language;
  /** The region drawn on the map, and the place read last on it. */
  drawn: PixelWindow | null;
  pointed: Point | null;
}

/** What an answer about the file itself says, and how it ended. Never rejects. */
export async function answerFact(
  fact: Fact,
  context: FactContext,
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<Partial<Answer>> {
  try {
    return { ...(await told(fact, context, scenes, signal)), status: 'done' };
  } catch (thrown) {
    const error = NadirError.from(thrown);
    return error.code === 'ABORTED' ? { status: 'stopped' } : { status: 'failed', error: error.toData() };
  }
}

async function told(fact: Fact, context: FactContext, scenes: SceneKeeper, signal: AbortSignal): Promise<Told> {
  const { layer, region, language, drawn } = context;
  switch (fact.kind) {
    case 'header':
      return plain(await headerText(fact.id, layer, region.region, language));
    case 'statistics':
      if (fact.where === 'marked' && drawn === null) return plain(noRegion[language]);
      return tellStatistics(fact, { layer, region, language }, scenes, signal);
    case 'value': {
      const { x, y, width, height } = region.region;
      const middle = { at: [x + width / 2, y + height / 2] as const, of: middleOf[region.regionKind][language] };
      return tellValue(fact, { ...context, middle }, scenes, signal);
    }
  }
}

const noRegion: Record<Language, string> = {
  en: 'No region is marked. Draw one on the map (R).',
  zh: '没有标出区域。请先在地图上画出区域（R）。',
};

const middleOf: Record<Answer['regionKind'], Record<Language, string>> = {
  view: { en: 'the view', zh: '当前视图' },
  drawn: { en: 'the marked region', zh: '标出的区域' },
  scene: { en: 'the image', zh: '图像' },
};

async function headerText(
  id: HeaderFact,
  { info }: OpenScene,
  region: PixelWindow,
  language: Language,
): Promise<string> {
  if (id !== 'country' && id !== 'place') return tellFact(id, info, region, language);
  const country = await tellCountry(info, region, language);
  const place = tellFact('place', info, region, language);
  if (country === null) return place;
  if (id === 'country') return country;
  return language === 'zh' ? `${place}${country}城镇的名称未知。` : `${place} ${country} Names of towns aren't known.`;
}
