import { threeDigits } from '../../../plan/write/numbers.ts';

/** A value as answers write it: whole numbers as they are, indices with two decimals, others with four significant digits. */
export function valueText(value: number, isIndex = false): string {
  if (isIndex) return value.toFixed(2);
  if (Number.isInteger(value)) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(3);
  if (size >= 1000) return value.toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return String(Number(value.toPrecision(4)));
}

export const withUnit = (text: string, unit: string | null): string => (unit === null ? text : `${text} ${unit}`);

export function areaText(squareMetres: number): string {
  const [value, unit] =
    squareMetres >= 1e6
      ? [squareMetres / 1e6, 'km²']
      : squareMetres >= 1e4
        ? [squareMetres / 1e4, 'ha']
        : [squareMetres, 'm²'];
  return `${threeDigits(value)} ${unit}`;
}

export const metresText = (metres: number): string =>
  metres >= 1000 ? `${threeDigits(metres / 1000)} km` : `${threeDigits(metres)} m`;

export const lat = (deg: number, digits = 4) => `${Math.abs(deg).toFixed(digits)}° ${deg < 0 ? 'S' : 'N'}`;
export const lon = (deg: number, digits = 4) => `${Math.abs(deg).toFixed(digits)}° ${deg < 0 ? 'W' : 'E'}`;
export const grouped = (value: number) => value.toLocaleString('en');
