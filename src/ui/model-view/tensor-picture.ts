import type { BandTile } from '../../imagery/tiles.ts';

/**
 * The model's exact input as RGBA pictures of its own size: red, green, blue; and near infrared as grey, if present.
 * Only scales values of 0–1 to 0–255.
 */
export function tensorPictures({ width, height, data, hasNir }: BandTile): {
  colour: ImageData;
  nir: ImageData | null;
} {
  const colour = new ImageData(width, height);
  const nir = hasNir ? new ImageData(width, height) : null;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * 4;
    for (let channel = 0; channel < 3; channel++) {
      colour.data[at + channel] = data[at + channel]! * 255;
      if (nir) nir.data[at + channel] = data[at + 3]! * 255;
    }
    colour.data[at + 3] = 255;
    if (nir) nir.data[at + 3] = 255;
  }
  return { colour, nir };
}
