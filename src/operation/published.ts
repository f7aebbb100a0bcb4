import type { OperationInfo } from '../action/handle.js';
import type { Issue } from '../base/errors.js';
import type { Operation } from './operation.js';
import type { AnyOperationOptions } from './options.js';
import { fillPath } from './path.js';

/** An operation as documents, tests and adapters see it. */
export interface RegisteredOperation extends OperationInfo {
  /** As they were registered. */
  readonly options: Readonly<AnyOperationOptions>;
  /** Checks a body for a status: its issues; empty where it fits or where nothing is declared. */
  checkResponse(status: number, body: unknown): readonly Issue[];
  /** The path with values in place of its parameters. */
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
      const plan = answers.of(status);
      if (plan?.kind !== 'json') return [];
      return plan.writer.check(body) ? [] : plan.writer.issues(body, '');
    },
    fillPath: (params) => fillPath(segments, params),
  };
}
