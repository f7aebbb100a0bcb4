import { groupOf, type OptionRule } from '../base/option.js';
import { type ExternalDocs, externalDocsSchema, url } from '../operation/description.js';

/** Facts about the API (OpenAPI 3.1, 4.8.2). */
export interface InfoDescription {
  /** Title of the API. Default: that of the option `docs`, else `API`. */
  title?: string;
  /** Version of the API. Default: that of the option `docs`, else `1.0.0`. */
  version?: string;
  /** One line. */
  summary?: string;
  /** Text, in CommonMark. */
  description?: string;
  /** URL of the terms of service. */
  termsOfService?: string;
  contact?: { name?: string; url?: string; email?: string };
  /** `identifier` is that of SPDX, such as `MIT`; not beside `url`. */
  license?: { name: string; identifier?: string; url?: string };
}

/** A server, with variables in its URL: `https://{region}.example.com`. */
export interface ServerDescription {
  /** Absolute, or relative to the document: `/api`. */
  url: string;
  description?: string;
  /** Variables by name; the URL has each in braces. */
  variables?: Readonly<Record<string, { default: string; enum?: readonly string[]; description?: string }>>;
}

/** A group of operations: one that `tags` of operations name. */
export interface TagDescription {
  name: string;
  description?: string;
  externalDocs?: ExternalDocs;
}

/** A flow of OAuth 2. Which URLs it needs depends on the flow (RFC 6749, 4). */
export interface OAuthFlow {
  authorizationUrl?: string;
  tokenUrl?: string;
  refreshUrl?: string;
  /** Descriptions of scopes by name. Default: the scopes that the operations ask for, as `fusio.scope` describes them. */
  scopes?: Readonly<Record<string, string>>;
}

/** A way to show a credential (OpenAPI 3.1, 4.8.27). */
export type SecurityScheme = Described & (HttpScheme | ApiKeyScheme | OAuthScheme | OpenIdScheme | MutualTlsScheme);

interface Described {
  /** Text, in CommonMark. */
  description?: string;
}

interface HttpScheme {
  /** A credential in the field `Authorization`. */
  type: 'http';
  /** Name of the scheme, such as `bearer` or `basic`. */
  scheme: string;
  /** Form of a bearer token, such as `JWT`. */
  bearerFormat?: string;
}

interface ApiKeyScheme {
  /** A key, or the id of a session. */
  type: 'apiKey';
  /** Place of the key. */
  in: 'header' | 'query' | 'cookie';
  /** Name of the field, the parameter or the cookie. */
  name: string;
}

interface OAuthScheme {
  /** A token of OAuth 2. */
  type: 'oauth2';
  /** The ways to get a token; one at least. */
  flows: {
    implicit?: OAuthFlow;
    password?: OAuthFlow;
    clientCredentials?: OAuthFlow;
    authorizationCode?: OAuthFlow;
  };
}

interface MutualTlsScheme {
  /** A certificate of the client. */
  type: 'mutualTLS';
}

interface OpenIdScheme {
  /** A token of an OpenID provider. */
  type: 'openIdConnect';
  /** URL of the provider's configuration. */
  openIdConnectUrl: string;
}

/** The option `openapi` of `createFusio`: members of the document that do not follow from the operations. */
export interface ApiDescription {
  /** Facts about the API: description, terms, contact, licence. */
  info?: InfoDescription;
  /** Servers, in this order. Default: `baseUrl`, else the mount path of the request. */
  servers?: readonly ServerDescription[];
  /** Tags, in this order; those that no operation has are left out. Default: the tags of the operations, by name. */
  tags?: readonly TagDescription[];
  /** The credentials that `authenticate` takes, by name. Any one will do. Default: `bearer`. */
  securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  /** A page with more. Default: none. */
  externalDocs?: ExternalDocs;
}

/** The schemes of an API that names none. */
export const defaultSchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token or an API key.' },
} as const satisfies ApiDescription['securitySchemes'];

const text = { type: 'string' };
const word = { type: 'string', minLength: 1 };
const texts = { type: 'object', additionalProperties: text };

const info = {
  title: text,
  version: text,
  summary: text,
  description: text,
  termsOfService: url,
  contact: groupOf({ name: text, url, email: { type: 'string', format: 'email' } }),
  license: { ...groupOf({ name: text, identifier: text, url }), required: ['name'] },
} satisfies Record<keyof InfoDescription, object>;

const variable = {
  ...groupOf({ default: text, enum: { type: 'array', items: text, minItems: 1 }, description: text }),
  required: ['default'],
};

const server = {
  url: text,
  description: text,
  variables: { type: 'object', additionalProperties: variable },
} satisfies Record<keyof ServerDescription, object>;

const tag = { name: text, description: text, externalDocs: externalDocsSchema } satisfies Record<
  keyof TagDescription,
  object
>;

const flow = groupOf({
  authorizationUrl: url,
  tokenUrl: url,
  refreshUrl: url,
  scopes: texts,
} satisfies Record<keyof OAuthFlow, object>);

