import { NadirError } from '../../lib/errors.ts';
import type { Language } from '../../tasks/task.ts';
import { plain } from '../answer/compose.ts';
import type { Answer, OpenScene } from '../document.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import { tellCountry } from './country-facts.ts';
import { expressionOf, indexOver, tellIndex, tellNoIndex } from './index-facts.ts';
import type { FactId } from './recognise.ts';
import { tellFact } from './tell.ts';

/** What an answer about the file itself says, and how it ended. Never rejects. */
export async function answerFact(
  fact: FactId,
  about: { layer: OpenScene; region: Answer['region']; language: Language },
  scenes: SceneKeeper,
  signal: AbortSignal,
): Promise<Partial<Answer>> {
  const { layer, region, language } = about;
  try {
    return { ...plain(await text()), status: 'done' };
  } catch (thrown) {
    const error = NadirError.from(thrown);
    return error.code === 'ABORTED' ? { status: 'stopped' } : { status: 'failed', error: error.toData() };
  }

  async function text(): Promise<string> {
    if (fact === 'ndvi' || fact === 'ndwi') return indexText(fact === 'ndvi' ? 'NDVI' : 'NDWI');
    if (fact !== 'country' && fact !== 'place') return tellFact(fact, layer.info, region, language);
    const country = await tellCountry(layer.info, region, language);
    const place = tellFact('place', layer.info, region, language);
    if (country === null) return place;
    if (fact === 'country') return country;
    return language === 'zh'
      ? `${place}${country}城镇的名称未知。`
      : `${place} ${country} Names of towns aren't known.`;
  }

  async function indexText(index: 'NDVI' | 'NDWI'): Promise<string> {
    const expression = expressionOf(index, layer);
    if (expression === null) return tellNoIndex(index, language);
    return tellIndex(index, await indexOver(expression, layer, region, scenes, signal), language);
  }
}
