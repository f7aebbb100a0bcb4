import type { OperationInfo } from '../action/handle.js';
import type { Issue } from '../base/errors.js';
import type { Operation } from './operation.js';
import type { AnyOperationOptions } from './options.js';
import { fillPath } from './path.js';

/** A registered operation for documents, tests and adapters: an entry of `fusio.operations()`. */
export interface RegisteredOperation extends OperationInfo {
  /** The options as they were registered. */
  readonly options: Readonly<AnyOperationOptions>;
  /** Lists the faults of a body for a status; none where it fits or where no schema is declared. */
  checkResponse(status: number, body: unknown): readonly Issue[];
  /** Gives the path with values in place of its parameters, percent-encoded. */
  fillPath(params: Readonly<Record<string, unknown>>): string;
}

/** Shows an operation to adapters. */
export function publish({ handle, options, answers, segments }: Operation): RegisteredOperation {
  return {
    name: handle.name,
    method: handle.method,
    path: handle.path,
    scopes: handle.scopes,
    stability: handle.stability,
    options,
    checkResponse(status, body) {
      const declared = answers.of(status);
      if (declared?.kind !== 'json') return [];
      return declared.writer.check(body) ? [] : declared.writer.issues(body, '');
    },
    fillPath: (params) => fillPath(segments, params),
  };
}
