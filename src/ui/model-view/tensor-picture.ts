import type { BandTile } from '../../imagery/tiles.ts';

export interface TensorPicture {
  /** What it shows: "red, green, blue", "near infrared". */
  label: string;
  image: ImageData;
}

const COLOURS = ['red', 'green', 'blue'];

/** What a band is called on the screen. */
export const bandLabel = (name: string): string => (name === 'nir' ? 'near infrared' : name);

/**
 * The model's exact input as RGBA pictures of its own size: red, green and blue together if it has all three; each other band
 * as grey. Only scales values of 0–1 to 0–255.
 */
export function tensorPictures(tile: BandTile): TensorPicture[] {
  const colours = COLOURS.map((name) => tile.bands.indexOf(name));
  const inColour = !colours.includes(-1);
  const rest = [...tile.bands.keys()].filter((band) => !inColour || !colours.includes(band));
  return [
    ...(inColour ? [{ label: COLOURS.join(', '), image: picture(tile, colours) }] : []),
    ...rest.map((band) => ({ label: bandLabel(tile.bands[band]!), image: picture(tile, [band, band, band]) })),
  ];
}

/** `shown`: the tile's bands that fill red, green and blue. */
function picture({ width, height, data, bands }: BandTile, shown: readonly number[]): ImageData {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const [channel, band] of shown.entries()) {
      image.data[pixel * 4 + channel] = data[pixel * bands.length + band]! * 255;
    }
    image.data[pixel * 4 + 3] = 255;
  }
  return image;
}
