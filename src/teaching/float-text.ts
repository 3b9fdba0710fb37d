/** Numbers in a JSON file: little-endian 32-bit floats as base64 text. */

export function textOf(floats: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(floats.length * 4));
  for (const [i, value] of floats.entries()) bytes.setFloat32(i * 4, value, true);
  let text = '';
  for (let i = 0; i < bytes.byteLength; i++) text += String.fromCharCode(bytes.getUint8(i));
  return btoa(text);
}

/** Null if the text isn't base64 of whole floats. */
export function floatsOf(text: string): Float32Array | null {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  if (binary.length % 4 !== 0) return null;
  const bytes = new DataView(new ArrayBuffer(binary.length));
  for (let i = 0; i < binary.length; i++) bytes.setUint8(i, binary.charCodeAt(i));
  return Float32Array.from({ length: binary.length / 4 }, (_, i) => bytes.getFloat32(i * 4, true));
}
