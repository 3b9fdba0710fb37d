/** Band names and colour interpretations out of GDAL's metadata tag (42112), a small XML of <Item> elements. */
export function readGdalMetadata(xml: string | null): {
  descriptions: Map<number, string>;
  colourInterpretations: Map<number, string>;
} {
  const descriptions = new Map<number, string>();
  const colourInterpretations = new Map<number, string>();
  for (const [, attributes = '', content = ''] of xml?.matchAll(/<Item\s([^>]*)>([^<]*)<\/Item>/g) ?? []) {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
    const sample = Number(attribute('sample') ?? Number.NaN);
    if (!Number.isInteger(sample)) continue;
    const text = unescapeXml(content).trim();
    const role = attribute('role');
    if (role === 'description' && text) descriptions.set(sample, text);
    if (role === 'colorinterp' && text) colourInterpretations.set(sample, text);
  }
  return { descriptions, colourInterpretations };
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
