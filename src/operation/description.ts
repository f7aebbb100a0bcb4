import { FusioError } from '../base/errors.js';
import { groupOf } from '../base/option.js';
import { didYouMean } from '../base/suggest.js';
import { isMediaType } from './media-type.js';

/** A page outside the document (OpenAPI 3.1, 4.8.11). */
export interface ExternalDocs {
  url: string;
  description?: string;
}

/** A header field of a response; a text is the description of a text. */
export interface HeaderDescription {
  description?: string;
  /** Default: a text. */
  schema?: object;
  /** Whether every response has it. Default: false. */
  required?: boolean;
  deprecated?: boolean;
  example?: unknown;
}

/** A body of a response in one media type. */
export interface ContentDescription {
  /** Default: anything. */
  schema?: object;
  example?: unknown;
}

/** A response of one status, beside what `response` and `throws` declare. */
export interface ResponseDescription {
  /** Default: the text in `throws`, the description of the schema, else the reason phrase. */
  description?: string;
  /** Header fields by name: `{ Location: 'URL of the new todo' }`. */
  headers?: Readonly<Record<string, string | HeaderDescription>>;
  /** Further bodies by media type: `{ 'text/csv': {} }`. */
  content?: Readonly<Record<string, ContentDescription>>;
  /** Links by name, taken as they are (OpenAPI 3.1, 4.8.20). */
  links?: Readonly<Record<string, object>>;
}

/** Members of the OpenAPI document that do not follow from an operation's schemas. Only the document shows them, nothing is checked by them. */
export interface OperationDescription {
  externalDocs?: ExternalDocs;
  /** Alternatives, each with the security schemes that it needs: `[{ session: [], csrf: [] }]`. Default: any one scheme, with the scopes. */
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** Responses by status. Each status is one that the operation declares. */
  responses?: Readonly<Record<number, ResponseDescription>>;
  /** Callbacks by name, taken as they are (OpenAPI 3.1, 4.8.18). */
  callbacks?: Readonly<Record<string, object>>;
}

const text = { type: 'string' };
const flag = { type: 'boolean' };
const anything = {};
const raw = { type: 'object', additionalProperties: { type: 'object' } };

export const url = { type: 'string', format: 'uri-reference' };

const externalDocs = { url, description: text } satisfies Record<keyof ExternalDocs, object>;
export const externalDocsSchema = { ...groupOf(externalDocs), required: ['url'] };

const header = {
  description: text,
  schema: { type: 'object' },
  required: flag,
  deprecated: flag,
  example: anything,
} satisfies Record<keyof HeaderDescription, object>;

const content = { schema: { type: 'object' }, example: anything } satisfies Record<keyof ContentDescription, object>;

const response = {
  description: text,
  // Keywords of objects say nothing of texts: a message is about the form that was meant.
  headers: { type: 'object', additionalProperties: { ...groupOf(header), type: ['string', 'object'] } },
  content: { type: 'object', additionalProperties: groupOf(content) },
  links: raw,
} satisfies Record<keyof ResponseDescription, object>;

const requirement = { type: 'object', additionalProperties: { type: 'array', items: text } };

const description = {
  externalDocs: externalDocsSchema,
  security: { type: 'array', items: requirement },
  responses: { type: 'object', additionalProperties: groupOf(response) },
  callbacks: raw,
} satisfies Record<keyof OperationDescription, object>;

export const descriptionSchema = groupOf(description);

/** Checks what a schema cannot say. Throws `OPERATION_INVALID` with the mistake and the fix. */
export function checkDescription(
  { security = [], responses = {} }: OperationDescription,
  { statuses, securitySchemes }: { readonly statuses: readonly number[]; readonly securitySchemes: readonly string[] },
  where: string,
): void {
  const refuse = (fault: string): never => {
    throw new FusioError('OPERATION_INVALID', `${where}: openapi.${fault}`);
  };
  for (const name of security.flatMap((one) => Object.keys(one))) {
    if (securitySchemes.includes(name)) continue;
    const guess = didYouMean(name, securitySchemes) || `; there are ${securitySchemes.join(', ')}`;
    refuse(`security names "${name}", which is not among the securitySchemes of createFusio${guess}`);
  }
  const declared = statuses.map(String);
  for (const [status, { headers = {}, content: bodies = {} }] of Object.entries(responses)) {
    const at = `responses.${status}`;
    if (!declared.includes(status)) {
      refuse(`${at}: the operation declares ${declared.join(', ')}; add ${status} to response or throws`);
    }
    if ((status === '204' || status === '205' || status === '304') && Object.keys(bodies).length > 0) {
      refuse(`${at}: ${status} has no content`);
    }
    const wrong = Object.keys(headers).find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name));
    if (wrong !== undefined) refuse(`${at}: "${wrong}" cannot be the name of a header field`);
    const type = Object.keys(bodies).find((name) => !isMediaType(name));
    if (type !== undefined) refuse(`${at}: "${type}" is no media type like "text/csv"`);
  }
}
