/** EXIF's and TIFF's orientation (tag 274) → what a viewer that follows it does to the stored pixels. */
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
 * Pixels are shown as stored, as in GDAL, with or without a place: world files and boxes use the file's own pixels, and
 * a picture that is already open may get its place later. Null if the orientation changes nothing.
 */
export function orientationNote(orientation: number): string | null {
  const turn = TURNS[orientation];
  return turn
    ? `The file asks viewers to show it ${turn} (orientation ${orientation}); Nadir shows its pixels as stored, as GDAL does.`
    : null;
}
