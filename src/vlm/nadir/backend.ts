import { NadirError } from '../../lib/errors.ts';
import { readAdapter } from '../adapters/read-adapter.ts';
import type { AdapterPort, AskIo, TeachingPort, VlmBackend } from '../backend.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { QuestionReader } from '../reader/reader.ts';
import { readEmbedding } from '../runtime/dequantise.ts';
import type { Engine } from '../runtime/engine.ts';
import { isStoppedBy, throwIfStopped } from '../stopping.ts';
import { teachingWith } from '../teaching/teaching.ts';
import { generate } from '../text/generate.ts';
import type { ModelTokenizer } from '../text/tokenizer.ts';
import type { Ask, AskResult, InputSpec, LookRequest, LookResult, ModelCard, Thing } from '../types.ts';
import { type CheckedViews, checkViews } from '../views.ts';
import { type AnswerContext, readAnswer } from './answer.ts';
import { cardOf, inputOf } from './card.ts';
import { calibrated } from './heads/calibration.ts';
import { coverMap } from './heads/cover.ts';
import { densitySums, headScores } from './heads/heads.ts';
import { knownProbability } from './heads/region-evidence.ts';
import { isShown, shownPart } from './heads/validity.ts';
import { addMasks } from './masks/refine.ts';
import { readRefined } from './masks/refine-answer.ts';
import { Observer } from './observer.ts';
import { type PlaceTokens, placeTokens } from './prompt.ts';
import { Prompter, type Shown } from './prompter.ts';
import { promptFor } from './words.ts';

/** A question that passed the checks of views and task. */
interface Prepared extends Ask {
  prompt: string;
  checked: CheckedViews;
}

/**
 * A model of the embedded family, on any device that the engine supports. It takes one question about one tile, or
 * about a pair of tiles of one place.
 */
export class NadirBackend implements VlmBackend {
  readonly card: ModelCard;
  readonly input: InputSpec;
  readonly adapters: AdapterPort;
  readonly teaching?: TeachingPort;
  readonly read?: NonNullable<VlmBackend['read']>;
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly tokenizer: ModelTokenizer;
  readonly embedding: Float32Array;
  readonly observer: Observer;
  /** Frees the engine and everything that it runs on. */
  readonly dispose: () => Promise<void>;
  private readonly prompter: Prompter;
  private readonly tokens: PlaceTokens;
  private readonly stopIds: ReadonlySet<number>;

  constructor(
    files: ModelFiles,
    tokenizer: ModelTokenizer,
    engine: Engine,
    dispose: () => Promise<void> = () => engine.dispose(),
    reader: QuestionReader | null = null,
  ) {
    const { manifest } = files;
    this.card = cardOf(files);
    this.input = inputOf(manifest);
    this.manifest = manifest;
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.dispose = dispose;
    if (reader) this.read = (question, before) => reader.read(question, before);
    this.embedding = readEmbedding(manifest.llm, files.get(manifest.llm.embed.file).buffer);
    this.tokens = placeTokens(tokenizer);
    this.stopIds = new Set(manifest.stop.map((token) => tokenizer.idOf(token)));
    this.observer = new Observer(manifest, engine);
    this.prompter = new Prompter({
      manifest,
      engine,
      tokenizer,
      tokens: this.tokens,
      embedding: this.embedding,
      observer: this.observer,
    });
    this.adapters = {
      attach: async (folder) => {
        const { info, weights } = await readAdapter(manifest, folder);
        await engine.useAdapter(weights);
        return info;
      },
      detach: () => engine.useAdapter(null),
    };
    const { neck } = manifest.connector;
    if (neck) this.teaching = teachingWith((view, io) => this.observer.features(view.pixels, neck, io));
    const proposed = manifest.detector?.prompt?.max ?? manifest.detector?.proposals.max ?? 0;
    if (this.tokens.pointers.length < proposed) {
      throw new NadirError(
        'MODEL_MANIFEST_INVALID',
        `The model's nadir.json asks for ${proposed} proposals in a prompt ("detector.prompt.max" or "detector.proposals.max"), and its tokenizer has ${this.tokens.pointers.length} pointer tokens. Restore the model folder.`,
        { details: { key: 'detector.proposals.max' } },
      );
    }
  }

  async ask(request: Ask, io: AskIo): Promise<AskResult> {
    const started = performance.now();
    const prompt = promptFor(this.manifest, request.intent);
    const views = checkViews(this, request);
    try {
      return await this.answer({ ...request, prompt, checked: views }, io, started);
    } catch (thrown) {
      if (thrown instanceof NadirError && thrown.code === 'ABORTED') return nothingWritten(prompt, started);
      throw thrown;
    }
  }

