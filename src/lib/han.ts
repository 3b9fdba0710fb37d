/** Whether a text contains Chinese characters, i.e. is a question, label or answer in Chinese. */
export function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
