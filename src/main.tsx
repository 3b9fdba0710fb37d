import { render } from 'preact';
import { installAutomation } from './session/automation/automation.ts';
import { fetchOutlines } from './session/facts/outlines/outlines.ts';
import { createSession } from './session/session.ts';
import { openKeyValueStore } from './storage/key-value-store.ts';
import { openTab } from './storage/tab.ts';
import { download } from './ui/download.ts';
import { loadMap } from './ui/map/load-map.ts';
import { SessionContext } from './ui/session-context.ts';
import { App } from './ui/shell/app.tsx';
import { applyTheme } from './ui/ui-state.ts';
import type { BackendChoice } from './vlm/types.ts';
import { keepPart } from './workers/parts.ts';
import { createPlanClient, PLAN_PART } from './workers/plan/client.ts';
import { createRasterClient, RASTER_PART } from './workers/raster/client.ts';
import { createVlmClient } from './workers/vlm/client.ts';

/** The composition root: the only file that knows every part. */
const atPage = (path: string) => new URL(path, document.baseURI).href;

/** Parts of the VLM worker are fetched when it starts. */
async function fetchParts(): Promise<void> {
  await Promise.all([keepPart(RASTER_PART), keepPart(PLAN_PART), loadMap(), fetchOutlines()]);
}

const session = createSession({
  raster: createRasterClient,
  vlm: createVlmClient,
  plans: createPlanClient,
  modelBaseUrl: atPage('models/nadir-s/'),
  samplesBaseUrl: atPage('samples/'),
  fetchParts,
  storage: openKeyValueStore('nadir'),
  tab: openTab(),
});
installAutomation(session, download);
applyTheme();

/** `?backend=wasm` and `?backend=webgpu` choose the backend for this page load; the command line uses them, too. */
function askedBackend(): BackendChoice {
  const asked = new URLSearchParams(location.search).get('backend');
  return asked === 'webgpu' || asked === 'wasm' ? asked : 'auto';
}

const root = document.getElementById('app');
if (root) {
  // Removes the text for browsers in which the page doesn't start.
  root.replaceChildren();
  render(
    <SessionContext.Provider value={session}>
      <App />
    </SessionContext.Provider>,
    root,
  );
}
// After the first paint, while the model loads. A caller that needs a part learns of its failure.
const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 500));
whenIdle(() => void fetchParts().catch(() => undefined));
void session.model.load(askedBackend());
