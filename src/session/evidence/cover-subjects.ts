import type { SubjectCover } from '../../plan/evidence.ts';
import { LAND_COVER, otherWord, wordsFor } from '../../plan/subjects.ts';

/** What classes of land cover are of, by words of their labels. */
const KINDS = {
  water: /\bwater\b/,
  trees: /\b(trees?|forest|woodland)\b/,
  low: /\b(grass(land)?|low vegetation|herbaceous)\b/,
  bare: /\b(bare|soil)\b/,
  building: /\bbuildings?\b/,
  paved: /\b(roads?|pavement|paved)\b/,
} as const;
type Kind = keyof typeof KINDS;

/** Subjects of which the land cover is evidence; those of `part` are only some of what their class holds. */
const SUBJECTS: Record<string, { kinds: readonly Kind[]; part?: true }> = {
  water: { kinds: ['water'] },
  sea: { kinds: ['water'], part: true },
  lake: { kinds: ['water'], part: true },
  river: { kinds: ['water'], part: true },
  pond: { kinds: ['water'], part: true },
  tree: { kinds: ['trees'] },
  forest: { kinds: ['trees'], part: true },
  'low vegetation': { kinds: ['low'] },
  grass: { kinds: ['low'], part: true },
  vegetation: { kinds: ['trees', 'low'] },
  'bare soil': { kinds: ['bare'] },
  sand: { kinds: ['bare'], part: true },
  building: { kinds: ['building'] },
  pavement: { kinds: ['paved'] },
  road: { kinds: ['paved'], part: true },
  'built-up area': { kinds: ['building', 'paved'] },
  'sealed ground': { kinds: ['building', 'paved'] },
};
/** Those that name one class each, to list what is known. */
const LISTED = ['water', 'tree', 'low vegetation', 'bare soil', 'building', 'pavement'];

/** Words without a canonical name for subjects that only the land cover tells of. */
const WORDS: readonly [RegExp, string][] = [
  [/^(low|short) vegetation$|^(草本|低矮)植被$/, 'low vegetation'],
  [/vegetat|^(green(ery|s| space| area)?|plants?)$|绿化|植被|绿地/, 'vegetation'],
  [/^(built|built-?up|developed|urban)\b|建成/, 'built-up area'],
  [/^(impervious|sealed|hard)\b|不透水|硬化/, 'sealed ground'],
  [/^(paved|asphalt|tarmac)\b/, 'pavement'],
  [/^(bare|barren|exposed)\b|裸地/, 'bare soil'],
];

/** What of a land cover with these labels a subject is; null if it is none of it. */
export function coverOfSubject(subject: string, labels: readonly string[]): SubjectCover | null {
  if (subject === LAND_COVER) return labels.length > 0 ? { classes: labels.map((_, k) => k), isExact: true } : null;
  const meant = Object.hasOwn(SUBJECTS, subject) ? SUBJECTS[subject] : undefined;
  if (!meant) return null;
  const each = meant.kinds.map((kind) => labels.findIndex((label) => KINDS[kind].test(label.toLowerCase())));
  // Half of a union would be another thing.
  if (each.includes(-1)) return null;
  return { classes: [...new Set(each)], isExact: !meant.part };
}

/** Other Chinese words for subjects, which stand without spaces around. */
const CHINESE: Record<string, readonly string[]> = {
  water: ['水', '水域', '水面'],
  tree: ['树木', '林地', '树林'],
  grass: ['草'],
  vegetation: ['植物', '绿地'],
  'bare soil': ['裸地', '土壤'],
  road: ['公路', '马路'],
  'sealed ground': ['不透水', '硬化地面'],
};

/** Subjects that a text names and the land cover tells of, in the order named: "how much is water?", "树和水". */
export function coverSubjectsIn(text: string, labels: readonly string[]): string[] {
  const said = text.toLowerCase();
  const known = Object.keys(SUBJECTS).filter((subject) => coverOfSubject(subject, labels) !== null);
  const words = known.flatMap((name) => {
    const { plural, zh } = wordsFor(name);
    return [name, plural ?? name, zh, ...(CHINESE[name] ?? [])].map((word) => ({ word, name }));
  });
  const found: { start: number; end: number; name: string }[] = [];
  for (const { word, name } of words.sort((a, b) => b.word.length - a.word.length)) {
    const start = /^[a-z -]+$/.test(word) ? said.search(new RegExp(`\\b${word}\\b`)) : said.indexOf(word);
    const end = start + word.length;
    // "Vegetation" within "low vegetation" is no other subject.
    if (start >= 0 && found.every((each) => end <= each.start || start >= each.end)) found.push({ start, end, name });
  }
  return [...new Set(found.sort((a, b) => a.start - b.start).map(({ name }) => name))];
}

/** Canonical subjects with a class of their own. */
export const coverSubjects = (labels: readonly string[]): string[] =>
  LISTED.filter((subject) => coverOfSubject(subject, labels) !== null);

/** `other:vegetation` as the subject that the land cover knows it by; null if it knows none. */
export function coverNamed(subject: string, labels: readonly string[]): string | null {
  const word = otherWord(subject);
  if (word === null) return null;
  const name = WORDS.find(([words]) => words.test(word.toLowerCase()))?.[1];
  return name !== undefined && coverOfSubject(name, labels) ? name : null;
}
