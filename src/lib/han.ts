/** Whether a text has Chinese characters, and so is a question, label or answer in Chinese. */
export function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
