import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './paths.ts';

const read = (page: string) => readFileSync(join(ROOT, 'docs', page), 'utf8');

/** Tests beside these tables follow their pages with a toy; here is what the pages promise: a new file, and a line in a table. */
describe.each([
  'add-a-dialect.md',
  'add-a-model-family.md',
  'add-a-slicing.md',
  'add-a-task.md',
  'add-a-vector-import.md',
  'add-an-export.md',
])('docs/%s', (page) => {
  it('names two files: one to write, and a table that is there', () => {
    const steps = read(page).match(/^\d\. .*/gm) ?? [];
    const paths = steps.map((step) => /`(src\/[^`]+\.ts)`/.exec(step)?.[1] ?? step);
    expect(paths).toHaveLength(2);
    const [made = '', table = ''] = paths;
    // A model family is a folder.
    const name = /\/(NAME|ID)(\/format)?\.ts$/;
    expect(made).toMatch(name);
    expect(existsSync(join(ROOT, table)), table).toBe(true);
    expect(made.replace(name, '')).toBe(dirname(table));
  });

  it('is listed in CONTRIBUTING.md', () => {
    expect(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')).toContain(`(docs/${page})`);
  });
});
