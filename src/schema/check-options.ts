import { type ErrorCode, FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { createSchemas, type Reader } from './schemas.js';

const readers = new WeakMap<object, Reader>();

/**
 * Checks what a developer passed to us and throws `code` with every mistake: `operation "todo.create": status must be …`.
 * An unknown key names the nearest known one.
 */
export function checkOptions(schema: object, value: unknown, where: string, code: ErrorCode): void {
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
    if (path.length === 0 && later.has(key)) return `the option "${key}" is not in this version of fusio yet`;
    return `unknown option "${[...path, key].join('.')}"${didYouMean(key, knownKeys(schema, path))}`;
  });
  throw new FusioError(code, `${where}: ${texts.join('; ')}`, { errors: issues });
}

// Options of the design that come with later versions.
const later: ReadonlySet<string> = new Set(
  'store migrate tablePrefix secretKey issuers identityProviders mailer payments queue rates limitStore portal jsonrpc mcp consumer admin webhooks cronjobs rate idempotent async'.split(
    ' ',
  ),
);

function knownKeys(schema: object, path: readonly string[]): readonly string[] {
  let node: { properties?: Record<string, object> } | undefined = schema;
  for (const key of path) node = node?.properties?.[key];
  return Object.keys(node?.properties ?? {});
}
