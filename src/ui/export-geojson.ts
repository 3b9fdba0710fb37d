import type { Session } from '../session/types.ts';
import { download } from './download.ts';

/** Saves the answers given, or all of them, as GeoJSON through the browser's download; a failure becomes a notice. */
export function exportGeoJson(session: Session, answerIds?: string[]): void {
  try {
    const { fileName, text } = session.exportGeoJson(answerIds);
    download(fileName, text, 'application/geo+json');
  } catch (thrown) {
    session.notify(thrown, 'Export failed');
  }
}
