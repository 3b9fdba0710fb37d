import type { CDPSession, Page } from 'playwright';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds: by the clock, and processor time on the event's own thread. */
  dur?: number;
  tdur?: number;
  args?: { name?: string; data?: { url?: string; functionName?: string } };
}

export interface Tasks {
  /** Longest task of the page's main thread, by the clock and by processor time. */
  longestMs: number;
  longestCpuMs: number;
  /** Tasks with at least 50 ms of processor time. */
  over50: number;
  /** The longest call of a script, by processor time. */
  longestScript: { source: string; cpuMs: number } | null;
}

/**
 * Traces the page's main thread while `work` runs. The clock includes time that other programs took; the thread's own
 * processor time is what the page costs.
 */
export async function traceTasks(page: Page, work: () => Promise<void>): Promise<Tasks> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', '__metadata'] },
  });
  try {
    await work();
  } finally {
    await stop(session);
  }
  return summarise(events);
}

async function stop(session: CDPSession): Promise<void> {
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
}

function summarise(events: readonly TraceEvent[]): Tasks {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const onMain = events.filter(({ ph, pid, tid }) => ph === 'X' && main.has(`${pid}/${tid}`));
  const tasks = onMain.filter(({ name }) => name.endsWith('RunTask'));
  const calls = onMain.filter(({ name }) => name === 'FunctionCall');
  calls.sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0));
  const [longest] = calls;
  const ms = (microseconds: number | undefined) => Math.round((microseconds ?? 0) / 1000);
  const { url, functionName } = longest?.args?.data ?? {};
  return {
    longestMs: Math.max(0, ...tasks.map(({ dur }) => ms(dur))),
    longestCpuMs: Math.max(0, ...tasks.map(({ tdur }) => ms(tdur))),
    over50: tasks.filter(({ tdur }) => (tdur ?? 0) >= 50_000).length,
    longestScript: longest
      ? { source: `${url?.split('/').at(-1) ?? ''} ${functionName ?? ''}`.trim(), cpuMs: ms(longest.tdur) }
      : null,
  };
}
