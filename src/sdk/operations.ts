import { listOf, type Node, nodeOf, notes, type SchemaTypes } from './schema-type.js';
import { byText, comment, key } from './text.js';

/** Operation of an OpenAPI document. */
export interface SdkOperation {
  readonly name: string;
  readonly method: string;
  /** In fusio's notation: `/todo/:id`. */
  readonly path: string;
  readonly template: string;
  readonly node: Node;
  readonly parameters: readonly Node[];
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];

/** Reads the operations of a document by name. Throws if two have the same name. */
export function readOperations(document: Node, types: SchemaTypes): SdkOperation[] {
  const operations = new Map<string, SdkOperation>();
  for (const [template, item] of Object.entries(nodeOf(document.paths))) {
    const path = types.resolve(item);
    for (const method of methods) {
      if (!Object.hasOwn(path, method)) continue;
      const node = nodeOf(path[method]);
      const parameters = parametersOf([...listOf(path.parameters), ...listOf(node.parameters)], types);
      const name = nameOf(node, method, template);
      if (operations.has(name)) throw new Error(`sdk: two operations have the operationId "${name}"`);
      operations.set(name, { name, method, path: pathOf(template, parameters, name), template, node, parameters });
    }
  }
  return [...operations.values()].sort((a, b) => byText(a.name, b.name));
}

/** Writes the input type of an operation. `isRequired` is true if a call needs an input. */
export function inputOf(
  operation: SdkOperation,
  types: SchemaTypes,
): { readonly text: string; readonly isRequired: boolean } | undefined {
  const { parameters, node } = operation;
  const slots: string[] = [];
  let isRequired = false;
  const add = (name: string, type: string, required: boolean, doc = '') => {
    slots.push(`${doc}  ${name}${required ? '' : '?'}: ${type};\n`);
    isRequired ||= required;
  };
  for (const [slot, place] of [
    ['params', 'path'],
    ['query', 'query'],
    ['headers', 'header'],
  ] as const) {
    const some = parameters.filter((parameter) => parameter.in === place);
    if (some.length > 0) add(slot, valuesOf(some, types), some.some(isNeeded));
  }
  const body = types.resolve(node.requestBody);
  const content = Object.entries(nodeOf(body.content));
  if (content.length > 0) {
    const parts = content.map(([type, media]) => bodyOf(type, nodeOf(media).schema, types));
    add('body', [...new Set(parts)].join(' | '), body.required === true, comment(notes(body), '  '));
  }
  return slots.length === 0 ? undefined : { text: `{\n${slots.join('')}}`, isRequired };
}

/** Writes the result type of an operation: the union over every 2xx. */
export function resultOf({ node, method }: SdkOperation, types: SchemaTypes): string {
  if (method === 'head') return 'undefined';
  const responses = Object.entries(nodeOf(node.responses));
  const success = responses.filter(([status]) => /^2/.test(status));
  const some = success.length > 0 ? success : responses.filter(([status]) => status === 'default');
  const texts = some.flatMap(([, response]) => answersOf(types.resolve(response), types, ''));
  if (texts.length === 0 || texts.includes('unknown')) return 'unknown';
  return [...new Set(texts)].join(' | ');
}

/** Writes the type of error bodies by status. */
export function errorsOf({ node }: SdkOperation, types: SchemaTypes): string | undefined {
  const lines = Object.entries(nodeOf(node.responses))
    .filter(([status]) => /^[345]\d\d$/.test(status))
    .map(([status, response]) => {
      const texts = answersOf(types.resolve(response), types, '  ').map((text) =>
        text === 'undefined' ? 'string' : text,
      );
      return `  ${status}: ${[...new Set(texts)].join(' | ')};\n`;
    });
  return lines.length === 0 ? undefined : `{\n${lines.join('')}}`;
}

