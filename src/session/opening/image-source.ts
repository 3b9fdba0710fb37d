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

/**
 * Whether an address holds another image now than when it was read before, going by its size and its version where both are
 * known. A file can't: the browser refuses to read one that was changed on disk.
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
