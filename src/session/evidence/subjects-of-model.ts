import type { SubjectCover } from '../../plan/evidence.ts';
import { otherWord, subjectNamed, subjectOf } from '../../plan/subjects.ts';
import type { DetectorClass, ModelInfo } from '../../vlm/types.ts';
import { coverNamed, coverOfSubject, coverSubjects } from './cover-subjects.ts';

/** Which of a model's heads gives evidence of a canonical subject, by the heads' own labels. */
export interface SubjectHeads {
  box: string | null;
  density: string | null;
  /** Any of these labels is the subject. */
  presence: readonly string[];
  /** Classes of the land cover. */
  cover: SubjectCover | null;
}

type Heads = Pick<ModelInfo, 'classes' | 'densities' | 'presence' | 'presenceZh' | 'cover'>;

/** Labels that mean a subject under another name than its own. */
const ALIASES: Record<string, string> = {
  tank: 'storage tank',
  tanks: 'storage tank',
  vegetation: 'grass',
  'tree crown': 'tree',
  'tree crowns': 'tree',
};

/** Subjects that are kinds of another one. */
const KINDS: Record<string, readonly string[]> = { water: ['sea'] };

/** Scene classes that are scenes of a subject whose name they don't contain. */
const SCENE_SUBJECTS: Record<string, readonly string[]> = {
  'agricultural land': ['field'],
  'airport apron with airplanes': ['airport'],
  freeway: ['road'],
  harbor: ['harbour', 'port', 'marina', 'dock'],
  'road intersection': ['intersection'],
  'dense residential area': ['residential area'],
  'medium residential area': ['residential area'],
  'sparse residential area': ['residential area'],
  'mobile home park': ['mobile home', 'residential area'],
  'tank farm with storage tanks': ['tank farm', 'storage tank'],
  'commercial buildings': ['commercial area', 'building'],
  'annual crops': ['field'],
  'permanent crops': ['field'],
  pasture: ['grass'],
  'herbaceous vegetation': ['grass'],
  highway: ['road'],
  'sea or lake': ['water'],
  forest: ['forest', 'tree'],
};

/** The heads for a subject of a plan. */
export function headsFor(subject: string, model: Heads): SubjectHeads {
  const named = ({ name, plural }: DetectorClass) => [name, plural].some((word) => subjectOfLabel(word) === subject);
  const box = model.classes.find(named);
  // The model's own heads say nothing of what the user taught.
  if (box?.taught) return { box: box.name, density: null, presence: [], cover: null };
  return {
    box: box?.name ?? null,
    density: model.densities?.find(named)?.name ?? null,
    presence:
      model.presence?.filter((label) => [subject, ...(KINDS[subject] ?? [])].includes(subjectOfLabel(label))) ?? [],
    cover: coverOfSubject(subject, model.cover?.labels ?? []),
  };
}

/** Canonical names of all that the model's heads know, those with boxes first. */
export function subjectsKnown(model: Heads): string[] {
  const labels = [
    ...model.classes.map(({ name }) => name),
    ...(model.densities ?? []).map(({ name }) => name),
    ...(model.presence ?? []),
  ];
  return [...new Set([...labels.map(subjectOfLabel), ...coverSubjects(model.cover?.labels ?? [])])];
}

/** The name of the taught class that a subject is; null if it is none. */
export function taughtName(subject: string, model: Heads): string | null {
  const { box } = headsFor(subject, model);
  return model.classes.some(({ name, taught }) => name === box && taught) ? box : null;
}

export function withoutTaught<T extends Heads>(model: T): T {
  return { ...model, classes: model.classes.filter(({ taught }) => !taught) };
}

/** A subject without a canonical name by the model's name, if the model knows it by that word; else the subject itself. */
export function knownName(subject: string, model: Heads): string {
  const word = otherWord(subject);
  const name = word === null ? subject : subjectOfLabel(word);
  const taught = taughtName(name, model);
  if (taught !== null) return subjectOfLabel(taught);
  const ground = coverNamed(subject, model.cover?.labels ?? []);
  if (ground !== null) return ground;
  return subjectsKnown(model).includes(name) ? name : subject;
}

/** Subjects that a scene class is a scene of, also as those without a canonical name are written in plans. */
export function subjectsOfScene(label: string): readonly string[] {
  const names = [subjectOfLabel(label), ...(SCENE_SUBJECTS[label] ?? [])];
  return names.flatMap((name) => (subjectOf(name) ? [name] : [name, `other:${name}`]));
}

/**
 * The scenes that a question names, as subjects of a plan in the order named: "is this a tank farm?", "forest or beach?", "这是港口吗".
 * Empty if it names none that the model has a class for.
 */
export function scenesNamed(question: string, model: Pick<ModelInfo, 'scenes' | 'scenesZh'>): string[] {
  const text = question.toLowerCase();
  const words = model.scenes.flatMap((label, index) => {
    const own = subjectsOfScene(label).filter((name) => otherWord(name) === null);
    const names = own.map((name) => ({ word: name, name }));
    const zh = model.scenesZh?.[index];
    return zh === undefined ? names : [...names, { word: zh, name: own[0]! }];
  });
  const found: { start: number; end: number; name: string }[] = [];
  for (const { word, name } of words.sort((a, b) => b.word.length - a.word.length)) {
    const start = /^[a-z ]+$/.test(word) ? text.search(new RegExp(`\\b${word}\\b`)) : text.indexOf(word);
    const end = start + word.length;
    // "residential area" within "dense residential area" is no other scene.
    if (start >= 0 && found.every((each) => end <= each.start || start >= each.end)) found.push({ start, end, name });
  }
  return [...new Set(found.sort((a, b) => a.start - b.start).map(({ name }) => name))];
}

/** The subject that a head's label names. */
export function subjectOfLabel(label: string): string {
  const word = label.toLowerCase().replaceAll(/[-_]/g, ' ');
  return ALIASES[word] ?? subjectNamed(word)?.name ?? word;
}
