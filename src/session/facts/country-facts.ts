import type { PixelWindow, Point } from '../../geo/types.ts';
import type { SceneInfo } from '../../imagery/image.ts';
import { groundOf } from '../../plan/ground/ground.ts';
import type { Language } from '../../tasks/task.ts';
import { type Located, locate, NEAR_KM } from './outlines/locate.ts';
import { type Country, loadOutlines } from './outlines/outlines.ts';

/** Places along each side of a region that are looked up. */
const PER_SIDE = 5;

/** Which country or sea a region lies in; null if the image has no place in longitude and latitude. Never rejects. */
export async function tellCountry(info: SceneInfo, region: PixelWindow, language: Language): Promise<string | null> {
  const places = placesIn(info, region);
  if (places.length === 0) return null;
  try {
    return sentenceOf(locate(places, await loadOutlines()), language);
  } catch {
    return language === 'zh'
      ? '无法载入国家轮廓，因此不知道它在哪个国家。'
      : "The outlines of countries couldn't be loaded, so the country isn't known.";
  }
}

function placesIn({ georeference, width, height }: SceneInfo, region: PixelWindow): Point[] {
  const ground = groundOf(georeference, width, height);
  const steps = Array.from({ length: PER_SIDE }, (_, i) => i / (PER_SIDE - 1));
  return steps.flatMap((v) =>
    steps.flatMap((u) => {
      const place = ground.lonLat(region.x + u * region.width, region.y + v * region.height);
      return place ? [place] : [];
    }),
  );
}

/** For the tests, too. */
export function sentenceOf({ inside, near, atSea, nearCoast }: Located, language: Language): string {
  const [is, maybe] = [inside, near].map((countries) => countries.map((country) => nameOf(country, language)));
  return language === 'zh' ? chinese(is!, maybe!, atSea, nearCoast) : english(is!, maybe!, atSea, nearCoast);
}

function english(is: string[], maybe: string[], atSea: Located['atSea'], nearCoast: boolean): string {
  const near = list(maybe, ' and ');
  if (is.length === 0) {
    if (maybe.length === 0) return `By coarse outlines it lies at sea, more than ${NEAR_KM} km from any country.`;
    return `By coarse outlines it lies at sea, within ${NEAR_KM} km of ${near}; it may be on the coast there.`;
  }
  const sea = atSea === 'some' ? ', partly at sea' : nearCoast ? ', near the coast' : '';
  const lies = is.length > 1 ? `spans ${list(is, ' and ')}` : `lies in ${is[0]}`;
  const doubt =
    maybe.length > 0 ? `; ${near} ${maybe.length > 1 ? 'are' : 'is'} within ${NEAR_KM} km, so it may be there` : '';
  return `By coarse outlines it ${lies}${sea}${doubt}.`;
}

function chinese(is: string[], maybe: string[], atSea: Located['atSea'], nearCoast: boolean): string {
  const near = list(maybe, '和', '、');
  if (is.length === 0) {
    if (maybe.length === 0) return `按粗略轮廓，它位于海上，距任何国家超过 ${NEAR_KM} 公里。`;
    return `按粗略轮廓，它位于海上，距${near}不到 ${NEAR_KM} 公里，也可能在其海岸上。`;
  }
  const sea = atSea === 'some' ? '，部分在海上' : nearCoast ? '，靠近海岸' : '';
  const doubt = maybe.length > 0 ? `；距${near}不到 ${NEAR_KM} 公里，也可能在那里` : '';
  return `按粗略轮廓，它${is.length > 1 ? '跨越' : '位于'}${list(is, '和', '、')}${sea}${doubt}。`;
}

function list(names: readonly string[], last: string, separator = ', '): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(separator)}${last}${names.at(-1)}`;
}

/** By the browser's own list of names; the outlines' name where it has none. */
function nameOf({ name, code }: Country, language: Language): string {
  const region = code === null ? undefined : new Intl.Locale(`und-${code}`).region;
  const known =
    region && /^[A-Z]{2}$/.test(region) ? new Intl.DisplayNames(language, { type: 'region' }).of(region) : null;
  const plain = known ?? name;
  return language === 'en' &&
    /^(United |Netherlands|Philippines|Bahamas|Maldives|Central African|Dominican Rep|.* Islands)/.test(plain)
    ? `the ${plain}`
    : plain;
}
