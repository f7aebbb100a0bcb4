import { type Caller, system } from '../access/caller.js';
import type { Call, CallOptions, OperationHandle } from '../action/handle.js';
import type { Request } from '../action/request.js';
import { codeOf, FusioError } from '../base/errors.js';
import { stringify, unwritable } from '../base/stringify.js';
import { didYouMean } from '../base/suggest.js';
import { callerFor, checkCallOptions } from './context.js';
import type { Gate } from './gate.js';
import { Invocation } from './invocation.js';
import type { CallDirect, PipelineParts, Reach } from './parts.js';
import { invoke } from './pipeline.js';
import type { Answered, Origin, Outcome, RawRequest, Transport } from './transport.js';
import { slots } from './validate.js';

// A circle of calls would fill the stack; nothing sane is nested deeper.
const deepest = 32;

/** Makes the function that runs something in process, through the same steps as a request from outside. */
export function createCallDirect(parts: PipelineParts, gate: Gate): CallDirect {
  return function callDirect(runnable, input, caller, { source = 'call', run, signal, isNamed, depth, requestId }) {
    return new Promise((resolve, reject) => {
      // A call within a call that still drains goes on; a new one comes too late.
      const isCounted = gate.enter();
      if (!isCounted && depth === 0) throw new FusioError('SHUTTING_DOWN');

      const origin: Origin = { source, form: 'values', ip: undefined, http: undefined, run, isUnsent: false };
      const transport = new DirectTransport(runnable.name, input, caller, isNamed === true, signal);
      const invocation: Invocation = new Invocation(parts, runnable, origin, transport, deliver, depth, requestId);
      if (isCounted) invocation.onEnd(gate.leave);
      if (depth > deepest) invocation.fail(new FusioError('CALL_TOO_DEEP'));
      else if (signal?.aborted) {
        invocation.fail(new FusioError('CALL_CANCELLED', undefined, { cause: signal.reason }));
      } else invoke(invocation);

      function deliver(answer: Answered | undefined, error: FusioError | undefined): void {
        if (error) reject(error);
        else resolve(answer?.body);
        // Only now: whatever happens at its end, the caller has the result.
        invocation.end(error?.status ?? answer?.status ?? 200, error);
      }
    });
  };
}

/** Makes `fusio.call`: as the system, unless `as` says who. */
export function createCall(find: Reach['find'], callDirect: CallDirect): Call {
  async function call(handle: OperationHandle, input?: unknown, options: CallOptions = {}): Promise<unknown> {
    checkCallOptions(options);
    const caller = callerFor(options, system);
    return callDirect(find(handle), input, caller, { signal: options.signal, isNamed: 'as' in options, depth: 0 });
  }
  // Its declared type follows the schemas of the operation; the values are checked when it runs.
  return call as Call;
}

/** Takes the slots as values, for a caller who is known already, and answers with the body in its JSON form. */
class DirectTransport implements Transport {
  constructor(
    readonly name: string,
    readonly input: unknown,
    readonly caller: Caller,
    readonly isNamed: boolean,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** There is no request of HTTP. A guard that is left out would let everybody in, unless the app names the caller itself. */
  before(): true {
    if (this.isNamed) return true;
    throw new FusioError(
      'EXPRESS_REQUIRED',
      `operation "${this.name}": its middleware (before) needs a request of Express; in a call name the caller, call(operation, input, { as })`,
    );
  }

  authenticate(): Caller {
    return this.caller;
  }

  read(): RawRequest {
    const input = this.input ?? {};
    if (typeof input !== 'object') throw inputInvalid(typeof input);
    for (const [name, value] of Object.entries(input)) {
      // What is meant for the operation must not get lost without a word.
      if (value !== undefined && !known.has(name)) throw inputInvalid(`"${name}"${didYouMean(name, slots)}`);
    }
    const { params, query, headers, body }: Partial<Request> = input;
    return { params: params ?? {}, query: query ?? {}, headers: headers ?? {}, body };
  }

  /** Anything but 2xx and 3xx is an error, as it is for a caller over HTTP. */
  answer(_invocation: unknown, { status, kind, body: given }: Outcome): Answered {
    const body = kind === 'value' ? jsonForm(given) : given;
    if (status < 400) return { status, body };
    // Of JSON only: the members of a stream or a buffer say nothing.
    const isObject = (kind === 'json' || kind === 'value') && typeof body === 'object' && body !== null;
    throw new FusioError(codeOf(status), undefined, { status, expose: true, ...(isObject && { extra: { ...body } }) });
  }

  onGone(listener: () => void): () => void {
    const { signal } = this;
    if (!signal) return () => {};
    if (signal.aborted) listener();
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
}

const known: ReadonlySet<string> = new Set(slots);

function inputInvalid(got: string): FusioError {
  return new FusioError(
    'REQUEST_INVALID',
    `The input of a call is an object of params, query, headers and body, got ${got}`,
  );
}

function jsonForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    const text = stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new FusioError('RESULT_INVALID', unwritable(value), { cause });
  }
}
