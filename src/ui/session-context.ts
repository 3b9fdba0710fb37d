import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { assert } from '../lib/errors.ts';
import type { Session } from '../session/port.ts';

export const SessionContext = createContext<Session | null>(null);

/** The page's only session. Components read and control the app through it. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  assert(session, 'a component was rendered outside SessionContext');
  return session;
}
