import type { AskEvent } from '../workers/vlm/api.ts';
import { type AnswerContext, type ReadAnswer, readAnswer } from './answer.ts';
import type { Engine } from './engine.ts';
import { fitProposals } from './fit-proposals.ts';
import type { Manifest } from './manifest.ts';
import type { Proposal } from './proposals.ts';
import { addMasks, type SeenMaps } from './refine.ts';

/** What a whole answer is read with. */
export interface Reading {
  engine: Pick<Engine, 'refine'>;
  manifest: Manifest;
  context: AnswerContext;
  seen: SeenMaps;
  wantMasks: boolean;
  control: { onEvent: (event: AskEvent) => void; isCancelled: () => boolean };
}

/**
 * Reads a whole answer as `readAnswer` does, with the refiner's part in it: boxes that the answer points at are fitted to
 * their masks where `refiner.fits` has their class, and objects get masks (of the fitted boxes) where they are wanted.
 * Cancelled, it leaves the rest as it was.
 */
export async function readRefined(rawText: string, reading: Reading): Promise<ReadAnswer> {
  const { engine, manifest, context, seen, wantMasks, control } = reading;
  const { isCancelled } = control;
  let answer = readAnswer(rawText, context);
  // What changed is proposed by another head, and of no class.
  const fits = context.task !== 'change' && manifest.refiner !== null && manifest.refiner.fits.length > 0;
  if (!(fits || (wantMasks && manifest.refiner)) || answer.objects.length === 0 || isCancelled()) return answer;
  control.onEvent({ kind: 'stage', stage: 'refine' });
  if (fits) {
    // An object named by its pointer has its proposal's own box; one written out or drawn by hand has another.
    const named = new Set(answer.objects.map(({ box }) => box));
    const isNamed = ({ box }: Proposal) => named.has(box);
    const proposals = await fitProposals(engine, manifest, seen, context.proposals, isNamed, isCancelled);
    // Read again, so that the dialect's text says the same as the objects.
    answer = readAnswer(rawText, { ...context, proposals });
  }
  if (!wantMasks) return answer;
  return { ...answer, objects: await addMasks(engine, manifest, seen, answer.objects, isCancelled) };
}
