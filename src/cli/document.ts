import { readFile } from 'node:fs/promises';
import type { OpenApiDocument } from '../index.js';
import { CliError } from './cli-error.js';
import { fusioOf, isRecord, type LoadedFusio, withModule } from './module.js';

const timeoutMs = 30_000;

interface ReadDocument {
  readonly document: OpenApiDocument;
  /** URL of the document. Undefined for a file or a module. */
  readonly url?: string;
}

/** Reads the OpenAPI document of a module, a URL or a file. For an SDK, operations with `expose: { sdk: false }` are left out. */
export async function readDocument(source: string, purpose: 'sdk' | 'openapi'): Promise<ReadDocument> {
  if (/^https?:\/\//i.test(source)) return fetchDocument(source);
  if (/\.json$/i.test(source)) return { document: parse(await readText(source), source) };
  const document = await withModule(source, async (exports) => {
    const fusio = fusioOf(exports, source);
    if (!fusio.openapi) throw new CliError(`the fusio of ${source} is of a version without openapi()`, 1);
    // Asynchronous adapters may still register operations.
    await fusio.ready();
    const whole = fusio.openapi();
    return purpose === 'sdk' ? withoutHidden(whole, fusio) : whole;
  });
  return { document };
}

async function fetchDocument(source: string): Promise<ReadDocument> {
  const url = /\.json([?#].*)?$/i.test(source) ? source : `${source.replace(/\/+$/, '')}/openapi.json`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    const { message, cause }: Error = Object(error);
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new CliError(`cannot read ${url}: ${reason}`, 1, error);
  }
  if (!response.ok)
    throw new CliError(`${url} answers with status ${response.status}; does the API have docs: true?`, 1);
  return { document: parse(text, url), url: response.url || url };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message }: NodeJS.ErrnoException = Object(cause);
    throw new CliError(code === 'ENOENT' ? `there is no file ${path}` : `cannot read ${path}: ${message}`, 1, cause);
  }
}

function parse(text: string, source: string): OpenApiDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${source} is not JSON`, 1, cause);
  }
  if (
    isRecord(document) &&
    String(document.openapi).startsWith('3.') &&
    isRecord(document.paths) &&
    isRecord(document.info)
  ) {
    // Cast: an OpenAPI 3 document by its version, its paths and its info; the rest is checked where it is read.
    return document as unknown as OpenApiDocument;
  }
  throw new CliError(`${source} is not an OpenAPI 3 document`, 1);
}

/** Removes the operations with `expose: { sdk: false }`, which the OpenAPI document contains. */
function withoutHidden(document: OpenApiDocument, fusio: LoadedFusio): OpenApiDocument {
  const hidden = new Set(
    fusio.operations().flatMap(({ name, options }) => (options.expose?.sdk === false ? [name] : [])),
  );
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const some = Object.entries(item).filter(([, one]) => !isRecord(one) || !hidden.has(String(one.operationId)));
    return [path, Object.fromEntries(some)] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