/** The members of all types; which one needs and may have which is checked below. */
const scheme = {
  type: { enum: ['http', 'apiKey', 'oauth2', 'openIdConnect', 'mutualTLS'] satisfies SecurityScheme['type'][] },
  description: text,
  scheme: word,
  bearerFormat: text,
  in: { enum: ['header', 'query', 'cookie'] },
  name: word,
  flows: groupOf({ implicit: flow, password: flow, clientCredentials: flow, authorizationCode: flow }),
  openIdConnectUrl: url,
};

const description = {
  info: groupOf(info),
  servers: { type: 'array', items: { ...groupOf(server), required: ['url'] } },
  tags: { type: 'array', items: { ...groupOf(tag), required: ['name'] } },
  securitySchemes: {
    type: 'object',
    additionalProperties: { ...groupOf(scheme), required: ['type'] },
    minProperties: 1,
  },
  externalDocs: externalDocsSchema,
} satisfies Record<keyof ApiDescription, object>;

/** The option `openapi`. Default: what follows from the operations. */
export const openapiOption: OptionRule<ApiDescription> = { schema: groupOf(description), check: faultOf };

function faultOf({ info: facts, servers = [], tags = [], securitySchemes = {} }: ApiDescription): string | undefined {
  if (facts?.license?.identifier !== undefined && facts.license.url !== undefined) {
    return 'openapi.info.license has an identifier or a url, not both';
  }
  const names = tags.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `openapi.tags has "${twice}" twice`;
  for (const [index, one] of servers.entries()) {
    const fault = faultOfServer(one);
    if (fault !== undefined) return `openapi.servers.${index} ${fault}`;
  }
  for (const [name, one] of Object.entries(securitySchemes)) {
    const fault = faultOfScheme(name, one);
    if (fault !== undefined) return `openapi.securitySchemes.${name} ${fault}`;
  }
  return undefined;
}

function faultOfServer({ url: address, variables = {} }: ServerDescription): string | undefined {
  const named = [...address.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const missing = named.find((name) => !Object.hasOwn(variables, name));
  if (missing !== undefined) return `has {${missing}} in its URL and no such variable`;
  const idle = Object.keys(variables).find((name) => !named.includes(name));
  if (idle !== undefined) return `has the variable "${idle}" and no {${idle}} in its URL`;
  for (const [name, { default: value, enum: values }] of Object.entries(variables)) {
    if (values && !values.includes(value))
      return `has the variable "${name}" whose default "${value}" is not in its enum`;
  }
  // The names are checked already.
  if (isServer(address.replace(/\{[^{}]*\}/g, '1'))) return undefined;
  return `must be a URL without query and fragment, absolute or like "/api", got ${JSON.stringify(address)}`;
}

// RFC 3986, 2: every other character of a URL is percent-encoded. A URL parser would repair it silently.
export function isServer(address: string): boolean {
  return /^[\w.~:/[\]@!$&'()*+,;=%-]*$/.test(address) && URL.canParse(address, 'http://localhost');
}

const needed = {
  http: ['scheme'],
  apiKey: ['in', 'name'],
  oauth2: ['flows'],
  openIdConnect: ['openIdConnectUrl'],
  mutualTLS: [],
} as const satisfies Record<SecurityScheme['type'], readonly string[]>;

const neededUrls = {
  implicit: ['authorizationUrl'],
  password: ['tokenUrl'],
  clientCredentials: ['tokenUrl'],
  authorizationCode: ['authorizationUrl', 'tokenUrl'],
} as const;

function faultOfScheme(name: string, one: SecurityScheme): string | undefined {
  // OpenAPI 3.1, 4.8.7.
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) return 'must have a name of letters, digits, ".", "_" and "-"';
  const wanted: readonly string[] = needed[one.type];
  const given = Object.entries(one).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const missing = wanted.find((key) => !given.includes(key));
  if (missing !== undefined) return `of the type "${one.type}" needs "${missing}"`;
  const known = ['type', 'description', ...wanted, ...(one.type === 'http' ? ['bearerFormat'] : [])];
  const idle = given.find((key) => !known.includes(key));
  if (idle !== undefined) return `of the type "${one.type}" has no "${idle}"; it has ${known.slice(1).join(', ')}`;
  return one.type === 'oauth2' ? faultOfFlows(one.flows) : undefined;
}

function faultOfFlows(flows: OAuthScheme['flows']): string | undefined {
  if (Object.keys(flows).length === 0) return `needs one of ${Object.keys(neededUrls).join(', ')} in flows`;
  for (const [name, urls] of Object.entries(neededUrls)) {
    // The keys of both are the flows.
    const one = flows[name as keyof typeof neededUrls];
    const missing = one && urls.find((key) => one[key] === undefined);
    if (missing !== undefined) return `needs flows.${name}.${missing}`;
  }
  return undefined;
}
