import * as v from 'valibot';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/dialects.ts';
import { checkAgreement } from './agreement.ts';
import { type Path, wrong } from './fail.ts';
import { type ManifestDocument, manifestSchema } from './schema.ts';
import { upgradeManifest } from './upgrade.ts';

/** `nadir.json` as the engine reads it: the document with its dialect, and with values that follow from its other parts. */
export interface Manifest extends Omit<ManifestDocument, 'dialect' | 'vision'> {
  /** How the model writes boxes. */
  dialect: Dialect;
  vision: ManifestDocument['vision'] & {
    /** Side of the square tile in pixels. */
    imageSize: number;
    /** Number of input channels. */
    bands: number;
  };
}

/** The description of the vision tower, without the files that hold it. */
export type VisionSpec = Omit<Manifest['vision'], 'graph' | 'weights'>;
export type DetectorSpec = NonNullable<Manifest['detector']>;
export type DetectedClass = DetectorSpec['classes'][number];
export type ChangeSpec = NonNullable<Manifest['change']>;
export type RefinerSpec = NonNullable<Manifest['refiner']>;
export type GridSpec = Pick<DetectorSpec, 'stride' | 'grid'>;
export type FileSpec = Manifest['files'][string];

/**
 * Reads `nadir.json` in this format or an earlier one. Throws MODEL_MANIFEST_INVALID, which names the first wrong key
 * by its nadir-model/2 name.
 */
export function parseManifest(json: unknown): Manifest {
  const upgraded = upgradeManifest(json);
  const parsed = v.safeParse(manifestSchema, upgraded, { abortEarly: true });
  if (!parsed.success) throw asError(parsed.issues[0]);
  const document = parsed.output;
  checkAgreement(document);
  return {
    ...document,
    dialect: dialectOf(document.dialect),
    vision: { ...document.vision, imageSize: document.slicing.tile, bands: document.bands.length },
  };
}

function asError(issue: v.BaseIssue<unknown>): Error {
  const path: Path = (issue.path ?? []).map(({ key }) => key as string | number);
  // For a missing or unknown key, valibot gives the message of the object around it.
  const isMissing = issue.kind === 'schema' && issue.expected?.startsWith('"') && issue.input === undefined;
  if (isMissing) return wrong(path, undefined, 'a value');
  if (issue.expected === 'never') return wrong(path, issue.path?.at(-1)?.value, 'no such key');
  return wrong(path, issue.input, issue.message);
}

/** Errors: MODEL_MANIFEST_INVALID if the dialect is unknown or the manifest states other facts about it. */
function dialectOf({ id, ...stated }: ManifestDocument['dialect']): Dialect {
  const dialect = dialects.find((each) => each.id === id);
  if (!dialect) {
    throw wrong(['dialect', 'id'], id, `one of ${dialects.map((each) => `"${each.id}"`).join(', ')}`);
  }
  const facts = flat(stated);
  for (const [fact, value] of Object.entries(dialect.facts)) {
    if (facts.get(fact) !== value) throw wrong(['dialect', ...fact.split('.')], facts.get(fact), JSON.stringify(value));
  }
  const unknown = [...facts.keys()].find((fact) => dialect.facts[fact] === undefined);
  if (unknown) throw wrong(['dialect', ...unknown.split('.')], facts.get(unknown), 'no such key');
  return dialect;
}

/** Values that are not objects, by their paths. */
function flat(object: object, at = ''): Map<string, unknown> {
  return new Map(
    Object.entries(object).flatMap(([key, value]) =>
      isRecord(value) ? [...flat(value, `${at}${key}.`)] : [[`${at}${key}`, value] as const],
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
