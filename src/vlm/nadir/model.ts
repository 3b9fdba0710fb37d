import type { RotatedBox } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { NadirError } from '../../lib/errors.ts';
import { nextMacrotask } from '../../lib/macrotask.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { DetectedClass, Manifest } from '../manifest/manifest.ts';
import { readEmbedding } from '../runtime/dequantise.ts';
import type { Engine, Evidence, PromptRows } from '../runtime/engine.ts';
import { noChangeHead } from '../runtime/small-graphs.ts';
import { generate } from '../text/generate.ts';
import type { ModelTokenizer } from '../text/tokenizer.ts';
import type { AskEvent, AskRequest, AskResult, LookRequest, LookResult } from '../types.ts';
import { type AnswerContext, readAnswer } from './answer.ts';
import { changeClass, changeInputs, changeRows, proposeChanges } from './change.ts';
import { fitProposals } from './fit-proposals.ts';
import { densitySums, headScores } from './heads.ts';
import { normalise } from './normalise.ts';
import { assemblePrompt, type PlaceTokens, placeTokens, turnContent } from './prompt.ts';
import { type Proposal, proposalInputs, propose } from './proposals.ts';
import { addMasks } from './refine.ts';
import { readRefined } from './refine-answer.ts';
import { knownProbability } from './region-evidence.ts';
import { bothValid, isShown, shownPart, type Validity } from './validity.ts';

/** What was seen on a tile, kept so that another question about the same tile is answered without looking again. */
interface Seen {
  pixels: Float32Array;
  valid: Validity;
  evidence: Evidence;
  /** Null until something asks for them. */
  proposals: readonly Proposal[] | null;
}

/** A prompt with its images in it, and what its pointers point at. */
interface Shown {
  prompt: PromptRows;
  proposals: readonly Proposal[];
  classes: readonly DetectedClass[];
  /** For change, of the later image. */
  seen: Seen;
  visionMs: number;
  connectorMs: number;
  changed: number | null;
}

export interface AskControl {
  onEvent: (event: AskEvent) => void;
  isCancelled: () => boolean;
}

/** A loaded model: one tile and one question in, one answer out, on whichever backend the engine runs. */
export class VlmModel {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly tokenizer: ModelTokenizer;
  readonly embedding: Float32Array;
  private readonly tokens: PlaceTokens;
  private readonly stopIds: ReadonlySet<number>;
  private seen: Seen | null = null;

  constructor(files: ModelFiles, tokenizer: ModelTokenizer, engine: Engine) {
    this.manifest = files.manifest;
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.embedding = readEmbedding(this.manifest.llm, files.get(this.manifest.llm.embed.file).buffer);
    this.tokens = placeTokens(tokenizer);
    this.stopIds = new Set(this.manifest.stop.map((token) => tokenizer.idOf(token)));
    if (this.tokens.pointers.length < this.manifest.proposals.max) {
      throw new NadirError(
        'MODEL_MANIFEST_INVALID',
        `The model's nadir.json asks for ${this.manifest.proposals.max} proposals ("proposals.max"), and its tokenizer has ${this.tokens.pointers.length} pointer tokens. Restore the model folder.`,
        { details: { key: 'proposals.max' } },
      );
    }
  }

  /**
   * Answers one request. Being cancelled is no error: the result then holds what was written so far, with stopReason
   * "aborted". Errors: INVALID_ARGUMENT, PROMPT_TOO_LONG, DEVICE_LOST, OUT_OF_MEMORY.
   */
  async ask(request: AskRequest, control: AskControl): Promise<AskResult> {
    const started = performance.now();
    try {
      return await this.answer(request, control, started);
    } catch (thrown) {
      if (thrown instanceof NadirError && thrown.code === 'ABORTED') return nothingWritten(started);
      throw thrown;
    }
  }

