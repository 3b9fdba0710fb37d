import { render } from 'preact';
import { installAutomation } from './session/automation.ts';
import { createSession } from './session/session.ts';
import { openKeyValueStore } from './storage/key-value-store.ts';
import { SessionContext } from './ui/session-context.ts';
import { App } from './ui/shell/app.tsx';
import { applyTheme } from './ui/ui-state.ts';
import { createRasterClient } from './workers/raster/client.ts';
import type { BackendChoice } from './workers/vlm/api.ts';
import { createVlmClient } from './workers/vlm/client.ts';

/** The composition root: the only file that knows every part. */
const atPage = (path: string) => new URL(path, document.baseURI).href;

const session = createSession({
  raster: createRasterClient,
  vlm: createVlmClient,
  modelBaseUrl: atPage('models/nadir-s/'),
  samplesBaseUrl: atPage('samples/'),
  storage: openKeyValueStore('nadir'),
});
installAutomation(session);
applyTheme();

/** `?backend=wasm` and `?backend=webgpu` choose for this page load, as the command line does. */
function askedBackend(): BackendChoice {
  const asked = new URLSearchParams(location.search).get('backend');
  return asked === 'webgpu' || asked === 'wasm' ? asked : 'auto';
}

const root = document.getElementById('app');
if (root) {
  render(
    <SessionContext.Provider value={session}>
      <App />
    </SessionContext.Provider>,
    root,
  );
}
// A failure stays in the model's state, with its remedy.
session.loadModel(askedBackend()).catch(() => undefined);
