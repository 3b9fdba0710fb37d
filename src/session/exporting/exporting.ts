import type { ExportFormat } from '../../export/format.ts';
import { exportFormats } from '../../export/formats.ts';
import type { ExportInput } from '../../export/types.ts';
import { NadirError } from '../../lib/errors.ts';
import type { CoverLayer } from '../cover/port.ts';
import type { Answer, OpenScene } from '../document.ts';
import { asSeenBy } from '../review/objects.ts';
import type { SessionState } from '../state.ts';
import type { ExportedFile } from './port.ts';

/**
 * Writes the active layer's answers, or the named ones, in a format of the table; with a label, its objects alone. Errors: CHOICE_UNKNOWN for a format
 * that isn't in it, NO_IMAGE, and those of the format.
 */
export async function exportAs(
  state: SessionState,
  formatId: string,
  answerIds: readonly string[] | undefined,
  label: string | null = null,
): Promise<ExportedFile> {
  const format = formatOf(formatId);
  const whole = exportInput(state, answerIds);
  return written(format, label === null ? whole : ofLabel(whole, label));
}

/** Writes a land cover alone. Errors: CHOICE_UNKNOWN for a format that isn't in the table; those of the format. */
export async function exportCover(
  cover: CoverLayer,
  image: OpenScene['info'],
  formatId: string,
): Promise<ExportedFile> {
  const input = { image, place: image.georeference, answers: [], objects: [], cover };
  return written(formatOf(formatId), input);
}

async function written(format: ExportFormat, input: ExportInput): Promise<ExportedFile> {
  const stem = input.image.fileName.replace(/\.[^.]+$/, '');
  // The image itself may be of the same format.
  const about = format.about ? `.${format.about.replaceAll(' ', '-')}` : '';
  return { fileName: `${stem}${about}.${format.extension}`, blob: await format.write(input) };
}

function formatOf(id: string): ExportFormat {
  const found = exportFormats.find((format) => format.id === id);
  if (found) return found;
  const known = exportFormats.map((format) => `"${format.id}"`).join(', ');
  throw new NadirError('CHOICE_UNKNOWN', `There is no export format "${id}". Choose one of ${known}.`);
}

/** The objects of one class, and the answers that point at them. */
function ofLabel(input: ExportInput, label: string): ExportInput {
  const objects = input.objects.filter((object) => object.label === label);
  const ids = new Set(objects.flatMap(({ sightings }) => sightings.map(({ answerId }) => answerId)));
  return { ...input, objects, answers: input.answers.filter(({ id }) => ids.has(id)), cover: null };
}

/** Whether an answer is about the land cover: its classes, or how much ground is of some. */
export const isByCover = ({ result }: Pick<Answer, 'result'>): boolean =>
  result?.kind === 'cover' || (result?.kind === 'measure' && result.caveats.some(({ kind }) => kind === 'by-cover'));

/** Commands are left out: they say nothing of the image, unless a plan was run for them. */
function exportInput(state: SessionState, answerIds: readonly string[] | undefined): ExportInput {
  const scene = state.scene.value;
  if (!scene) throw new NadirError('NO_IMAGE', 'No image is open, so there is nothing to export. Open one.');
  const ofLayer = state.answers.value.filter(({ layerId }) => layerId === undefined || layerId === scene.layerId);
  const asked = ofLayer.filter(({ command, plan }) => command === undefined || plan !== undefined);
  const answers = asked.filter(({ id }) => !answerIds || answerIds.includes(id));
  const ids = new Set(answers.map(({ id }) => id));
  const objects = state.objects.value.flatMap((object) => {
    const seen = object.state === 'rejected' ? null : asSeenBy(object, ids);
    return seen ?? [];
  });
  const cover = state.covers.value.find(({ layerId }) => layerId === scene.layerId) ?? null;
  const isMeant = cover !== null && (!answerIds || answers.some(isByCover));
  return { image: scene.info, place: scene.info.georeference, answers, objects, cover: isMeant ? cover : null };
}
