/** What each kind of step is called, given what it was done to. Finishes "Undo …". */
const labels = {
  'accept-object': (object) => `accept ${object}`,
  'reject-object': (object) => `reject ${object}`,
  'reset-object': (object) => `reset ${object}`,
  'accept-objects': (objects) => `accept ${objects}`,
  'reject-objects': (objects) => `reject ${objects}`,
  'remove-answer': () => 'remove answer',
  'clear-answers': () => 'clear conversation',
  'show-overlay': (what) => `show ${what}`,
  'hide-overlay': (what) => `hide ${what}`,
  'add-layer': (layer) => `add ${layer}`,
  'remove-layer': (layer) => `remove ${layer}`,
  'move-layer': (layer) => `move ${layer}`,
  'rename-layer': (layer) => `name of ${layer}`,
  'set-visibility': (layer) => `visibility of ${layer}`,
  'set-opacity': (layer) => `opacity of ${layer}`,
  'set-bands': (layer) => `bands of ${layer}`,
  'set-display': (layer) => `display of ${layer}`,
  'set-look': (layer) => `look of ${layer}`,
  'set-sensor': (layer) => `sensor of ${layer}`,
  'set-stretch': (layer) => `stretch of ${layer}`,
  'share-stretch': (count) => `one stretch for ${count} layers`,
  'set-crs': (layer) => `coordinate system of ${layer}`,
  'add-vectors': (layer) => `add ${layer}`,
  'remove-vectors': (layer) => `remove ${layer}`,
  'show-vectors': (layer) => `show ${layer}`,
  'hide-vectors': (layer) => `hide ${layer}`,
} satisfies Record<string, (target: string) => string>;

export type StepId = keyof typeof labels;

/** A step that can be undone or redone. */
export interface Step {
  id: StepId;
  /** Name of what it changed; empty where there is only one. */
  target: string;
  /** For the user, e.g. "reject airplane 2". */
  label: string;
  /** Tells it from every other step, also of earlier page loads. */
  key: string;
}

export function stepOf(id: StepId, target: string, key: string): Step {
  return { id, target, label: labels[id](target), key };
}
