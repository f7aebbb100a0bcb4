import { literalsOf, type SchemaNode, typesOf } from './keywords.js';

// Decimal text only: Number() would also take '', '0x10', ' 1 ' and 'Infinity'.
const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Function that reads text as the type that a schema declares, or leaves it as it is, so that the check refuses it. */
export type Coerce = (value: unknown) => unknown;

export function coercionOf(node: SchemaNode): Coerce | undefined {
  const types = typesOf(node);
  // Where text is declared, it stays text.
  if (types.includes('string')) return undefined;
  const literals = literalsOf(node) ?? [];
  const reads: Coerce[] = [];
  if (types.includes('integer')) reads.push(readInteger);
  if (types.includes('number')) reads.push(readNumber);
  if (types.includes('boolean')) reads.push(readBoolean);
  if (types.includes('null')) reads.push(readNull);
  if (types.length === 0 && literals.some((one) => typeof one !== 'string'))
    reads.push(literalReader(new Set(literals)));
  const wraps = types.includes('array');
  if (reads.length === 0 && !wraps) return undefined;
  if (reads.length === 1 && !wraps) return reads[0];
  const onlyArray = types.length === 1;

  return function coerce(value) {
    if (typeof value !== 'string')
      return wraps && onlyArray && value !== undefined && !Array.isArray(value) ? [value] : value;
    for (const read of reads) {
      const found = read(value);
      if (found !== value) return found;
    }
    return wraps ? [value] : value;
  };
}

function readNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !decimal.test(value)) return value;
  // No caller means -0.
  const number = Number(value) + 0;
  // 9007199254740993 would silently become …992.
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? finite(number, value) : value;
}

function finite(number: number, text: string): unknown {
  return Number.isFinite(number) ? number : text;
}

function readInteger(value: unknown): unknown {
  const number = readNumber(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readBoolean(value: unknown): unknown {
  return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
}

function readNull(value: unknown): unknown {
  return value === 'null' || value === '' ? null : value;
}

function literalReader(literals: ReadonlySet<unknown>): Coerce {
  return function readLiteral(value) {
    if (literals.has(value)) return value;
    for (const read of [readNumber, readBoolean, readNull]) {
      const found = read(value);
      if (found !== value && literals.has(found)) return found;
    }
    return value;
  };
}