  private async answer(request: AskRequest, control: AskControl, started: number): Promise<AskResult> {
    await stopIfCancelled(control);
    const { manifest, engine } = this;
    const shown = request.task === 'change' ? await this.showPair(request, control) : await this.show(request, control);
    await stopIfCancelled(control);

    control.onEvent({ kind: 'stage', stage: 'prefill' });
    const context = this.answerContext(request, shown);
    // Half a sentence names nothing yet.
    const unjudged: AnswerContext = { ...context, known: () => null };
    const pointerIds = new Set(this.tokens.pointers);
    const written = await generate({
      engine,
      tokenizer: this.tokenizer,
      prompt: shown.prompt,
      embedding: this.embedding,
      hidden: manifest.llm.hidden,
      maxPositions: manifest.llm.maxPositions,
      stopIds: this.stopIds,
      isPointer: (id) => pointerIds.has(id),
      impossible: this.tokens.pointers.slice(context.proposals.length),
      options: { ...request.options, maxNewTokens: Math.min(request.options.maxNewTokens, manifest.maxNewTokens) },
      isCancelled: control.isCancelled,
      onPrefilled: () => control.onEvent({ kind: 'stage', stage: 'decode' }),
      onText: (rawText, newTokens) =>
        control.onEvent({ kind: 'text', text: readAnswer(rawText, unjudged).text, newTokens }),
    });

    const refineStarted = performance.now();
    const { pixels, evidence } = shown.seen;
    const seen = { pixels, neck: evidence.neck };
    const { wantMasks } = request;
    const answer = await readRefined(written.rawText, { engine, manifest, context, seen, wantMasks, control });
    const ended = performance.now();
    return {
      ...answer,
      rawText: written.rawText,
      stopReason: written.stopReason,
      scores: headScores(manifest, evidence),
      numbers: {
        ...answer.numbers,
        ...(evidence.density && {
          countedPart: shownPart(evidence.density, manifest.neck.grid, shown.seen.valid, manifest.slicing.tile),
        }),
        ...(shown.changed !== null && { changed: shown.changed }),
      },
      timings: {
        visionMs: shown.visionMs,
        connectorMs: shown.connectorMs,
        prefillMs: written.prefillMs,
        decodeMs: written.decodeMs,
        refineMs: ended - refineStarted,
        totalMs: ended - started,
        promptTokens: shown.prompt.length,
        newTokens: written.tokens.length,
        tokensPerSecond: written.decodeMs > 0 ? (written.tokens.length * 1000) / written.decodeMs : 0,
      },
    };
  }

  /** One tile, with what the dense head proposes on it and the region asked about. */
  private async show(request: AskRequest, control: AskControl): Promise<Shown> {
    const { manifest, engine } = this;
    const hasRegion = request.region !== null && this.tokens.region !== null;
    const ids = this.tokenizer.encodeTurn(turnContent(request.prompt, hasRegion, this.tokenizer.specialTokens));
    const { seen, visionMs, connectorMs } = await this.look(request.slice.tile, control);
    const placesStarted = performance.now();
    const proposals = await this.propose(seen, control);
    const region: RotatedBox | null = hasRegion ? request.region : null;
    const places = await engine.embedPlaces(proposalInputs(manifest, seen.evidence, proposals, region));
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
    const classes = manifest.detector.classes;
    return { prompt, proposals, classes, seen, visionMs, connectorMs: connectorMs + placesMs, changed: null };
  }

