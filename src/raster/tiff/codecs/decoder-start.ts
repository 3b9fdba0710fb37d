import { NadirError } from '../../../lib/errors.ts';

/**
 * The error for a library's decoder that the browser refused to start. It isn't the file's fault: zstddec and lerc
 * fetch their WebAssembly from a data: address and compile it. Null for any other failure.
 */
export function decoderNotStarted(cause: unknown): NadirError | null {
  const isForbiddenFetch = cause instanceof TypeError && /fetch/i.test(cause.message);
  if (!isForbiddenFetch && !(cause instanceof WebAssembly.CompileError)) return null;
  return new NadirError(
    'PART_MISSING',
    `The browser did not let a decoder start (${cause.message}). The server’s Content-Security-Policy must allow connect-src data: and script-src 'wasm-unsafe-eval' (docs/hosting.md).`,
    { cause },
  );
}
