import type { Locator, Page } from 'playwright';
import type { PixelWindow } from '../../src/geo/types.ts';
import type { AnalyzeInput, AnalyzeResult } from '../../src/session/automation/analyze.ts';
import type { Answer, SceneObject } from '../../src/session/document.ts';

/** Loading the model or one answer, on a software WebGPU adapter with two shared cores. */
const MODEL_MS = 300_000;
const ANSWER_MS = 400_000;

export type FileSource = string | { name: string; mimeType: string; buffer: Buffer };

/** The app as its user sees it: by the roles and names on the screen. */
export class AppPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get map(): Locator {
    return this.page.getByRole('region', { name: 'Map' });
  }

  get conversation(): Locator {
    return this.page.getByRole('region', { name: 'Conversation' });
  }

  get status(): Locator {
    return this.page.getByRole('contentinfo');
  }

  get lastAnswer(): Locator {
    return this.conversation.getByRole('article').last();
  }

  /** Waits until the model is loaded; the status line then shows the backend's label. */
  async modelReady(): Promise<void> {
    await this.page.waitForFunction(
      () => ['ready', 'failed'].includes(globalThis.nadir?.session.model.state.value.status ?? ''),
      undefined,
      { timeout: MODEL_MS },
    );
    const state = await this.page.evaluate(() => globalThis.nadir?.session.model.state.value);
    if (state?.status === 'failed')
      throw new Error(`The model did not load: ${state.error.code} ${state.error.message}`);
  }

  async openFile(file: FileSource): Promise<void> {
    await this.page.locator('#scene-file').setInputFiles(file);
  }

  /** Presses "Sample scene" and waits for the map. */
  async openSample(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sample scene' }).click();
    await this.map.waitFor();
  }

  /** Opens another sample from the menu beside the button. */
  async openSampleNamed(title: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: 'More samples' }).click();
    await this.page.getByRole('menuitem', { name: title }).click();
    await this.map.waitFor();
  }

  /** Marks a region, as drawing it on the map would. */
  async markRegion(region: PixelWindow): Promise<void> {
    await this.page.evaluate((window) => {
      const session = globalThis.nadir?.session;
      if (session) session.layers.region.value = window;
    }, region);
  }

  /**
   * Chooses a task by its button, fills in the label and asks about the whole scene or the marked region. Doesn't wait
   * for the answer.
   */
  async startTask(task: string, label: string | null, about: 'scene' | 'auto' = 'scene'): Promise<void> {
    await this.conversation.getByRole('button', { name: task, exact: true }).click();
    if (label !== null) await this.conversation.getByRole('combobox', { name: 'Label' }).fill(label);
    await this.ask(about);
  }

  async startQuestion(text: string, about: 'scene' | 'auto' = 'scene'): Promise<void> {
    await this.conversation.getByRole('textbox', { name: 'Ask about this view' }).fill(text);
    await this.ask(about);
  }

  /** The answer's article, once it is complete. */
  async answered(): Promise<Locator> {
    await this.page.waitForFunction(() => globalThis.nadir?.session.asking.running.value === null, undefined, {
      timeout: ANSWER_MS,
    });
    return this.lastAnswer;
  }

  async answers(): Promise<Answer[]> {
    return this.page.evaluate(() => globalThis.nadir?.session.asking.answers.value ?? []);
  }

  async objects(): Promise<SceneObject[]> {
    return this.page.evaluate(() => globalThis.nadir?.session.review.objects.value ?? []);
  }

  /** Presses "Export GeoJSON" of the last answer and returns the saved file. */
  async exportGeoJson(): Promise<{ fileName: string; text: string }> {
    const download = this.page.waitForEvent('download');
    await this.lastAnswer.getByRole('button', { name: 'Export GeoJSON' }).click();
    const saved = await download;
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(Buffer.from(chunk));
    return { fileName: saved.suggestedFilename(), text: Buffer.concat(chunks).toString('utf8') };
  }

  /** Every answer of the active layer as GeoJSON, straight from the session. */
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, looked into freely
  async geoJsonOfAll(): Promise<any> {
    const text = await this.page.evaluate(async () => {
      const { blob } = await globalThis.nadir!.session.exporting.exportAs('geojson');
      return blob.text();
    });
    return JSON.parse(text);
  }

  /** Calls the page's own `analyze`. Throws its errors with code and message. */
  async analyze(input: AnalyzeInput): Promise<AnalyzeResult> {
    const reply = await this.page.evaluate((request) => globalThis.nadir?.analyze(request), input);
    if (!reply) throw new Error('The page has no automation.');
    if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`);
    return reply.result;
  }

  private async ask(about: 'scene' | 'auto'): Promise<void> {
    await this.conversation.getByRole('combobox', { name: 'Region' }).selectOption(about);
    await this.conversation.getByRole('button', { name: 'Ask', exact: true }).click();
    await this.conversation.getByRole('article').last().waitFor();
  }
}
