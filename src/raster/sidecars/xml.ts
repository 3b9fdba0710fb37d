/** An element of a small XML document. Entities are resolved in attributes and text. */
export interface XmlElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** Text directly inside, trimmed. */
  text: string;
}

const MAX_DEPTH = 64;

/**
 * Parses the XML that GDAL and ArcGIS write beside images; workers have no DOMParser. Namespace prefixes stay part of
 * the name. A file with a document type is refused, so entities can't expand without bound. Null if it isn't
 * well-formed.
 */
export function parseXml(text: string): XmlElement | null {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null;
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open: XmlElement[] = [root];
  const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>]+)([^>]*?)(\/?)>|([^<]+)/g;
  for (const [, cdata, closing, name, attributes = '', empty, content] of text.matchAll(token)) {
    const top = open.at(-1)!;
    if (cdata !== undefined) top.text += cdata;
    else if (content !== undefined) top.text += unescapeXml(content);
    else if (closing) {
      if (top.name !== name || open.length === 1) return null;
      top.text = top.text.trim();
      open.pop();
    } else if (name) {
      const element: XmlElement = { name, attributes: readAttributes(attributes), children: [], text: '' };
      top.children.push(element);
      if (!empty) open.push(element);
      if (open.length > MAX_DEPTH) return null;
    }
  }
  return open.length === 1 ? (root.children[0] ?? null) : null;
}

/** The first direct child with that name. */
export function childOf(element: XmlElement | null | undefined, name: string): XmlElement | null {
  return element?.children.find((child) => child.name === name) ?? null;
}

/** All direct children with that name. */
export function childrenOf(element: XmlElement | null | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

function readAttributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (name) found.set(name, unescapeXml(double ?? single ?? ''));
  }
  return found;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|quot|apos|amp));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
