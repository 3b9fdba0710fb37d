import type { Session } from '../../session/port.ts';
import { report } from '../report.ts';
import { regionChoice } from '../ui-state.ts';
import { marking } from './marking.ts';

/** Learns the class, then looks for it where the next question would be about. */
export async function teach(session: Pick<Session, 'asking' | 'layers' | 'notices' | 'teaching'>): Promise<void> {
  marking.value = null;
  const taught = await report(session.notices, 'teach-class', () => session.teaching.learn());
  if (taught) await findTaught(session, taught.name);
}

export function findTaught(session: Pick<Session, 'asking' | 'layers' | 'notices'>, name: string): Promise<unknown> {
  const region = regionChoice.value === 'scene' ? { region: 'scene' as const } : {};
  return report(session.notices, 'ask', () => session.asking.ask({ task: 'find', label: name, ...region }));
}
