import { type ErrorCode, NadirError } from './errors.ts';
import { STALL_MS, Stall } from './stall.ts';

/** Why a file of the app could not be loaded, and what to do. */
export interface FetchFailure {
  /** Follows "… could not be loaded: "; no full stop. */
  why: string;
  /** A sentence. */
  remedy: string;
}

const RESTART = 'Start the server again, then try again.';
const COMPLETE = 'Build the app again, copy all of it to the server, and reload the page (docs/hosting.md).';
const LATER = 'Try again. If it happens again, check the server’s log.';

/**
 * Options for every request for a file of the app. They keep the browser on the page's own host, even if the server
 * redirects.
 */
export const OWN_HOST: Pick<RequestInit, 'mode'> = { mode: 'same-origin' };

/**
 * Fetches a whole file of the app from the page's own host. `what` starts the message: "The imagery reader". Errors:
 * `code`, with a message that says why and what to do; `details.url` names the file.
 */
export async function fetchOwnFile(url: string, what: string, code: ErrorCode): Promise<Blob> {
  const failed = ({ why, remedy }: FetchFailure, cause?: unknown) =>
    new NadirError(code, `${what} could not be loaded: ${why}. ${remedy}`, { details: { url }, cause });
  const stall = new Stall(null);
  let response: Response | null = null;
  try {
    response = await fetch(url, { ...OWN_HOST, signal: stall.signal });
    const refused = whyRefused(response);
    if (refused) throw failed(refused);
    const body = await stall.read(response);
    if (isWebPage(body)) throw failed(WEB_PAGE);
    return new Blob([body]);
  } catch (cause) {
    if (cause instanceof NadirError) throw cause;
    if (stall.isStalled) throw failed(STALLED, cause);
    throw failed(response ? BROKEN_OFF : await whyNoAnswer(url), cause);
  } finally {
    stall.end();
  }
}

/** Null if the status is good. */
export function whyRefused({ ok, status }: Pick<Response, 'ok' | 'status'>): FetchFailure | null {
  if (ok) return null;
  if (status === 404 || status === 410) {
    return { why: `the server answered ${status}, so it has no such file`, remedy: COMPLETE };
  }
  if (status >= 500) return { why: `the server answered ${status}, so it failed or is overloaded`, remedy: LATER };
  return { why: `the server answered ${status}`, remedy: LATER };
}

const STALLED: FetchFailure = { why: `the server has sent nothing for ${STALL_MS / 1000} s`, remedy: LATER };

export const BROKEN_OFF: FetchFailure = { why: 'its transfer broke off', remedy: 'Try again.' };

/** Servers of single-page apps answer an unknown path with the page itself; a login answers with its form. */
export const WEB_PAGE: FetchFailure = {
  why: 'the server sent a web page instead, so it has no such file or requires a login',
  remedy: COMPLETE,
};

const SNIFFED_BYTES = 256;

/** Checks the first bytes, because the stated type is often wrong. */
export function isWebPage(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, SNIFFED_BYTES));
  return /^\s*(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body)\b/i.test(text);
}

/** For a module that could not be imported, when only the page's own address is known. */
export async function whyPartFailed(pageUrl: string): Promise<FetchFailure> {
  const response = await fetch(pageUrl, { ...OWN_HOST, cache: 'no-store' }).catch(() => null);
  await response?.body?.cancel().catch(() => undefined);
  if (!response) return whyNoAnswer(pageUrl);
  return {
    why: 'its file is missing on the server, damaged, or sent with a type that is not JavaScript',
    remedy: COMPLETE,
  };
}

/** After a request that failed without an answer. Browsers don't report why, so this asks the server once more. */
export async function whyNoAnswer(
  url: string,
  ask: (url: string, init?: RequestInit) => Promise<Response> = fetch,
): Promise<FetchFailure> {
  const { host } = new URL(url);
  const response = await ask(url, { ...OWN_HOST, redirect: 'manual' }).catch(() => null);
  await response?.body?.cancel().catch(() => undefined);
  if (response?.type === 'opaqueredirect') {
    return {
      why: `the server at ${host} redirects the request to another host, which Nadir doesn’t follow`,
      remedy: 'Serve all files of the app from one host (docs/hosting.md).',
    };
  }
  if (response) return BROKEN_OFF;
  return { why: `the server at ${host} no longer answers`, remedy: RESTART };
}
