/** What a layer is read from: a file with its sidecars, or an address that the user typed. */
export interface ImageSource {
  image: File | string;
  sidecars: File[];
}

/** Anything an image is opened from. */
export type ImageInput = File | ImageSource;

export const asSource = (given: ImageInput): ImageSource =>
  given instanceof File ? { image: given, sidecars: [] } : given;

/** The name that the user knows. An address is shown whole, because its host matters. */
export const nameOf = ({ image }: ImageSource): string => (typeof image === 'string' ? image : image.name);

/**
 * Whether the image at an address has changed since it was read before, by its size and, where known, its version. False for
 * files, because the browser refuses to read one that was changed on disk.
 */
export function hasChanged(
  { image }: ImageSource,
  before: { sizeBytes: number; version?: string },
  now: { sizeBytes: number; version?: string },
): boolean {
  if (typeof image !== 'string') return false;
  const isOther = before.version !== undefined && now.version !== undefined && before.version !== now.version;
  return isOther || before.sizeBytes !== now.sizeBytes;
}
