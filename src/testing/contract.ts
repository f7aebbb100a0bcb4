import type { AnyFusio } from '../fusio/fusio.js';
import type { Principal, RegisteredOperation } from '../index.js';

/** Options of `checkContract`. */
export interface ContractOptions {
  /** The caller. Default: the system. */
  as?: Principal | 'system';
  /** True: fails for operations without an example, too. Default: false. */
  complete?: boolean;
}

/** The result of `checkContract`. */
export interface ContractReport {
  /** Number of examples that were called. */
  readonly called: number;
}

/**
 * Calls every example of every operation and compares the result with the operation's schemas and with the example's response.
 * Rejects with an error that lists every difference. An example without a 2xx answer fails.
 */
export async function checkContract(
  fusio: AnyFusio,
  { as = 'system', complete = false }: ContractOptions = {},
): Promise<ContractReport> {
  const failures: string[] = [];
  let called = 0;
  for (const operation of fusio.operations()) {
    const examples = Object.entries(operation.options.examples ?? {});
    if (complete && examples.length === 0) failures.push(`operation "${operation.name}" has no example`);
    for (const [name, example] of examples) {
      called++;
      const where = `operation "${operation.name}", example "${name}"`;
      for (const problem of await checkExample(fusio, operation, example, as)) failures.push(`${where}: ${problem}`);
    }
  }
  if (failures.length > 0)
    throw new Error(`the contract is broken in ${failures.length} place(s):\n${failures.join('\n')}`);
  return { called };
}

interface Example {
  readonly request?: unknown;
  readonly response?: unknown;
}

async function checkExample(
  fusio: AnyFusio,
  operation: RegisteredOperation,
  { request, response: expected }: Example,
  as: Principal | 'system',
): Promise<string[]> {
  // Examples are checked against the schemas of the operation when the document is written.
  const {
    params = {},
    query = {},
    headers = {},
    body,
  } = (request ?? {}) as {
    params?: Record<string, unknown>;
    query?: Record<string, unknown>;
    headers?: Record<string, string>;
    body?: unknown;
  };
  const { method, path } = operation;
  const missing = missingParams(path, params);
  if (missing.length > 0) return [`request.params lacks ${missing.join(', ')}`];
  const answer = await fusio.inject({
    method,
    path: operation.fillPath(params),
    query,
    headers: { ...typeOf(operation, body), ...headers },
    body: bodyOf(operation, body),
    as,
  });
  const problems: string[] = [];
  if (answer.status < 200 || answer.status > 299)
    problems.push(`answers ${answer.status}: ${answer.text().slice(0, 500)}`);
  else if (answer.headers.get('content-type')?.includes('json')) {
    problems.push(...described('the answer', operation.checkResponse(answer.status, answer.json())));
  }
  if (expected !== undefined) {
    const status = answer.status < 300 ? answer.status : 200;
    problems.push(...described('the example', operation.checkResponse(status, expected)));
  }
  return problems;
}

/** Encodes the body in the media type of the operation. */
function bodyOf({ options }: RegisteredOperation, body: unknown): unknown {
  const type = mediaTypeOf(options);
  if (type === undefined || typeof body !== 'object' || body === null) return body;
  const isForm = type === 'multipart/form-data';
  if (!isForm && type !== 'application/x-www-form-urlencoded') return body;
  const form = isForm ? new FormData() : new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob && form instanceof FormData) form.append(name, one);
      else form.append(name, String(one));
    }
  }
  return form;
}

function typeOf({ options }: RegisteredOperation, body: unknown): Record<string, string> {
  const type = mediaTypeOf(options);
  // A form sets its own Content-Type, with the boundary.
  return type === undefined || body === undefined || type.includes('form') ? {} : { 'content-type': type };
}

function mediaTypeOf({ consumes }: RegisteredOperation['options']): string | undefined {
  const first = Array.isArray(consumes) ? consumes[0] : consumes;
  return typeof first === 'object' ? first.type : first;
}

function described(what: string, issues: readonly { pointer: string; message: string }[]): string[] {
  return issues.map(({ pointer, message }) => `${what} ${pointer} ${message}`);
}

function missingParams(path: string, params: Record<string, unknown>): string[] {
  const names = [...path.matchAll(/\/(?:[:*]|\$)([a-zA-Z_]\w*)/g)].map(([, name = '']) => name);
  return names.filter((name) => params[name] === undefined);
}
