let last = 0;

/** An id that is unique in this session and sorts by creation: "a-18c9f2-1". */
export function newId(prefix: string): string {
  last += 1;
  return `${prefix}-${Date.now().toString(36)}-${last}`;
}