  /** Two tiles of one place: what stands for each of them, and what the change head makes of the pair. */
  private async showPair(request: AskRequest, control: AskControl): Promise<Shown> {
    const { manifest, engine } = this;
    const spec = manifest.change;
    if (!spec) throw noChangeHead();
    if (!request.before) {
      throw new NadirError('INVALID_ARGUMENT', 'A question about change needs an earlier image. Open one, then ask.');
    }
    const ids = this.tokenizer.encodeTurn(turnContent(request.prompt, false, this.tokenizer.specialTokens));
    const before = await this.look(request.before.tile, control);
    const visualBefore = await engine.readVisual();
    // The later image last: the next question about it finds it seen.
    const after = await this.look(request.slice.tile, control);
    const visualAfter = await engine.readVisual();
    const started = performance.now();
    const necks = { before: before.seen.evidence.neck, after: after.seen.evidence.neck };
    const found = await engine.compare(necks.before, necks.after);
    const valid = bothValid(before.seen.valid, after.seen.valid);
    const changes = proposeChanges(spec, found).filter(({ box }) => isShown(box, valid, manifest.slicing.tile));
    const places = await engine.embedChanges(changeInputs(manifest, spec, necks, changes));
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

  /** What is seen on a tile before any question, and the masks of given boxes. Errors: as `ask`; ABORTED. */
  async inspect({ slice, boxes }: LookRequest, isCancelled: () => boolean): Promise<LookResult> {
    const { manifest, engine } = this;
    const control = { onEvent: () => {}, isCancelled };
    const { seen } = await this.look(slice.tile, control);
    const things = boxes.map(({ label, box }) => ({ label, box, score: null, rings: null }));
    const { pixels, evidence } = seen;
    const proposals = await this.propose(seen, control);
    const masked = await addMasks(engine, manifest, { pixels, neck: evidence.neck }, things, isCancelled);
    return {
      masks: masked.map(({ rings }) => rings),
      proposals: proposals.map(({ classIndex, score, box }) => ({
        label: manifest.detector.classes[classIndex]!.name,
        score,
        box,
        rings: null,
      })),
      scores: headScores(manifest, evidence),
      densities: densitySums(manifest, evidence),
    };
  }

  /** Runs everything once on an empty tile, so that the first question doesn't pay for compiling and allocating. */
  async warmUp(): Promise<void> {
    const { tile } = this.manifest.slicing;
    const { hidden } = this.manifest.llm;
    await this.engine.see(new Float32Array(tile * tile * this.manifest.vision.bands));
    await this.engine.connect();
    const visualRows = this.manifest.tokensPerSlice;
    const length = visualRows + 8;
    await this.engine.prefill({ rows: new Float32Array(length * hidden), length, visualAt: 0, visualRows });
    await this.engine.step(this.embedding.subarray(0, hidden));
  }

  /**
   * What the prompt's pointers stand for: the dense head's boxes, fitted where the model says so, those left out that lie mostly in
   * nodata or padding; remembered beside what was seen.
   */
  async propose(seen: Seen, control: Pick<AskControl, 'isCancelled'>): Promise<readonly Proposal[]> {
    if (seen.proposals) return seen.proposals;
    const { manifest, engine } = this;
    const maps = { pixels: seen.pixels, neck: seen.evidence.neck };
    const shows = ({ box }: Proposal) => isShown(box, seen.valid, manifest.slicing.tile);
    const heads = propose(manifest, seen.evidence.heat, seen.evidence.geom).filter(shows);
    const fitted = await fitProposals(engine, manifest, maps, heads, control.isCancelled);
    const proposals = fitted.filter(shows);
    await stopIfCancelled(control);
    seen.proposals = proposals;
    return proposals;
  }

  /** Vision tower and connector; remembered for the next question about the same pixels. */
  async look(tile: BandTile, control: AskControl): Promise<{ seen: Seen; visionMs: number; connectorMs: number }> {
    const pixels = normalise(this.manifest, tile);
    if (this.seen && sameNumbers(this.seen.pixels, pixels) && sameMask(this.seen.valid, tile.valid))
      return { seen: this.seen, visionMs: 0, connectorMs: 0 };
    this.seen = null;
    const started = performance.now();
    control.onEvent({ kind: 'stage', stage: 'vision' });
    await this.engine.see(pixels, control.isCancelled);
    const middle = performance.now();
    await stopIfCancelled(control);
    control.onEvent({ kind: 'stage', stage: 'connector' });
    const evidence = await this.engine.connect();
    await stopIfCancelled(control);
    this.seen = { pixels, valid: tile.valid, evidence, proposals: null };
    return { seen: this.seen, visionMs: middle - started, connectorMs: performance.now() - middle };
  }

  private answerContext(request: AskRequest, { proposals, classes, seen }: Shown): AnswerContext {
    const { manifest } = this;
    const { tile } = manifest.slicing;
    const { heat } = seen.evidence;
    const { region } = request;
    return {
      shows: (box) => isShown(box, seen.valid, tile),
      known: (classIndex) => region && knownProbability(manifest, { heat, proposals }, region, classIndex),
      task: request.task,
      label: request.label,
      prompt: request.prompt,
      region,
      proposals,
      classes,
      dialect: manifest.dialect,
      tile,
    };
  }
}

async function stopIfCancelled(control: Pick<AskControl, 'isCancelled'>): Promise<void> {
  await nextMacrotask();
  if (control.isCancelled()) throw new NadirError('ABORTED', 'Stopped on request.');
}

function nothingWritten(started: number): AskResult {
  return {
    text: '',
    rawText: '',
    dialectText: '',
    things: [],
    stopReason: 'aborted',
    scores: {},
    numbers: {},
    timings: {
      visionMs: 0,
      connectorMs: 0,
      prefillMs: 0,
      decodeMs: 0,
      refineMs: 0,
      totalMs: performance.now() - started,
      promptTokens: 0,
      newTokens: 0,
      tokensPerSecond: 0,
    },
  };
}

function sameMask(a: Validity, b: Validity): boolean {
  return a === b || (a !== null && b !== null && a.every((value, i) => value === b[i]));
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
