/** Numbers as answers in both languages write them. */

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

export const whole = (value: number): string => plain.format(value);
export const threeDigits = (value: number): string => rounded.format(value);
export const twoDecimals = (value: number): string => fine.format(value);
/** A share, 0–1, without its sign: shares below a tenth have two digits. */
export const perHundred = (share: number): string => (share < 0.1 ? short : plain).format(share * 100);
/** A probability as it is written: no head is ever quite certain. */
export const stated = (probability: number): number => Math.min(0.99, probability);
