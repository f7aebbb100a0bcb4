import type { OpenApiDocument } from '../index.js';
import { Names } from './names.js';
import { consumesOf, errorsOf, inputOf, readOperations, resultOf, type SdkOperation } from './operations.js';
import { runtime } from './runtime.js';
import { type Node, nodeOf, SchemaTypes } from './schema-type.js';
import { comment, key, quote, typeName } from './text.js';

export interface SdkOptions {
  /** Default URL of the client. Default: the first server of the document, if it is an absolute URL. */
  baseUrl?: string;
}

/**
 * Writes a TypeScript client of one file without dependencies: `todo.create` is `client.todo.create({ body })`.
 * The same document gives the same bytes. Throws if the document has a reference without a target.
 */
export function generateSdk(document: OpenApiDocument, options: SdkOptions = {}): string {
  const names = new Names(runtime, builtIn);
  const types = new SchemaTypes(document, names);
  const operations = readOperations(document, types);
  const baseUrl = options.baseUrl ?? serverOf(document);
  const methods = new Map(operations.map((operation) => [operation, declareOperation(operation, types, names)]));
  const client = writeTree(treeOf(operations), methods, '');
  const body = [...methods.values()].map(({ declarations }) => declarations).filter(Boolean);
  const declared = types.declarations();
  return [
    header(document),
    declared,
    ...body,
    createClientOf(operations, types, client, baseUrl),
    runtime.replace('Body = unknown', `Body = ${problemOf(document, types)}`),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

// Names that the rest of the file uses: a type of the same name would hide them.
const builtIn = [
  'ArrayBuffer',
  'AsyncIterable',
  'Blob',
  'Client',
  'ClientMethod',
  'ClientOptions',
  'FormData',
  'Map',
  'Omit',
  'Promise',
  'ReadableStream',
  'Record',
  'URLSearchParams',
  'Uint8Array',
];

interface Method {
  readonly declarations: string;
  readonly type: string;
}

function declareOperation(operation: SdkOperation, types: SchemaTypes, names: Names): Method {
  const name = typeName(operation.name);
  const input = inputOf(operation, types);
  const errors = errorsOf(operation, types);
  const [inputName, resultName, errorsName] = ['Input', 'Result', 'Errors'].map((end) => names.claim(name + end));
  const declarations = [
    input && `/** Input of \`${operation.name}\`. */\nexport interface ${inputName} ${input.text}\n`,
    `/** Result of \`${operation.name}\`. */\nexport type ${resultName} = ${resultOf(operation, types)};\n`,
    errors && `/** Error bodies of \`${operation.name}\` by status. */\nexport interface ${errorsName} ${errors}\n`,
  ];
  const first = input ? `input${input.isRequired ? '' : '?'}: ${inputName}` : 'input?: Record<string, never>';
  const type = `ClientMethod<[${first}, options?: ClientCallOptions], ${resultName}, ${errors ? errorsName : '{}'}>`;
  return { declarations: declarations.filter(Boolean).join('\n'), type };
}

interface Tree {
  operation?: SdkOperation;
  readonly parts: Map<string, Tree>;
}

function treeOf(operations: readonly SdkOperation[]): Tree {
  const root: Tree = { parts: new Map() };
  for (const operation of operations) {
    let place = root;
    for (const word of operation.name.split('.')) {
      const next: Tree = place.parts.get(word) ?? { parts: new Map() };
      place.parts.set(word, next);
      place = next;
    }
    place.operation = operation;
  }
  return root;
}

function writeTree({ parts }: Tree, methods: ReadonlyMap<SdkOperation, Method>, indent: string): string {
  const inner = `${indent}  `;
  const lines = [...parts].map(([word, tree]) => {
    const { operation } = tree;
    const nested = tree.parts.size > 0 && writeTree(tree, methods, inner);
    const types = [operation && methods.get(operation)?.type, nested].filter(Boolean);
    return `${operation ? describe(operation, inner) : ''}${inner}readonly ${key(word)}: ${types.join(' & ')};\n`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

function describe({ node, method, template }: SdkOperation, indent: string): string {
  const { summary, description, deprecated } = node;
  const lines = [
    typeof summary === 'string' && summary,
    typeof description === 'string' && description,
    `\`${method.toUpperCase()} ${template}\``,
    deprecated === true && '@deprecated',
  ];
  return comment(lines, indent);
}

function createClientOf(
  operations: readonly SdkOperation[],
  types: SchemaTypes,
  client: string,
  baseUrl: string | undefined,
): string {
  const routes = operations.map((operation) => {
    const { name, method, path } = operation;
    const consumes = consumesOf(operation, types);
    const more = consumes === undefined ? '' : `, consumes: ${quote(consumes)}`;
    return `  [${quote(name)}, { method: ${quote(method.toUpperCase())}, path: ${quote(path)}${more} }],\n`;
  });
  const isOptional = baseUrl !== undefined;
  return `/** One operation. */
export interface ClientMethod<Arguments extends readonly unknown[], Result, Errors> {
  (...input: Arguments): Promise<Result>;
  /** Types only, for \`ClientError.is\`. */
  readonly '~types'?: { errors: Errors };
}

/** The operations by name. */
export interface Client ${client}

${
  isOptional
    ? `export interface ClientOptions extends Omit<SendOptions, 'baseUrl'> {
  /** Default: \`${baseUrl.replaceAll('*/', '*\\/')}\`. */
  baseUrl?: string;
}`
    : 'export interface ClientOptions extends SendOptions {}'
}

const routes: readonly (readonly [name: string, route: Route])[] = [
${routes.join('')}];

export function createClient(options: ClientOptions${isOptional ? ' = {}' : ''}): Client {
  const settings: SendOptions = ${isOptional ? `{ baseUrl: ${quote(baseUrl)}, ...options }` : 'options'};
  const places = new Map<string, object>([['', Object.create(null)]]);
  const placeOf = (name: string): object => {
    const known = places.get(name);
    if (known) return known;
    const place: object = Object.create(null);
    put(name, place);
    return place;
  };
  const put = (name: string, value: object): void => {
    const end = name.lastIndexOf('.');
    const parent = placeOf(end < 0 ? '' : name.slice(0, end));
    Object.defineProperty(parent, name.slice(end + 1), { value, enumerable: true, configurable: true, writable: true });
    places.set(name, value);
  };
  for (const [name, route] of routes) {
    const method = (input?: CallInput, callOptions?: ClientCallOptions) =>
      send(name, route, settings, input, callOptions);
    put(name, Object.defineProperty(method, 'name', { value: name, configurable: true }));
  }
  return placeOf('') as Client;
}
`;
}

/** Finds the default type of error bodies: the problem schema of the shared responses. */
function problemOf(document: Node, types: SchemaTypes): string {
  const { responses } = nodeOf(document.components);
  // An app may send its problems in a form of its own (`formatProblem`), as plain JSON.
  const schemas = Object.values(nodeOf(responses)).flatMap((response) =>
    Object.values(nodeOf(nodeOf(response).content)).map((media) => nodeOf(media).schema),
  );
  const shared = schemas.find((schema) => nodeOf(schema).$ref !== undefined);
  return types.typeOf(shared, '');
}

function header({ info }: OpenApiDocument): string {
  const { title, version, description } = info;
  const text = comment(
    [
      `${title} ${version}`,
      typeof description === 'string' ? description : undefined,
      'Generated by fusio from an OpenAPI document: changes here are lost.',
    ],
    '',
  );
  return `${text}\n/* eslint-disable */\n`;
}

function serverOf(document: Node): string | undefined {
  const { servers } = document;
  const url = Array.isArray(servers) ? nodeOf(servers[0]).url : undefined;
  return typeof url === 'string' && /^https?:\/\/[^{}]*$/.test(url) ? url : undefined;
}
