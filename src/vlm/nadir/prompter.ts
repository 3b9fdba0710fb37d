import type { RotatedBox } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import type { AskIo } from '../backend.ts';
import type { DetectedClass, Manifest } from '../manifest/manifest.ts';
import type { Engine, PromptRows } from '../runtime/engine.ts';
import { noChangeHead } from '../runtime/small-graphs.ts';
import type { ModelTokenizer } from '../text/tokenizer.ts';
import { changeClass, changeInputs, changeRows, proposeChanges } from './heads/change.ts';
import { type Proposal, prompted, proposalInputs } from './heads/proposals.ts';
import { bothValid, isShown } from './heads/validity.ts';
import type { Observer, Seen } from './observer.ts';
import { assemblePrompt, type PlaceTokens, turnContent } from './prompt.ts';

/** A prompt that includes its images, and the proposals that its pointers refer to. */
export interface Shown {
  prompt: PromptRows;
  proposals: readonly Proposal[];
  classes: readonly DetectedClass[];
  /** For change, the evidence of the later image. */
  seen: Seen;
  visionMs: number;
  connectorMs: number;
  /** Probability that anything changed; null for one image. */
  changed: number | null;
}

/** Combines images and words into prompts. */
export class Prompter {
  private readonly manifest: Manifest;
  private readonly engine: Engine;
  private readonly tokenizer: ModelTokenizer;
  private readonly tokens: PlaceTokens;
  /** f32[vocab, hidden]. */
  private readonly embedding: Float32Array;
  private readonly observer: Observer;

  constructor(parts: {
    manifest: Manifest;
    engine: Engine;
    tokenizer: ModelTokenizer;
    tokens: PlaceTokens;
    embedding: Float32Array;
    observer: Observer;
  }) {
    this.manifest = parts.manifest;
    this.engine = parts.engine;
    this.tokenizer = parts.tokenizer;
    this.tokens = parts.tokens;
    this.embedding = parts.embedding;
    this.observer = parts.observer;
  }

  /** Makes the prompt for one tile: the dense head's proposals and the region asked about, if any. */
  async one(words: string, tile: BandTile, region: RotatedBox | null, io: AskIo): Promise<Shown> {
    const { manifest, engine } = this;
    const marked = this.tokens.region === null ? null : region;
    const ids = this.idsOf(words, marked !== null);
    const { seen, visionMs, connectorMs } = await this.observer.look(tile, io);
    const placesStarted = performance.now();
    const found = await this.observer.propose(seen, io);
    const proposals = manifest.detector ? prompted(manifest.detector, found) : found;
    const places = await engine.embedPlaces(proposalInputs(manifest, seen.evidence, proposals, marked));
    const placesMs = performance.now() - placesStarted;
    const prompt = assemblePrompt(
      manifest.llm,
      ids,
      this.tokens,
      this.embedding,
      manifest.tokensPerSlice,
      proposals.length,
      places,
    );
    const classes = manifest.detector?.classes ?? [];
    return { prompt, proposals, classes, seen, visionMs, connectorMs: connectorMs + placesMs, changed: null };
  }

  /** Makes the prompt for two tiles of one place: the rows of both tiles and the change head's proposals. */
  async pair(words: string, earlier: BandTile, later: BandTile, io: AskIo): Promise<Shown> {
    const { manifest, engine } = this;
    const spec = manifest.change;
    const { neck } = manifest.connector;
    if (!spec || !neck) throw noChangeHead();
    const ids = this.idsOf(words, false);
    const before = await this.observer.look(earlier, io);
    const visualBefore = await engine.readVisual();
    // The later image is run last, so that the next question about it finds it remembered.
    const after = await this.observer.look(later, io);
    const visualAfter = await engine.readVisual();
    const started = performance.now();
    const necks = { before: before.seen.evidence.neck, after: after.seen.evidence.neck };
    const found = await engine.compare(necks.before, necks.after);
    const valid = bothValid(before.seen.valid, after.seen.valid);
    const changes = proposeChanges(spec, found).filter(({ box }) => isShown(box, valid, manifest.slicing.tile));
    const places = await engine.embedChanges(changeInputs(manifest, neck, spec, necks, changes));
    const given = changeRows(spec, manifest.llm.hidden, visualBefore, visualAfter, found.rows);
    const givenRows = given.length / manifest.llm.hidden;
    const prompt = assemblePrompt(manifest.llm, ids, this.tokens, this.embedding, givenRows, changes.length, places);
    prompt.rows.set(given, prompt.visualAt * manifest.llm.hidden);
    return {
      prompt: { ...prompt, visualRows: 0 },
      proposals: changes,
      classes: [changeClass],
      seen: after.seen,
      visionMs: before.visionMs + after.visionMs,
      connectorMs: before.connectorMs + after.connectorMs + performance.now() - started,
      changed: found.changed,
    };
  }

  private idsOf(words: string, hasRegion: boolean): number[] {
    return this.tokenizer.encodeTurn(turnContent(words, hasRegion, this.tokenizer.specialTokens));
  }
}
