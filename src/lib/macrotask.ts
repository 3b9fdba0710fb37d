/**
 * Yields to the event loop, so that pending messages (such as a cancel) are handled. Nested setTimeout calls would be
 * clamped to 4 ms, and promises alone never leave the current task.
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
