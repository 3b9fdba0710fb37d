import type { AskIo } from '../../backend.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Engine } from '../../runtime/engine.ts';
import { isStoppedBy } from '../../stopping.ts';
import { type AnswerContext, type ReadAnswer, readAnswer } from '../answer.ts';
import { addMasks, type SeenMaps } from './refine.ts';

/** Everything needed to read a whole answer. */
export interface Reading {
  engine: Pick<Engine, 'refine'>;
  manifest: Manifest;
  context: AnswerContext;
  seen: SeenMaps;
  wantMasks: boolean;
  io: AskIo;
}

/**
 * Reads a whole answer as `readAnswer` does, and adds masks to its things if they are wanted. When cancelled, the
 * remaining things stay unchanged.
 */
export async function readRefined(rawText: string, reading: Reading): Promise<ReadAnswer> {
  const { engine, manifest, context, seen, wantMasks, io } = reading;
  const answer = readAnswer(rawText, context);
  if (!wantMasks || !manifest.refiner || answer.things.length === 0 || io.signal.aborted) return answer;
  io.on({ kind: 'stage', stage: 'refine' });
  return { ...answer, things: await addMasks(engine, manifest, seen, answer.things, isStoppedBy(io)) };
}