/** Gives the media type of the body, or undefined for JSON. */
export function consumesOf({ node }: SdkOperation, types: SchemaTypes): string | undefined {
  const [type, ...more] = Object.keys(nodeOf(types.resolve(node.requestBody).content));
  return type === undefined || more.length > 0 || type.includes('*') || type === 'application/json' ? undefined : type;
}

function parametersOf(nodes: readonly unknown[], types: SchemaTypes): Node[] {
  const found = new Map<string, Node>();
  // The parameters of the operation come last and replace those of the path.
  for (const node of nodes) {
    const parameter = types.resolve(node);
    found.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  return [...found.values()];
}

function nameOf({ operationId }: Node, method: string, template: string): string {
  if (typeof operationId === 'string' && operationId !== '') return operationId;
  return [method, ...template.split(/[^A-Za-z0-9]+/).filter(Boolean)].join('_');
}

function pathOf(template: string, parameters: readonly Node[], name: string): string {
  return template
    .split('/')
    .map((segment) => {
      const parameter = /^\{([^{}]+)\}$/.exec(segment)?.[1];
      if (parameter !== undefined) {
        const found = parameters.find((one) => one.in === 'path' && one.name === parameter);
        return `${found?.['x-fusio-wildcard'] === true ? '*' : ':'}${parameter}`;
      }
      if (/[{}]/.test(segment)) throw new Error(`sdk: operation "${name}": "${segment}" is more than one parameter`);
      // At the start of a segment, these characters would begin a parameter.
      return segment.replace(/^[:*$]/, (first) => `%${first.charCodeAt(0).toString(16).toUpperCase()}`);
    })
    .join('/');
}

function valuesOf(parameters: readonly Node[], types: SchemaTypes): string {
  const [free, named] = [
    parameters.filter((one) => isFree(one, types)),
    parameters.filter((one) => !isFree(one, types)),
  ];
  const lines = named.map((parameter) => {
    const doc = comment(notes({ ...nodeOf(schemaOf(parameter)), ...parameter }), '    ');
    const type = types.typeOf(schemaOf(parameter), '    ');
    return `${doc}    ${key(String(parameter.name))}${isNeeded(parameter) ? '' : '?'}: ${type};\n`;
  });
  const all = free.map((parameter) => `(${types.typeOf(schemaOf(parameter), '  ')})`);
  if (lines.length > 0) all.unshift(`{\n${lines.join('')}  }`);
  return all.join(' & ');
}

/** Splits an exploded object into its properties. OpenAPI 3.1, 4.8.12.2: each property is a parameter. */
function isFree(parameter: Node, types: SchemaTypes): boolean {
  return parameter.in === 'query' && parameter.explode === true && types.resolve(schemaOf(parameter)).type !== 'array';
}

function isNeeded(parameter: Node): boolean {
  return parameter.required === true || parameter.in === 'path';
}

function schemaOf(parameter: Node): unknown {
  return parameter.schema ?? nodeOf(Object.values(nodeOf(parameter.content))[0]).schema;
}

function bodyOf(type: string, schema: unknown, types: SchemaTypes): string {
  if (isJson(type)) return types.typeOf(schema, '  ');
  if (type === 'multipart/form-data') return `${types.typeOf(schema, '  ')} | FormData`;
  if (type === 'application/x-www-form-urlencoded') return `${types.typeOf(schema, '  ')} | URLSearchParams`;
  return type.startsWith('text/') ? 'string' : 'Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array>';
}

function answersOf(response: Node, types: SchemaTypes, indent: string): string[] {
  const content = Object.entries(nodeOf(response.content));
  if (content.length === 0) return ['undefined'];
  return content.map(([type, media]) => {
    if (isJson(type)) return types.typeOf(nodeOf(media).schema, indent);
    if (type.startsWith('text/event-stream')) return 'AsyncIterable<ServerSentEvent>';
    return type.startsWith('text/') ? 'string' : 'Blob';
  });
}

function isJson(type: string): boolean {
  return /^application\/json\b|\+json\b/.test(type);
}
