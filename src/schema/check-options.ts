import { type ErrorCode, FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { createSchemas, type Reader } from './schemas.js';

const readers = new WeakMap<object, Reader>();

/**
 * Checks the options that a developer passes and throws `code` with every mistake: `operation "todo.create": status must be …`.
 * An unknown key names the nearest known one, unless it is among `later`: the options that come with later versions.
 */
export function checkOptions(
  schema: object,
  value: unknown,
  where: string,
  code: ErrorCode,
  later: readonly string[] = [],
): void {
  let reader = readers.get(schema);
  if (!reader) {
    reader = createSchemas().reader(schema, { where: 'options', source: 'json', unknown: 'keep', defaults: false });
    readers.set(schema, reader);
  }
  if (reader.check(value)) return;
  const issues = reader.issues(value, '');
  const texts = issues.map(({ pointer, message, code: kind }) => {
    if (kind !== 'UNKNOWN_PROPERTY') return `${pointer.slice(1).replaceAll('/', '.') || 'options'} ${message}`;
    const path = pointer.slice(1).split('/');
    const key = path.pop() ?? '';
    if (path.length === 0 && later.includes(key)) return `the option "${key}" is not in this version of fusio yet`;
    return `unknown option "${[...path, key].join('.')}"${didYouMean(key, knownKeys(schema, path))}`;
  });
  throw new FusioError(code, `${where}: ${texts.join('; ')}`, { errors: issues });
}

interface OptionsSchema {
  readonly properties?: Record<string, object>;
  readonly additionalProperties?: object | boolean;
  readonly anyOf?: readonly object[];
}

function knownKeys(schema: OptionsSchema, path: readonly string[]): readonly string[] {
  const properties = propertiesOf(schema);
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(properties);
  const { additionalProperties: others } = schema;
  const inner = Object.hasOwn(properties, key) ? properties[key] : others;
  return typeof inner === 'object' ? knownKeys(inner, rest) : [];
}

/** The properties of an options object, also where the option may be `true` or an object. */
function propertiesOf(schema: OptionsSchema): Record<string, object> {
  return schema.properties ?? Object.assign({}, ...(schema.anyOf ?? []).map(propertiesOf));
}
