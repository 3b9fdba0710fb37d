import { subjectNamed, subjectOf } from '../../plan/subjects.ts';
import type { DetectorClass, ModelInfo } from '../../vlm/types.ts';

/** Which of a model's heads gives evidence of a canonical subject; each is the head's own label, or null. */
export interface SubjectHeads {
  box: string | null;
  density: string | null;
  presence: string | null;
}

type Heads = Pick<ModelInfo, 'classes' | 'densities' | 'presence' | 'presenceZh'>;

/** Labels that mean a subject under another name than its own. */
const ALIASES: Record<string, string> = { tank: 'storage tank', tanks: 'storage tank', vegetation: 'grass' };

/** Scene classes that are scenes of a subject whose name they don't contain. */
const SCENE_SUBJECTS: Record<string, readonly string[]> = {
  'agricultural land': ['field'],
  'airport apron with airplanes': ['airport'],
  freeway: ['road'],
  harbor: ['harbour', 'dock'],
  'road intersection': ['intersection'],
  'dense residential area': ['residential area'],
  'medium residential area': ['residential area'],
  'sparse residential area': ['residential area'],
  'mobile home park': ['mobile home', 'residential area'],
  'tank farm with storage tanks': ['storage tank'],
  'commercial buildings': ['commercial area', 'building'],
  forest: ['forest', 'tree'],
};

/** The heads for a subject of a plan; all null if the model has none. */
export function headsFor(subject: string, model: Heads): SubjectHeads {
  const named = ({ name, plural }: DetectorClass) => [name, plural].some((word) => canonical(word) === subject);
  return {
    box: model.classes.find(named)?.name ?? null,
    density: model.densities?.find(named)?.name ?? null,
    presence: model.presence?.find((label) => canonical(label) === subject) ?? null,
  };
}

/** Canonical names of all that the model's heads know, those with boxes first. */
export function subjectsKnown(model: Heads): string[] {
  const labels = [
    ...model.classes.map(({ name }) => name),
    ...(model.densities ?? []).map(({ name }) => name),
    ...(model.presence ?? []),
  ];
  return [...new Set(labels.map(canonical))];
}

/** Subjects that a scene class is a scene of, also as those without a canonical name are written in plans. */
export function subjectsOfScene(label: string): readonly string[] {
  const names = [canonical(label), ...(SCENE_SUBJECTS[label] ?? [])];
  return names.flatMap((name) => (subjectOf(name) ? [name] : [name, `other:${name}`]));
}

function canonical(label: string): string {
  const word = label.toLowerCase().replaceAll(/[-_]/g, ' ');
  return ALIASES[word] ?? subjectNamed(word)?.name ?? word;
}
