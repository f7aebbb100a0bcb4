import type { Problem } from '../base/errors.js';
import type { OwnProblems } from './own-problems.js';

/** The errors that an operation may throw, by status: `ErrorsOf<typeof createTodo>[409]`. Takes a handle or a method of a client. */
export type ErrorsOf<Operation> = Operation extends { readonly '~types'?: { errors: infer Errors } }
  ? Errors & Omit<OwnProblems, keyof Errors>
  : {};

// Two copies of this file in one program have different classes, so `instanceof` would fail: the symbol marks both.
const errorBrand = Symbol.for('fusio.client-error');

/** Error for an answer whose status is not 2xx. `body` is the problem document, or text if the answer is not JSON. */
export class ClientError<Body = Problem> extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Header fields of the answer. */
  readonly headers: Headers;
  /** The problem document, or text where the answer is not JSON. */
  readonly body: Body;

  constructor(response: { readonly status: number; readonly headers: Headers }, body: Body, message?: string) {
    super(message ?? messageOf(body, response.status));
    this.name = 'ClientError';
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
    Object.defineProperty(this, errorBrand, { value: true });
  }

  /** Narrows an error to one status of an operation: `ClientError.is(error, getTodo, 404)`. Takes a handle or a method of a client. */
  static is<Operation, Status extends keyof ErrorsOf<Operation> & number>(
    error: unknown,
    _operation: Operation,
    status: Status,
  ): error is ClientError<ErrorsOf<Operation>[Status]> {
    return isClientError(error) && error.status === status;
  }
}

function isClientError(error: unknown): error is ClientError<unknown> {
  return typeof error === 'object' && error !== null && errorBrand in error;
}

function messageOf(body: unknown, status: number): string {
  // The server may send its problems in a form of its own: `error` is the member of many.
  const { detail, message, title, error }: Record<string, unknown> = Object(body);
  const text = [detail, message, title, error, Object(error).message].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return typeof text === 'string' ? text : `The answer has status ${status}`;
}
