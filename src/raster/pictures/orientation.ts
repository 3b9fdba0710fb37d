/** EXIF's and TIFF's orientation (tag 274) → what a viewer that obeys it does to the pixels as stored. */
const TURNS: Readonly<Record<number, string>> = {
  2: 'mirrored left to right',
  3: 'turned by 180°',
  4: 'mirrored top to bottom',
  5: 'mirrored and turned by 90° anticlockwise',
  6: 'turned by 90° clockwise',
  7: 'mirrored and turned by 90° clockwise',
  8: 'turned by 90° anticlockwise',
};

/**
 * Pixels are shown as stored, as in GDAL, placed or not: a world file and boxes are in the file's own pixels, and the place of a picture that is
 * open may come later. Null where nothing is ignored by that.
 */
export function orientationNote(orientation: number): string | null {
  const turn = TURNS[orientation];
  return turn
    ? `The file asks viewers to show it ${turn} (orientation ${orientation}); Nadir shows its pixels as stored, as GDAL does.`
    : null;
}
