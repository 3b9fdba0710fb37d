import { NadirError } from '../lib/errors.ts';

/**
 * Band expressions such as (b4 - b1) / (b4 + b1), parsed into a tree and never run as code. They consist of bands b1,
 * b2 … (numbered as in the file), numbers, + - * / ^, brackets and the functions below. The tree becomes a shader
 * expression for the screen, or is evaluated in TypeScript if there is no shader. Both follow `evaluate`.
 */
export type Expression =
  | { kind: 'number'; value: number }
  /** 0-based. */
  | { kind: 'band'; band: number }
  | { kind: 'binary'; operator: '+' | '-' | '*' | '/'; left: Expression; right: Expression }
  /** An integer power up to 8 of anything, or a real power of a non-negative value. */
  | { kind: 'power'; base: Expression; exponent: number }
  | { kind: 'call'; name: FunctionName; arguments: Expression[] };

export type FunctionName = 'abs' | 'sqrt' | 'min' | 'max';

const ARITY: Record<FunctionName, number> = { abs: 1, sqrt: 1, min: 2, max: 2 };
const LONGEST = 200;
const MAX_DEPTH = 24;

/** Errors: EXPRESSION_INVALID, with the position (`details.at`, 0-based) and what was expected there. */
export function parseExpression(text: string, bandCount: number): Expression {
  if (text.length > LONGEST) {
    throw invalid(`The expression has ${text.length} characters; up to ${LONGEST} are read.`, LONGEST);
  }
  const parser = new Parser(tokenise(text), bandCount, text.length);
  return parser.whole();
}

/** The bands that the expression uses, ascending, without duplicates. */
export function bandsOf(expression: Expression): number[] {
  const found = new Set<number>();
  const visit = (node: Expression): void => {
    if (node.kind === 'band') found.add(node.band);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(expression);
  return [...found].sort((a, b) => a - b);
}

export function childrenOf(node: Expression): Expression[] {
  if (node.kind === 'binary') return [node.left, node.right];
  if (node.kind === 'power') return [node.base];
  return node.kind === 'call' ? node.arguments : [];
}

/**
 * The value if band `i` has the value `sample(i)`. NaN if there is no value: an invalid sample, a division by 0, a root
 * of a negative number.
 */
export function evaluate(node: Expression, sample: (band: number) => number): number {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'band':
      return sample(node.band);
    case 'power': {
      const base = evaluate(node.base, sample);
      return Number.isInteger(node.exponent) || base >= 0 ? base ** node.exponent : Number.NaN;
    }
    case 'call': {
      const [first = Number.NaN, second = Number.NaN] = node.arguments.map((child) => evaluate(child, sample));
      if (node.name === 'abs') return Math.abs(first);
      if (node.name === 'sqrt') return Math.sqrt(first);
      return node.name === 'min' ? Math.min(first, second) : Math.max(first, second);
    }
    case 'binary': {
      const left = evaluate(node.left, sample);
      const right = evaluate(node.right, sample);
      if (node.operator === '+') return left + right;
      if (node.operator === '-') return left - right;
      if (node.operator === '*') return left * right;
      return right === 0 ? Number.NaN : left / right;
    }
  }
}

interface Token {
  kind: 'number' | 'name' | 'sign' | 'end';
  text: string;
  at: number;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z]\w*)|([-+*/^(),−×÷]))/iy;
  let at = 0;
  while (at < text.length && text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) {
      const place = at + (/\S/.exec(text.slice(at))?.index ?? 0);
      throw invalid(`“${text[place]}” at position ${place + 1} can’t be part of a band expression.`, place);
    }
    const [, number, name, sign] = match;
    const token = (number ?? name ?? sign)!;
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    const written: Record<string, string> = { '−': '-', '×': '*', '÷': '/' };
    tokens.push({ kind, text: written[token] ?? token.toLowerCase(), at: pattern.lastIndex - token.length });
    at = pattern.lastIndex;
  }
  return tokens;
}

class Parser {
  private readonly tokens: Token[];
  private readonly bandCount: number;
  private readonly length: number;
  private next = 0;
  private depth = 0;

  constructor(tokens: Token[], bandCount: number, length: number) {
    this.tokens = tokens;
    this.bandCount = bandCount;
    this.length = length;
  }

