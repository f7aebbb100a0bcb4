import type { Principal } from '../access/caller.js';

/** Options of `fusio.openapi`. */
export interface OpenApiOptions {
  /** Title of the API. Default: that of the option `docs`, else `API`. */
  title?: string;
  /** Version of the API, not of the format. Default: that of the option `docs`, else `1.0.0`. */
  version?: string;
  /** URLs, absolute or relative to the document. Default: `baseUrl`, else the mount path of the request. */
  servers?: readonly string[];
  /** Leaves out what this caller may not call. Default: every operation that is exposed. */
  as?: Principal | 'anonymous';
}

/** OpenAPI 3.1 document. */
export interface OpenApiDocument {
  /** Version of the format. */
  openapi: '3.1.0' | '3.1.1';
  /** Title and version of the API. */
  info: { title: string; version: string; [key: string]: unknown };
  /** Operations by path, in OpenAPI's form (`/todo/{id}`), then by method in lower case. */
  paths: Record<string, Record<string, unknown>>;
  /** Events that webhooks deliver, by name. */
  webhooks?: Record<string, unknown>;
  /** Named schemas, security schemes and the like, by kind, then by name. */
  components?: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

/** Part of the document. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes `todo.get_all` as a part of a component's name: `TodoGetAll`. */
export function pascal(text: string): string {
  return text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Compares texts in an order that does not depend on the machine's language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
