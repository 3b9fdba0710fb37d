/** What a layer is read from: a file with those that lie beside it, or an address that the user typed. */
export interface ImageSource {
  image: File | string;
  sidecars: File[];
}

/** Anything an image is opened from. */
export type ImageInput = File | ImageSource;

export const asSource = (given: ImageInput): ImageSource =>
  given instanceof File ? { image: given, sidecars: [] } : given;

/** As the user knows it. An address is shown whole: the host is what matters. */
export const nameOf = ({ image }: ImageSource): string => (typeof image === 'string' ? image : image.name);
