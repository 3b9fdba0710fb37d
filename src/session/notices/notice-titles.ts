/**
 * The title of each kind of notice, given the names that it is about: files, layers. A kind is what code goes by; the
 * words are for the user alone.
 */
export const noticeTitles = {
  // what the user wanted and didn't get
  'open-image': ([name]) => `${name} could not be opened`,
  'open-nothing': () => 'Nothing to open',
  'open-earlier-image': ([name = 'The layer']) => `${name} can’t be the earlier image`,
  'open-earlier-session': () => 'The earlier session could not be opened',
  'delete-earlier-session': () => 'The earlier session could not be deleted',
  'close-image': () => 'The image could not be closed',
  'use-sidecars': (names) => `${names.join(', ')} could not be used`,
  'read-vectors': ([name]) => `${name} could not be read`,
  'load-model': () => 'The model could not be loaded',
  'load-part': () => 'A part of Nadir could not be loaded',
  'change-display': () => 'The display could not be changed',
  'change-stretch': () => 'The stretch could not be changed',
  'build-overviews': () => 'The overviews could not be built',
  'stop-overviews': () => 'The overviews could not be stopped',
  'clear-overviews': () => 'The overviews could not be removed',
  'compare-layers': () => 'Nothing to compare',
  ask: () => 'The question could not be asked',
  'teach-class': () => 'Nothing was learned',
  'add-class': ([name]) => `${name} could not be used`,
  'retry-tiles': () => 'The tiles could not be tried again',
  'copy-text': () => 'The browser refused to copy',
  export: () => 'Export failed',
  'show-map': () => 'The map could not be shown',
  'read-tiles': () => 'Part of the image could not be read',
  'read-basemap': () => 'The basemap could not be read',
  // what happened without the user
  'reopen-image': ([name]) => `${name} could not be opened again`,
  'reopen-earlier-image': () => 'The earlier image could not be opened again',
  'model-restarted': () => 'Model restarted',
  'reader-restarted': () => 'Imagery reader restarted',
  'image-changed': ([name]) => `${name} has changed since it was last open`,
  'image-left-out': ([name]) => `${name} was left out`,
  'image-not-kept': ([name]) => `${name} won’t be there after a reload`,
  'images-lost': (names) => `${names.join(', ')} ${names.length > 1 ? 'were' : 'was'} open`,
  'earlier-image-lost': ([name]) => `${name} was open, as the earlier image`,
  'keep-tiles': () => 'Not every tile will be kept',
  'clear-tiles': () => 'The kept tiles could not be deleted',
  'nothing-kept': () => 'Answers and reviews won’t be there after a reload',
  'class-added': ([name]) => `${name} can be found now`,
  'files-left-aside': (names) => `${names.join(', ')} ${names.length > 1 ? 'were' : 'was'} left aside`,
  'opened-with-sidecars': ([image, ...sidecars]) => `${image} was opened with ${sidecars.join(', ')}`,
} satisfies Record<string, (about: readonly string[]) => string>;

export type NoticeTopic = keyof typeof noticeTitles;
