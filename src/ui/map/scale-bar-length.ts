const maxWidthPx = 120;

/** The longest 1-2-5 distance that fits the bar, for a screen pixel of `metresPerPixel`; `widthPx` in (48, 120]. */
export function scaleBarLength(metresPerPixel: number): { metres: number; widthPx: number } {
  const most = maxWidthPx * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most * (1 + 1e-9)) ?? power;
  return { metres, widthPx: metres / metresPerPixel };
}
