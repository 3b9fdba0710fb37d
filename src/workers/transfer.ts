import * as Comlink from 'comlink';
import { NadirError } from '../lib/errors.ts';

/**
 * What crosses a worker boundary besides plain data: functions (called back), AbortSignals (which also fire on the
 * other side), NadirErrors with their code, and buffers that are moved instead of copied. Both sides import this file
 * through rpc.ts.
 */

/** Marks `buffers` in an argument or result as moved. The sender must not use them afterwards. */
export const moved: <T extends object>(value: T, buffers: Transferable[]) => T = Comlink.transfer;

/**
 * Forwards an AbortSignal to the other side. Call `close` when the call has ended: a signal may outlive thousands of
 * calls.
 */
export class SignalLink {
  readonly port: MessagePort;
  private readonly own: MessagePort;
  private readonly signal: AbortSignal;
  private readonly forward: () => void;

  constructor(signal: AbortSignal) {
    const { port1, port2 } = new MessageChannel();
    this.own = port1;
    this.port = port2;
    this.signal = signal;
    this.forward = () => port1.postMessage(null);
    if (signal.aborted) this.forward();
    else signal.addEventListener('abort', this.forward, { once: true });
  }

  close(): void {
    this.signal.removeEventListener('abort', this.forward);
    this.own.close();
  }
}

/** The signal from the other side. It fires with an AbortError, like AbortSignal itself. */
function receive(port: MessagePort): AbortSignal {
  const controller = new AbortController();
  port.onmessage = () => {
    controller.abort();
    port.close();
  };
  return controller.signal;
}

const byProxy = Comlink.transferHandlers.get('proxy')!;
const thrown = Comlink.transferHandlers.get('throw')! as Comlink.TransferHandler<{ value: unknown }, unknown>;

Comlink.transferHandlers.set('function', { ...byProxy, canHandle: (value) => typeof value === 'function' });
Comlink.transferHandlers.set('signal', {
  canHandle: (value): value is SignalLink => value instanceof SignalLink,
  serialize: (link: SignalLink) => [link.port, [link.port]],
  deserialize: receive as (port: MessagePort) => unknown as (port: MessagePort) => SignalLink,
});
// Comlink itself reduces an error to its name and message.
Comlink.transferHandlers.set('throw', {
  canHandle: thrown.canHandle,
  serialize: ({ value }) => [NadirError.from(value).toData(), []],
  deserialize: (data) => {
    throw NadirError.fromData(data as ReturnType<NadirError['toData']>);
  },
} as Comlink.TransferHandler<{ value: unknown }, unknown>);
