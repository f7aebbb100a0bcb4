import type { AnyContext } from '../action/context.js';
import type { Operation } from '../operation/operation.js';
import type { AnyOperationOptions } from '../operation/options.js';
import type { Schemas } from '../schema/schemas.js';
import { docsOperations, serverOf, viewerOf } from './docs-page.js';
import { makeDocument } from './document.js';
import type { OpenApiDocument, OpenApiOptions } from './openapi.js';
import { checkOpenApiOptions, type DocsOptions } from './options.js';

export interface Documented {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly schemas: Schemas;
  readonly scopes: ReadonlyMap<string, string | undefined>;
}

/** The documents of a fusio, and the operations that serve them. */
export interface Documents {
  openapi(options?: OpenApiOptions): OpenApiDocument;
  /** Something was registered: what is written is out of date. */
  forget(): void;
  /** For the option `docs`. */
  operations(docs: boolean | DocsOptions): readonly AnyOperationOptions[];
}

const mostDocuments = 100;

export function createDocuments(documented: Documented, baseUrl: string | undefined): Documents {
  const { operations } = documented;
  // A stranger must not make us write a document for every request.
  const written = new Map<string, OpenApiDocument>();
  // Of the option `docs`: a document is called the same, whether it is served or written.
  let info: Pick<OpenApiOptions, 'title' | 'version'> = {};

  function write(options: OpenApiOptions): OpenApiDocument {
    const servers = options.servers ?? (baseUrl === undefined ? undefined : [baseUrl]);
    return makeDocument(
      { ...documented, operations: operations.values() },
      { ...info, ...options, ...(servers && { servers }) },
    );
  }

  function forRequest(context: AnyContext): OpenApiDocument {
    const server = baseUrl ?? serverOf(context);
    const viewer = viewerOf(context);
    const key = JSON.stringify([server, viewer ? (viewer.scopes ?? []) : null]);
    const known = written.get(key);
    if (known) return known;
    const document = write({ servers: [server], ...(viewer && { as: viewer }) });
    if (written.size >= mostDocuments) written.clear();
    written.set(key, document);
    return document;
  }

  return {
    openapi(options = {}) {
      checkOpenApiOptions(options);
      return write(options);
    },
    forget: () => written.clear(),
    operations(docs) {
      if (docs === false) return [];
      const { path, ...named } = docs === true ? {} : docs;
      info = named;
      return docsOperations({
        document: forRequest,
        ...(path !== undefined && { path }),
        ...(info.title !== undefined && { title: info.title }),
      });
    },
  };
}
