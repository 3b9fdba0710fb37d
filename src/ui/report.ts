import type { NoticeTopic } from '../session/notices/notice-titles.ts';
import type { NoticesPort } from '../session/notices/port.ts';

/**
 * Runs what the user asked for and shows its failure as a notice of that topic, in place of the notices of earlier
 * attempts. A stop on request (ABORTED) is not shown. Never rejects: resolves with undefined after a failure.
 */
export async function report<T>(
  notices: NoticesPort,
  topic: NoticeTopic,
  work: () => T | Promise<T>,
  about: readonly string[] = [],
): Promise<T | undefined> {
  notices.settle(topic);
  try {
    return await work();
  } catch (thrown) {
    notices.fail(thrown, topic, about);
    return undefined;
  }
}
