import type { AnyContext } from '../action/context.js';
import type { OperationAdapter, Registry } from '../operation/registry.js';
import type { Schemas } from '../schema/schemas.js';
import type { ApiDescription } from './description.js';
import { docsOperations, serverOf, viewerOf } from './docs-page.js';
import { makeDocument } from './document.js';
import type { OpenApiDocument, OpenApiOptions } from './openapi.js';
import { checkOpenApiOptions, type DocsOptions } from './options.js';
import type { DocumentedProblems } from './problems.js';

export interface DocumentsParts {
  readonly registry: Pick<Registry, 'operations' | 'scopes'>;
  readonly schemas: Schemas;
  /** The option `docs`: its title and version are those of every document. */
  readonly docs: boolean | DocsOptions;
  /** The option `openapi`. */
  readonly description: ApiDescription;
  /** Where callers reach the API; undefined: as the request says. */
  readonly baseUrl: string | undefined;
  readonly problems: DocumentedProblems;
}

/** The OpenAPI documents of one fusio. */
export interface Documents {
  openapi(options?: OpenApiOptions): OpenApiDocument;
  /** Drops the documents that were written: something was registered since. */
  forget(): void;
  /** Registers the operations that serve the document and the page. */
  readonly adapter: OperationAdapter;
  /** Writes a document at the start, so that a schema that cannot be written is found before the first reader. */
  ready(): void;
}

const mostDocuments = 100;

export function createDocuments({
  registry,
  schemas,
  docs,
  description,
  baseUrl,
  problems,
}: DocumentsParts): Documents {
  const { path, ...info } = typeof docs === 'object' ? docs : {};
  const server = description.servers ? undefined : baseUrl?.replace(/\/+$/, '');
  // By server and caller. Bounded: otherwise a stranger could fill the memory with documents.
  const written = new Map<string, OpenApiDocument>();

  function write(options: OpenApiOptions): OpenApiDocument {
    const servers = options.servers ?? (server === undefined ? undefined : [server]);
    return makeDocument(
      { operations: registry.operations.values(), schemas, scopes: registry.scopes, problems, description },
      { ...info, ...options, ...(servers && { servers }) },
    );
  }

  function forRequest(context: AnyContext): OpenApiDocument {
    const reached = description.servers ? undefined : (server ?? serverOf(context));
    const viewer = viewerOf(context);
    const key = JSON.stringify([reached, viewer ? (viewer.scopes ?? []) : null]);
    const known = written.get(key);
    if (known) return known;
    const document = write({ ...(reached !== undefined && { servers: [reached] }), ...(viewer && { as: viewer }) });
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
    adapter(fusio) {
      const made = docsOperations({
        document: forRequest,
        ...(path !== undefined && { path }),
        ...(info.title !== undefined && { title: info.title }),
      });
      for (const operation of made) fusio.operation(operation);
    },
    ready() {
      if (docs) write({});
    },
  };
}
