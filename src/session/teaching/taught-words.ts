import type { TaughtClass } from '../../teaching/taught-class.ts';

/** What an answer says of a taught class: its scores were never checked elsewhere. */
export function taughtWords(
  name: string,
  { examples }: Pick<TaughtClass['counts'], 'examples'>,
  chinese: boolean,
): string {
  return chinese
    ? `“${name}”是由${examples}个样例教会的，其分数和数目并不可靠，请核对。`
    : `“${name}” was taught by ${examples} ${examples === 1 ? 'example' : 'examples'}: its scores and numbers are doubtful, so review them.`;
}