  whole(): Expression {
    if (this.tokens.length === 0) throw invalid('The expression is empty. Write one such as (b4 - b1) / (b4 + b1).', 0);
    const expression = this.sum();
    if (this.peek().kind !== 'end') throw this.expected('an operator');
    if (bandsOf(expression).length === 0) {
      throw invalid('The expression names no band, so every pixel would be the same. Bands are b1, b2 ….', 0);
    }
    return expression;
  }

  private sum(): Expression {
    let left = this.product();
    for (let operator = this.takeOf('+', '-'); operator; operator = this.takeOf('+', '-')) {
      left = { kind: 'binary', operator, left, right: this.product() };
    }
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    for (let operator = this.takeOf('*', '/'); operator; operator = this.takeOf('*', '/')) {
      left = { kind: 'binary', operator, left, right: this.signed() };
    }
    return left;
  }

  private signed(): Expression {
    const sign = this.takeOf('-', '+');
    if (!sign) return this.power();
    const inner = this.nested(() => this.signed());
    if (sign === '+') return inner;
    if (inner.kind === 'number') return { kind: 'number', value: -inner.value };
    return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: inner };
  }

  private power(): Expression {
    const base = this.atom();
    if (!this.takeOf('^')) return base;
    const negative = this.takeOf('-') !== null;
    const token = this.take();
    const size = Number(token.text);
    if (token.kind !== 'number' || !Number.isFinite(size) || size > 8) {
      throw invalid(`Expected a number up to 8 after ^ at position ${token.at + 1}.`, token.at);
    }
    const raised: Expression = { kind: 'power', base, exponent: size };
    // As a division, it follows the division's rule for 0.
    return negative ? { kind: 'binary', operator: '/', left: { kind: 'number', value: 1 }, right: raised } : raised;
  }

  private atom(): Expression {
    const token = this.take();
    if (token.kind === 'number') {
      const value = Number(token.text);
      if (!Number.isFinite(value)) throw invalid(`${token.text} is too large.`, token.at);
      return { kind: 'number', value };
    }
    if (token.text === '(') {
      const inner = this.nested(() => this.sum());
      this.close();
      return inner;
    }
    if (token.kind === 'name') return this.named(token);
    this.next -= token.kind === 'end' ? 0 : 1;
    throw this.expected('a band, a number or a bracket');
  }

  private named(token: Token): Expression {
    const band = /^b(\d{1,4})$/.exec(token.text)?.[1];
    if (band !== undefined) {
      const index = Number(band) - 1;
      if (index >= 0 && index < this.bandCount) return { kind: 'band', band: index };
      throw invalid(`There is no band ${Number(band)}; the file has b1 to b${this.bandCount}.`, token.at);
    }
    if (!Object.hasOwn(ARITY, token.text)) {
      throw invalid(
        `“${token.text}” is unknown. Bands are b1 to b${this.bandCount}; functions are ${Object.keys(ARITY).join(', ')}.`,
        token.at,
      );
    }
    const name = token.text as FunctionName;
    if (!this.takeOf('(')) throw this.expected(`“(” after ${name}`);
    const inner = [this.nested(() => this.sum())];
    while (this.takeOf(',')) inner.push(this.nested(() => this.sum()));
    this.close();
    if (inner.length !== ARITY[name]) {
      throw invalid(`${name} takes ${ARITY[name]} values, not ${inner.length}.`, token.at);
    }
    return { kind: 'call', name, arguments: inner };
  }

  private nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw invalid(`Brackets are nested more than ${MAX_DEPTH} deep.`, this.peek().at);
    const result = parse();
    this.depth -= 1;
    return result;
  }

  private close(): void {
    if (!this.takeOf(')')) throw this.expected('“)”');
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', text: '', at: this.length };
  }

  private take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.next += 1;
    return token;
  }

  private takeOf<Sign extends string>(...signs: Sign[]): Sign | null {
    const { kind, text } = this.peek();
    const found = kind === 'sign' ? signs.find((sign) => sign === text) : undefined;
    if (found !== undefined) this.next += 1;
    return found ?? null;
  }

  private expected(what: string): NadirError {
    const { kind, text, at } = this.peek();
    return invalid(
      kind === 'end'
        ? `The expression ends where ${what} is expected.`
        : `At place ${at + 1}, “${text}”: ${what} is expected.`,
      at,
    );
  }
}

function invalid(message: string, at: number): NadirError {
  return new NadirError('EXPRESSION_INVALID', message, { details: { at } });
}
