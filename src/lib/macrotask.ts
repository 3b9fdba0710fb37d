/**
 * Gives the event loop a turn, so that pending messages (a cancel, say) get in. setTimeout would be clamped to 4 ms when
 * nested, and promises alone never leave the current task.
 */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
