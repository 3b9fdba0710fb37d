import { DEFECTS, type Defect } from './question.ts';

/** "yes", "no", or null if the answer starts with neither. */
export function yesOrNo(text: string): 'yes' | 'no' | null {
  const word = /^\W*(yes|no)\b/i.exec(text)?.[1]?.toLowerCase();
  return word === 'yes' || word === 'no' ? word : null;
}

/** UC Merced's folders and their names: the embedded model's own first, then UC Merced's. */
export const UCM_SCENES: Record<string, readonly string[]> = {
  agricultural: ['agricultural land', 'agricultural', 'farmland'],
  airplane: ['airport apron with airplanes', 'airplanes', 'airplane'],
  baseballdiamond: ['baseball diamond'],
  beach: ['beach'],
  buildings: ['commercial buildings', 'buildings'],
  chaparral: ['chaparral'],
  denseresidential: ['dense residential area', 'dense residential'],
  forest: ['forest'],
  freeway: ['freeway'],
  golfcourse: ['golf course'],
  harbor: ['harbor', 'harbour'],
  intersection: ['road intersection', 'intersection'],
  mediumresidential: ['medium residential area', 'medium residential', 'medium density residential'],
  mobilehomepark: ['mobile home park'],
  overpass: ['overpass'],
  parkinglot: ['parking lot'],
  river: ['river'],
  runway: ['runway'],
  sparseresidential: ['sparse residential area', 'sparse residential'],
  storagetanks: ['tank farm with storage tanks', 'storage tanks'],
  tenniscourt: ['tennis court'],
};

/** EuroSAT's classes in its labels, and the embedded model's names. */
export const EUROSAT_SCENES: Record<string, readonly string[]> = {
  annual_crop: ['annual crops'],
  forest: ['forest'],
  herbaceous_vegetation: ['herbaceous vegetation'],
  highway: ['highway'],
  industrial: ['industrial area'],
  pasture: ['pasture'],
  permanent_crop: ['permanent crops'],
  residential: ['residential area'],
  river: ['river'],
  sea_lake: ['sea or lake'],
};

const NAMES: Record<string, readonly string[]> = { ...UCM_SCENES, ...EUROSAT_SCENES };

/** The folders of all sets. */
export const SCENE_FOLDERS = Object.keys(NAMES);

/** The name by which a scene's folder is asked. */
export function sceneName(folder: string): string {
  return UCM_SCENES[folder]?.[0] ?? folder;
}

/**
 * The folder of the scene that the answer names. The longest name wins ("tank farm with storage tanks" before "storage
 * tanks").
 */
export function sceneIn(text: string, folders: readonly string[] = Object.keys(UCM_SCENES)): string | null {
  const lower = text.toLowerCase();
  const named = folders
    .flatMap((folder) => (NAMES[folder] ?? [folder]).map((name) => ({ folder, name })))
    .filter(({ name }) => lower.includes(name))
    .sort((a, b) => b.name.length - a.name.length);
  return named[0]?.folder ?? null;
}

const DEFECT_WORDS: Record<Defect, RegExp> = {
  blur: /\bblur/,
  noise: /\bnois[ey]/,
  haze: /\bhaz[ey]/,
  stripes: /\bstrip(e|es|ed|ing)\b/,
  'missing data': /\bmissing data\b|\bno[- ]?data\b/,
  overexposure: /\bover-?expos/,
  underexposure: /\bunder-?expos/,
};

/** The defects that the answer names, none for "nothing is wrong"; null if it says neither. */
export function defectsIn(text: string): Defect[] | null {
  const lower = text.toLowerCase();
  const named = DEFECTS.filter((defect) => DEFECT_WORDS[defect].test(lower));
  if (named.length > 0) return named;
  return /\bnothing\b|\bno (defects?|problems?)\b|\bnot wrong\b/.test(lower) ? [] : null;
}

/** Whether the answer says that something changed; null if it says neither. */
export function changedIn(text: string): boolean | null {
  const lower = text.toLowerCase();
  if (/\bnothing\b.*\bchanged\b|\bno changes?\b|\bunchanged\b|\b0 changes\b|\bnot changed\b/.test(lower)) return false;
  return /\bchanged\b|\b\d+ changes?\b|\bchange \d+/.test(lower) ? true : null;
}

/** Whether the text of a box or count answer says that there is nothing. */
export function saysNone(text: string): boolean {
  return /^\W*(there (is|are) )?(no|none|not any|nothing)\b/i.test(text);
}