  private async answer(request: Prepared, io: AskIo, started: number): Promise<AskResult> {
    await throwIfStopped(io);
    const { manifest, engine } = this;
    const shown = await this.show(request, io);
    await throwIfStopped(io);

    io.on({ kind: 'stage', stage: 'prefill' });
    const context = this.answerContext(request, shown);
    // Unfinished text names no class yet.
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
      isCancelled: isStoppedBy(io),
      onPrefilled: () => io.on({ kind: 'stage', stage: 'decode' }),
      onText: (rawText, newTokens) => io.on({ kind: 'text', text: readAnswer(rawText, unjudged).text, newTokens }),
    });

    const refineStarted = performance.now();
    const { pixels, evidence } = shown.seen;
    const { neck } = manifest.connector;
    const seen = { pixels, neck: evidence.neck };
    const wantMasks = request.want.masks;
    const answer = await readRefined(written.rawText, { engine, manifest, context, seen, wantMasks, io });
    const ended = performance.now();
    return {
      ...answer,
      prompt: request.prompt,
      rawText: written.rawText,
      stopReason: written.stopReason,
      scores: headScores(manifest, evidence, request.views[0].gsdMetres),
      numbers: {
        ...answer.numbers,
        ...(evidence.density &&
          neck && {
            countedPart: shownPart(evidence.density, neck.grid, shown.seen.valid, manifest.slicing.tile),
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

  private show({ prompt, intent, checked }: Prepared, io: AskIo): Promise<Shown> {
    if (checked.pair) return this.prompter.pair(prompt, checked.pair.before.pixels, checked.pair.after.pixels, io);
    return this.prompter.one(prompt, checked.views[0].pixels, intent.region, io);
  }

  async inspect({ view, boxes, outline = [] }: LookRequest, io: AskIo): Promise<LookResult> {
    const { manifest, engine, observer } = this;
    const { seen } = await observer.look(view.pixels, io);
    const { pixels, evidence, valid } = seen;
    const given = boxes.map(({ label, box }) => ({ label, box, score: null, rings: null }));
    const proposed = (await observer.propose(seen, io)).map(({ classIndex, score, box }) => {
      const { name, calibration } = manifest.detector!.classes[classIndex]!;
      return { label: name, box, score: calibrated(score, calibration), rings: null };
    });
    const outlined = proposed.filter(({ label }) => outline.includes(label));
    const others = proposed.filter(({ label }) => !outline.includes(label));
    const maps = { pixels, neck: evidence.neck };
    const masked = await addMasks<Thing>(engine, manifest, maps, [...given, ...outlined], isStoppedBy(io));
    await throwIfStopped(io);
    const { density, cover } = evidence;
    const grid = manifest.connector.neck?.grid;
    const counted = density && grid ? shownPart(density, grid, valid, manifest.slicing.tile) : 1;
    return {
      masks: masked.slice(0, given.length).map(({ rings }) => rings),
      proposals: [...masked.slice(given.length), ...others],
      scores: headScores(manifest, evidence, view.gsdMetres),
      densities: densitySums(manifest, evidence).map(({ label, count }) => ({ label, count: count * counted })),
      ...(manifest.cover && cover && { cover: coverMap(manifest.cover, cover, valid) }),
    };
  }

  /** Runs every stage once on an empty tile. */
  async warmUp(): Promise<void> {
    const { tile } = this.manifest.slicing;
    const { hidden } = this.manifest.llm;
    await this.engine.see(new Float32Array(tile * tile * this.manifest.vision.bands));
    await this.engine.connect();
    const visualRows = this.manifest.tokensPerSlice;
    const length = visualRows + 8;
    await this.engine.prefill({ rows: new Float32Array(length * hidden), length, visualAt: 0, visualRows });
    await this.engine.step(this.embedding.subarray(0, hidden));
    // Opens the reader's larger graph, which takes a second or two.
    await this.read?.('How many?', null);
  }

  private answerContext({ intent, prompt }: Prepared, { proposals, classes, seen }: Shown): AnswerContext {
    const { manifest } = this;
    const { tile } = manifest.slicing;
    const { heat } = seen.evidence;
    const { task, label, region } = intent;
    return {
      shows: (box) => isShown(box, seen.valid, tile),
      known: (classIndex) => region && knownProbability(manifest, { heat, proposals }, region, classIndex),
      task,
      label,
      prompt,
      region,
      proposals,
      classes,
      dialect: manifest.dialect,
      tile,
    };
  }
}

function nothingWritten(prompt: string, started: number): AskResult {
  return {
    prompt,
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
