import type { Principal } from '../access/caller.js';

/** What `fusio.openapi` takes. */
export interface OpenApiOptions {
  /** Default: `API`. */
  title?: string;
  /** The version of the API, not of the format. Default: `1.0.0`. */
  version?: string;
  /** URLs, absolute or relative to the document. Default: `baseUrl`, else the mount path of the request. */
  servers?: readonly string[];
  /** Only what this caller may see. Default: everything that is exposed. */
  as?: Principal | 'anonymous';
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: '3.1.0' | '3.1.1';
  info: { title: string; version: string; [key: string]: unknown };
  paths: Record<string, Record<string, unknown>>;
  webhooks?: Record<string, unknown>;
  components?: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

/** A part of the document. */
export type Json = Record<string, unknown>;

/** `todo.get_all` as a part of a component's name: `TodoGetAll`. */
export function pascal(text: string): string {
  return text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** An order that does not depend on the machine's language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
