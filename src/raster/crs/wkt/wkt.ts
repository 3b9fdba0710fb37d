/** A node of well-known text: PROJCS["name", …]. `values` are its strings and numbers, `children` its nodes. */
export interface WktNode {
  keyword: string;
  values: (string | number)[];
  children: WktNode[];
  /** The node's own text. */
  text: string;
}

const MAX_DEPTH = 40;

/** Reads WKT 1 (OGC, ESRI) and WKT 2 into the same tree; null if brackets or quotes don't match. */
export function parseWkt(text: string): WktNode | null {
  const reader = new Reader(text);
  const node = reader.node(0);
  if (!node || reader.atEnd()) return node;
  // ArcGIS appends a vertical CRS to the horizontal one, separated by a comma.
  const beside = reader.following();
  if (!beside || !reader.atEnd()) return null;
  return { keyword: 'COMPD_CS', values: [], children: [node, beside], text };
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    return /^\s*$/.test(this.text.slice(this.at));
  }

  node(depth: number): WktNode | null {
    this.skipSpace();
    const start = this.at;
    const keyword = this.match(/[A-Za-z][A-Za-z0-9_]*/y);
    if (!keyword || depth > MAX_DEPTH) return null;
    const node: WktNode = { keyword: keyword.toUpperCase(), values: [], children: [], text: keyword };
    if (!this.match(/\s*[[(]/y)) return node;
    do {
      if (!this.value(node, depth)) return null;
    } while (this.match(/\s*,/y));
    if (!this.match(/\s*[\])]/y)) return null;
    node.text = this.text.slice(start, this.at);
    return node;
  }

  following(): WktNode | null {
    return this.match(/\s*,/y) ? this.node(0) : null;
  }

  private value(node: WktNode, depth: number): boolean {
    this.skipSpace();
    const quoted = this.match(/"(?:[^"]|"")*"/y);
    if (quoted !== null) {
      node.values.push(quoted.slice(1, -1).replaceAll('""', '"'));
      return true;
    }
    const number = this.match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (number !== null) {
      node.values.push(Number(number));
      return true;
    }
    const child = this.node(depth + 1);
    if (!child) return false;
    node.children.push(child);
    return true;
  }

  private skipSpace(): void {
    this.match(/\s+/y);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }
}

const PROJECTED = ['PROJCS', 'PROJCRS', 'PROJECTEDCRS'];
const GEOGRAPHIC = ['GEOGCS', 'GEOGCRS', 'GEODCRS', 'GEODETICCRS', 'GEOGRAPHICCRS'];
const ENGINEERING = ['LOCAL_CS', 'ENGCRS', 'ENGINEERINGCRS', 'LOCALCRS'];
const VERTICAL = ['VERT_CS', 'VERTCS', 'VERTCRS', 'VERTICALCRS'];

export interface WktParts {
  kind: 'projected' | 'geographic' | 'engineering' | 'geocentric' | 'unknown';
  /** The part that places pixels in the plane: the horizontal CRS of a compound CRS, the source of a bound CRS. */
  horizontal: WktNode;
  /** Name of the vertical CRS, if there is one. */
  vertical: string | null;
  name: string | null;
  /** EPSG code of the horizontal part, if stated. */
  epsg: number | null;
  /** GDAL's proj4 definition of what WKT 1 can't express: EXTENSION["PROJ4", "+proj=…"]. */
  proj4: string | null;
  /** A bound CRS's own shift to WGS 84, as `+towgs84` values. */
  boundShift: string | null;
}

/** Determines a WKT's kind of CRS and its parts. */
export function takeApart(root: WktNode): WktParts {
  const vertical = find(root, VERTICAL);
  const bound = root.keyword === 'BOUNDCRS' ? root : null;
  const horizontal = find(root, [...PROJECTED]) ?? find(root, [...GEOGRAPHIC]) ?? find(root, ENGINEERING) ?? root;
  return {
    kind: kindOf(horizontal),
    horizontal,
    vertical: vertical ? String(vertical.values[0] ?? 'unnamed') : null,
    name: typeof horizontal.values[0] === 'string' ? horizontal.values[0] : null,
    epsg: epsgOf(horizontal),
    proj4: extensionOf(horizontal),
    boundShift: bound ? shiftOf(bound) : null,
  };
}

function extensionOf(node: WktNode): string | null {
  const extension = node.children.find(({ keyword, values }) => keyword === 'EXTENSION' && values[0] === 'PROJ4');
  const text = extension?.values[1];
  return typeof text === 'string' && text.includes('+proj=') ? text : null;
}

function kindOf(node: WktNode): WktParts['kind'] {
  if (PROJECTED.includes(node.keyword)) return 'projected';
  if (ENGINEERING.includes(node.keyword)) return 'engineering';
  if (node.keyword === 'GEOCCS') return 'geocentric';
  if (!GEOGRAPHIC.includes(node.keyword)) return 'unknown';
  const system = node.children.find((child) => child.keyword === 'CS');
  return system?.children[0]?.keyword === 'CARTESIAN' ? 'geocentric' : 'geographic';
}

/** Breadth first: a compound CRS's own parts come before deeper ones. */
function find(root: WktNode, keywords: readonly string[]): WktNode | null {
  const queue = [root];
  for (let node = queue.shift(); node; node = queue.shift()) {
    if (keywords.includes(node.keyword)) return node;
    // A bound CRS's target isn't the CRS of the image.
    queue.push(...node.children.filter((child) => child.keyword !== 'TARGETCRS'));
  }
  return null;
}

/** AUTHORITY["EPSG","32611"] or ID["EPSG",32611], of the node itself. */
function epsgOf(node: WktNode): number | null {
  for (const child of node.children) {
    if (child.keyword !== 'AUTHORITY' && child.keyword !== 'ID') continue;
    const code = Number(child.values[1]);
    if (String(child.values[0]).toUpperCase() === 'EPSG' && Number.isInteger(code) && code > 0) return code;
  }
  return null;
}

/** The seven (or three) parameters of a BOUNDCRS transformation, if `+towgs84` can express its method. */
function shiftOf(bound: WktNode): string | null {
  const transformation = bound.children.find((child) => child.keyword === 'ABRIDGEDTRANSFORMATION');
  const parameters = transformation?.children.filter((child) => child.keyword === 'PARAMETER') ?? [];
  const method = String(transformation?.children.find((child) => child.keyword === 'METHOD')?.values[0] ?? '');
  if (parameters.length !== 3 && parameters.length !== 7) return null;
  const values = parameters.map((parameter) => Number(parameter.values[1]));
  if (!values.every(Number.isFinite)) return null;
  if (values.length === 7) {
    if (/coordinate frame/i.test(method)) for (const i of [3, 4, 5]) values[i] = -values[i]!;
    // WKT 2 gives the abridged scale difference as a factor; +towgs84 uses parts per million.
    if (Math.abs(values[6]! - 1) < 0.01) values[6] = (values[6]! - 1) * 1e6;
  }
  return values.map((value) => Number(value.toPrecision(12))).join(',');
}
