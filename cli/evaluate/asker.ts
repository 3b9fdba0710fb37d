import type { Feature } from 'geojson';
import type { Page } from 'playwright';
import { type CoverRaster, classesOf } from '../../src/cover/cover-raster.ts';
import { boxFromCorners, cornersOf } from '../../src/geo/boxes/rotated-box.ts';
import type { Point, Quad } from '../../src/geo/types.ts';
import { NadirError } from '../../src/lib/errors.ts';
import type { AnalyzeResult } from '../../src/session/automation/analyze.ts';
import type { TaskId } from '../../src/tasks/table.ts';
import type { BackendChoice } from '../../src/vlm/types.ts';
import { analyzeInPage } from '../page-driver.ts';
import { type FoundBox, type Given, type Heads, type MappedCover, unanswered } from './answer-line.ts';
import type { PageImage } from './images/make-image.ts';
import type { Question } from './question.ts';

const QUESTION_TIMEOUT_MS = 120_000;
const OPEN_TIMEOUT_MS = 30_000;
/** From this probability on, a head's answer is yes. */
const HEAD_SAYS = 0.5;
const SCENE_INPUT = '#scene-file';
const BEFORE_INPUT = '#before-file';

/** Asks questions in a page of the app. A page that died is replaced before the next question. */
export class Asker {
  private readonly open: () => Promise<Page>;
  private readonly backend: BackendChoice;
  private page: Page | null = null;
  private shown: string | null = null;

  constructor(open: () => Promise<Page>, backend: BackendChoice) {
    this.open = open;
    this.backend = backend;
  }

  /**
   * `image` is called only if the page doesn't already show the image; `name` identifies it. Never rejects: a failure
   * becomes the answer's `error`.
   */
  async ask(question: Question, name: string, image: () => Promise<PageImage>): Promise<Given> {
    try {
      const page = await this.ready();
      if (this.shown !== name) {
        this.shown = null;
        const { main, before } = await image();
        await show(page, SCENE_INPUT, main);
        if (before !== null) await this.settled(page);
        if (before !== null) await show(page, BEFORE_INPUT, before);
      }
      const given = question.task === 'masks' ? await this.look(page, question) : await this.analyze(page, question);
      this.shown = name;
      return given;
    } catch (thrown) {
      const { code, message } = NadirError.from(thrown);
      this.shown = null;
      if (code === 'OUT_OF_MEMORY' || code === 'ABORTED' || this.page?.isClosed()) await this.drop();
      // Playwright appends its call log after the first line.
      return unanswered(`${code}: ${message.split('\n')[0]}`);
    }
  }

  private async ready(): Promise<Page> {
    this.page ??= await this.open();
    return this.page;
  }

  private async drop(): Promise<void> {
    await this.page?.close().catch(() => undefined);
    this.page = null;
  }

  private async analyze(page: Page, { task, label, text }: Question): Promise<Given> {
    // `masks` is handled elsewhere. The page refuses a task that this build doesn't know.
    const request = { filePath: null, task: task as TaskId, label, backend: this.backend };
    const result = await analyzeInPage(
      page,
      text === null ? request : { ...request, text },
      QUESTION_TIMEOUT_MS,
      () => undefined,
    );
    const [failed] = result.answer.failedTiles;
    if (failed) throw NadirError.fromData(failed.error);
    return { ...givenOf(result), cover: task === 'cover' ? await coverOf(page) : null };
  }

  private async look(page: Page, { truth, label }: Question): Promise<Given> {
    const shapes = truth.kind === 'true-masks' ? truth.shapes : [];
    const boxes = shapes.map(({ box }) => ({ label: label ?? '', box: boxFromCorners(box) }));
    const startMs = Date.now();
    const reply = await page.evaluate((given) => globalThis.nadir!.look(given), { boxes });
    if (!reply.ok) throw NadirError.fromData(reply.error);
    const { result } = reply;
    return {
      ...unanswered(null),
      masks: result.masks,
      proposals: result.proposals.map(({ label, score, box }) => ({
        label,
        score,
        corners: cornersOf(box),
        mask: null,
      })),
      answerMs: Date.now() - startMs,
    };
  }

  /** Waits until the page has opened the file, or failed to, so that the next file isn't confused with it. */
  private async settled(page: Page): Promise<void> {
    await page.waitForFunction(() => globalThis.nadir!.session.opening.name.value === null, undefined, {
      polling: 20,
      timeout: OPEN_TIMEOUT_MS,
    });
  }
}

async function show(page: Page, selector: string, files: PageImage['main']): Promise<void> {
  await page.locator(selector).first().setInputFiles(files);
}

/** The land cover that the page shows of its image; null if there is none. */
async function coverOf(page: Page): Promise<MappedCover | null> {
  const map = await page.evaluate(() => {
    const raster = globalThis.nadir!.session.cover.layer.value?.raster;
    if (!raster) return null;
    const { probabilities, ...rest } = raster;
    return { ...rest, probabilities: [...probabilities] };
  });
  if (map === null) return null;
  const raster: CoverRaster = { ...map, probabilities: Uint8Array.from(map.probabilities) };
  const { probabilities: _, ...rest } = raster;
  return { ...rest, classes: Buffer.from(classesOf(raster)).toString('base64') };
}

/** Outer rings in source pixels; null for a box without a mask, and if the export is in degrees. */
function maskOf({ geometry, properties }: Feature, geojson: AnalyzeResult['geojson']): Point[][] | null {
  const { coordinates } = (geojson as { nadir?: { coordinates?: string } }).nadir ?? {};
  if (properties?.geometrySource !== 'mask' || coordinates !== 'pixel') return null;
  const polygons =
    geometry?.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry?.type === 'MultiPolygon'
        ? geometry.coordinates
        : [];
  return polygons.map(([outer = []]) => outer.map(([x = 0, y = 0]): Point => [x, y]));
}

function givenOf({ text, features, counts, answer, timings, geojson }: AnalyzeResult): Given {
  return {
    ...unanswered(null),
    text,
    rawTexts: answer.raw.map(({ rawText }) => rawText),
    boxes: features.flatMap((feature): FoundBox[] => {
      const { properties } = feature;
      const corners = properties?.pixelCorners as Quad | undefined;
      if (!corners) return [];
      const { label, score } = properties as { label?: string; score?: number };
      return [{ corners, label: label ?? null, score: score ?? null, mask: maskOf(feature, geojson) }];
    }),
    heads: headsOf(answer),
    statedCount: counts.stated,
    malformedBoxes: answer.numbers.malformed ?? 0,
    stopReasons: answer.raw.map(({ stopReason }) => stopReason),
    answerMs: timings.answerMs,
  };
}

function headsOf({ scores, numbers }: AnalyzeResult['answer']): Heads {
  const { scene = [], quality = [] } = scores;
  const said = quality.filter(({ probability }) => probability >= HEAD_SAYS).map(({ label }) => label);
  return {
    scene: scene[0]?.label ?? null,
    defects: quality.length === 0 ? null : said,
    changed: numbers.changed ?? null,
  };
}
