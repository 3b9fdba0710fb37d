import type { TextRun } from '../../../session/document.ts';

const separator = /^(, | and |, and |; |,| |、|，|和)$/;

/**
 * Joins lists such as "airplanes: airplane 1, airplane 2, airplane 3" into one run with all their objects, so that they
 * read as "airplanes: 1 2 3". If a list is introduced by its name and a colon, that text becomes the phrase. Other runs
 * are unchanged.
 */
export function groupRuns(runs: readonly TextRun[]): TextRun[] {
  const grouped: TextRun[] = [];
  let at = 0;
  while (at < runs.length) {
    const first = runs[at]!;
    const ids = [...first.objectIds];
    let end = at + 1;
    while (ids.length > 0) {
      const between = runs[end];
      const next = between?.objectIds.length === 0 ? runs[end + 1] : undefined;
      if (!between || !next || !separator.test(between.text) || next.objectIds.length === 0) break;
      if (phraseOf(next) !== phraseOf(first)) break;
      ids.push(...next.objectIds);
      end += 2;
    }
    const listed = end > at + 1;
    const named = /[:：]$/.test(grouped.at(-1)?.text.trimEnd() ?? '');
    grouped.push(listed ? { text: named ? '' : phraseOf(first), objectIds: [...new Set(ids)] } : first);
    at = end;
  }
  return grouped;
}

/** "airplane 3" → "airplane". */
export const phraseOf = (run: TextRun) => run.text.trim().replace(/\s*\d+$/, '');
