import { readLabels, spread } from './label-files.ts';
import type { Question } from './question.ts';
import { byEyeQuestions } from './sets/by-eye.ts';
import { realChange } from './sets/change.ts';
import { coverQuestions } from './sets/cover.ts';
import { eurosat } from './sets/eurosat.ts';
import { aerialCars, aerialMaritime, oamBuildings } from './sets/objects.ts';
import { planetScenes } from './sets/planet.ts';
import { qualityQuestions } from './sets/quality.ts';
import { sampleQuestions } from './sets/samples.ts';
import type { EvalSet, SetContext } from './sets/set.ts';
import { naipTrees, type VegetationShares } from './sets/trees.ts';
import { ucm } from './sets/ucm.ts';

/** Known sets without questions, and why. */
const NOT_ASKED: Record<string, string> = {
  neon_trees: 'not every tree in it is labelled, so neither counts nor boxes can be scored',
  naip_rgbn: 'its GeoTIFFs show the same tiles as naip_trees, without labels of their own',
};

export interface PlanInput extends Omit<SetContext, 'skip'> {
  vegetation: VegetationShares;
  /** Task ids or set ids; null for all. */
  only: readonly string[] | null;
  say: (line: string) => void;
}

/**
 * All questions about the sets under `dataDir`, in the order they are asked: first what fills the release table, and
 * all questions about an image in sequence. `limit` images per set are spread evenly over it. Each omission is reported
 * once.
 */
export function planQuestions(input: PlanInput): Question[] {
  const said = new Set<string>();
  const skip = (line: string) => {
    if (said.has(line)) return;
    said.add(line);
    input.say(`Skipped: ${line}`);
  };
  const context: SetContext = { ...input, skip };
  const sets: EvalSet[] = [
    ucm,
    oamBuildings,
    aerialCars,
    aerialMaritime,
    naipTrees(input.vegetation),
    realChange,
    planetScenes,
    eurosat,
  ];
  const questions = sets.flatMap((set) => {
    const rows = readLabels(input.dataDir, set.id);
    if (!rows) {
      skip(`${set.id}: there is no ${set.id}/labels.jsonl in ${input.dataDir}.`);
      return [];
    }
    return spread(rows, input.limit).flatMap((row) => set.questions(row, context));
  });
  questions.push(
    ...qualityQuestions(readLabels(input.dataDir, 'ucm') ?? [], context),
    ...sampleQuestions(context),
    ...byEyeQuestions(context),
    ...coverQuestions(context),
  );
  for (const [set, why] of Object.entries(NOT_ASKED)) skip(`${set}: ${why}.`);
  const wanted = questions.filter((question) => isWanted(question, input.only));
  return [1, 2, 3].flatMap((round) => wanted.filter((question) => question.round === round));
}

function isWanted({ task, set, truth }: Question, only: readonly string[] | null): boolean {
  return only === null || only.includes(task) || only.includes(set) || only.includes(truth.kind);
}
