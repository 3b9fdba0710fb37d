import { NadirError } from '../../lib/errors.ts';

/**
 * A value of a parsed JSON document together with the path that led to it, so that a wrong value is named
 * ("llm.weights[3].n"). Every method that doesn't find what it needs throws MODEL_MANIFEST_INVALID.
 */
export class JsonReader {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** A member of an object; a missing one is found wrong by the method that reads it. */
  at(key: string): JsonReader {
    return new JsonReader(this.object()[key], this.path === '' ? key : `${this.path}.${key}`);
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  object(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) this.fail('an object');
    return this.value as Record<string, unknown>;
  }

  string(): string {
    if (typeof this.value !== 'string' || this.value === '') this.fail('a non-empty string');
    return this.value as string;
  }

  number(min = -Infinity): number {
    if (typeof this.value !== 'number' || !Number.isFinite(this.value) || this.value < min) {
      this.fail(min === -Infinity ? 'a number' : `a number of at least ${min}`);
    }
    return this.value as number;
  }

  integer(min = 0): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < min) this.fail(`an integer of at least ${min}`);
    return this.value as number;
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    if (!choices.includes(this.value as T)) this.fail(`one of ${choices.map((c) => `"${c}"`).join(', ')}`);
    return this.value as T;
  }

  list<T>(read: (item: JsonReader) => T, length?: number): T[] {
    if (!Array.isArray(this.value) || (length !== undefined && this.value.length !== length)) {
      this.fail(length === undefined ? 'a list' : `a list of ${length}`);
    }
    return (this.value as unknown[]).map((item, i) => read(new JsonReader(item, `${this.path}[${i}]`)));
  }

  record<T>(read: (item: JsonReader) => T): Record<string, T> {
    return Object.fromEntries(Object.keys(this.object()).map((key) => [key, read(this.at(key))]));
  }

  optional<T>(read: (item: JsonReader) => T, otherwise: T): T {
    return this.present ? read(this) : otherwise;
  }

  fail(expected: string): never {
    const found = this.value === undefined ? 'nothing' : JSON.stringify(this.value)?.slice(0, 60);
    throw new NadirError(
      'MODEL_MANIFEST_INVALID',
      `The model's nadir.json is wrong at "${this.path || '(top)'}": found ${found}, expected ${expected}. Restore the model folder.`,
      { details: { key: this.path } },
    );
  }
}
