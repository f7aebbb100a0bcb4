import { FusioError } from '../base/errors.js';
import { isOptional } from '../schema/optional.js';
import type { Reader, Schemas } from '../schema/schemas.js';
import { splitList } from '../schema/text-form.js';
import type { FileRules } from './form-files.js';
import { withFiles } from './form-reader.js';
import { type AnyOperationOptions, bodyDefaultsOf, consumesOf, operationDefaults } from './options.js';
import type { Segment } from './path.js';

/** The readers of the four slots of a request; undefined where the operation declares nothing. */
export interface Readers {
  readonly params: Reader | undefined;
  readonly query: Reader | undefined;
  readonly headers: HeaderReader | undefined;
  readonly body: Reader | undefined;
}

/** Reads declared headers under the names that the schema gives them. */
export interface HeaderReader extends Reader {
  /** The declared name and the name on the wire. */
  readonly names: readonly (readonly [declared: string, wire: string])[];
}

/** Makes the readers of an operation, for one form of its input. Throws where a schema does not fit its slot. */
export function makeReaders(
  options: AnyOperationOptions,
  segments: readonly Segment[],
  schemas: Schemas,
  where: string,
  form: 'wire' | 'values',
  files: FileRules | undefined,
): Readers {
  const unknown = options.unknown ?? operationDefaults.unknown;
  const text = form === 'wire' ? 'text' : 'value';
  const isForm = consumesForm(options);
  const reader = (slot: 'params' | 'query' | 'headers' | 'body', source: 'text' | 'json' | 'value') => {
    const schema = options[slot];
    if (schema === undefined) return undefined;
    // Headers always bring more than an operation declares.
    const rule = slot === 'headers' || slot === 'params' ? 'drop' : unknown;
    const defaults = slot === 'body' && bodyDefaultsOf(options) === 'required' ? 'required' : true;
    const made = schemas.reader(schema, { where: `${where} ${slot}`, source, unknown: rule, defaults });
    if (source === 'text') {
      checkObject(schema, slot, schemas, where);
      checkText(schema, slot, schemas, where);
      if (slot === 'body') checkForm(schema, files, schemas, where);
    }
    return made;
  };
  const params = reader('params', text);
  if (params && form === 'wire') checkParams(params.schema, segments, where);
  const headers = reader('headers', text);
  const source = form === 'values' ? 'value' : isForm ? 'text' : 'json';
  const body = reader('body', source);
  const mayBeMissing = body !== undefined && isOptional(body.schema);
  // A schema without any property would keep undeclared ones; the files make it one that has some.
  const noFields = (rules: FileRules): Reader => {
    const properties = Object.fromEntries([...rules.keys()].map((name) => [name, {}]));
    return schemas.reader({ type: 'object', properties }, { where, source, unknown, defaults: false });
  };
  return {
    params,
    query: reader('query', text),
    headers: headers && withNames(headers, where, form === 'wire' ? schemas.textForm.listsIn(headers.schema) : []),
    body: files
      ? withFiles(body ?? noFields(files), files, mayBeMissing)
      : body && mayBeMissing
        ? optional(body)
        : body,
  };
}

/** Refuses a schema that no request fits: parameters, headers and the fields of a form come by name. */
function checkObject(schema: object, slot: string, { textForm }: Schemas, where: string): void {
  if (textForm.isOfObjects(schema)) return;
  const { type } = schema as { type?: unknown };
  const got = typeof type === 'string' ? `, got one of type "${type}"` : '';
  throw new FusioError('SCHEMA_INVALID', `${where} ${slot}: a schema of an object is needed, Type.Object({ … })${got}`);
}

/** Refuses slots that accept only objects: text can never become one. */
function checkText(schema: object, slot: string, { textForm }: Schemas, where: string): void {
  const name = textForm.unsendable(schema);
  if (name === undefined) return;
  const fix = slot === 'body' ? 'take JSON' : 'take it in body';
  throw new FusioError(
    'SCHEMA_INVALID',
    `${where} ${slot}: "${name}" fits objects only, which cannot be sent as text; declare what is in it one by one, or ${fix}`,
  );
}

/** Refuses a form whose schema has files among its texts: `files` declares them. */
function checkForm(schema: object, files: FileRules | undefined, { textForm }: Schemas, where: string): void {
  const binary = textForm.binaryIn(schema);
  if (binary !== undefined) {
    throw new FusioError(
      'SCHEMA_INVALID',
      `${where} body: "${binary}" is binary, and the schema of a form describes texts; ` +
        `declare the file beside it: consumes: 'multipart/form-data', files: { ${quoted(binary)}: { required: true } }`,
    );
  }
  const both = [...(files?.keys() ?? [])].find((name) => textForm.declares(schema, name));
  if (both !== undefined) {
    throw new FusioError(
      'OPERATION_INVALID',
      `${where}: body and files both declare "${both}"; a name has one meaning`,
    );
  }
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Lets a body that did not come be undefined. */
function optional(reader: Reader): Reader {
  return {
    schema: reader.schema,
    read: (value) => reader.read(value),
    check: (value) => value === undefined || reader.check(value),
    issues: (value, pointer) => reader.issues(value, pointer),
  };
}

function withNames(reader: Reader, where: string, lists: readonly string[]): HeaderReader {
  const properties = 'properties' in reader.schema ? reader.schema.properties : undefined;
  if (typeof properties !== 'object' || properties === null)
    throw new FusioError('SCHEMA_INVALID', `${where} headers: an object schema with properties is needed`);
  const names = Object.keys(properties).map((declared) => [declared, declared.toLowerCase()] as const);
  return {
    schema: reader.schema,
    names,
    read: lists.length === 0 ? (value) => reader.read(value) : (value) => reader.read(divided(value, lists)),
    check: (value) => reader.check(value),
    issues: (value, pointer) => reader.issues(value, pointer),
  };
}

/** The fields that were picked, those of lists divided: they are ours to change. */
function divided(picked: unknown, lists: readonly string[]): unknown {
  // Made by the step `validate`, which picks the declared headers.
  const fields = picked as Record<string, unknown>;
  for (const name of lists) {
    const field = fields[name];
    if (typeof field === 'string') fields[name] = splitList(name, field);
  }
  return fields;
}

function checkParams(schema: object, segments: readonly Segment[], where: string): void {
  // The schema was checked when its reader was made.
  const { properties, required } = schema as { properties?: object; required?: readonly string[] };
  const names = segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name]));
  for (const name of Array.isArray(required) ? required : []) {
    if (!names.includes(name)) {
      throw new FusioError('OPERATION_INVALID', `${where}: params wants "${name}", which the path does not have`);
    }
  }
  for (const name of names) {
    if (properties && !Object.hasOwn(properties, name)) {
      throw new FusioError('OPERATION_INVALID', `${where}: the path has ":${name}", which params does not declare`);
    }
  }
}

/** Whether the body is a form, whose values are text. */
function consumesForm(options: AnyOperationOptions): boolean {
  return consumesOf(options).some(
    ({ type }) => type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded',
  );
}
