import type { BackendInfo, ModelInfo } from '../../vlm/types.ts';
import type { Fact } from '../facts/recognise.ts';
import type { SessionState } from '../state.ts';
import type { AskInput } from './port.ts';

/** What an answer records in place of a model where none was asked: the file itself answers, or a command was done. */
export const NO_MODEL: ModelInfo = {
  id: 'none',
  name: 'none',
  version: '',
  licence: '',
  hash: '',
  sizeBytes: 0,
  classes: [],
  scenes: [],
  tasks: [],
  languages: ['en', 'zh'],
  scoreMeaning: '',
  hasRefiner: false,
  tileSize: 0,
  tileOverlap: 0,
  maxSlices: 0,
  bands: [],
  gsdMetres: null,
};

export const NO_BACKEND: BackendInfo = {
  kind: 'none',
  label: 'none: no model was needed',
  adapter: null,
  software: false,
  f16: false,
  threads: 0,
  reason: 'no model was needed',
};

/** The input about the region that its words name, unless it is asked of the whole scene: "Run on whole scene" keeps the words. */
export function withRegionNamed(
  { region: asked, ...input }: AskInput,
  fact: Fact,
  { region: drawn, view }: Pick<SessionState, 'region' | 'view'>,
): AskInput {
  const named = { asked, marked: drawn.value, view: view.value, scene: 'scene' as const };
  const region = asked === 'scene' ? asked : named[fact.kind === 'statistics' ? fact.where : 'asked'];
  return region ? { ...input, region } : input;
}
