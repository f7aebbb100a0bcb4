import type { Problem } from '../base/errors.js';

/** Errors that fusio itself may send for any operation, by status. */
export type OwnProblems = {
  readonly [Status in 400 | 401 | 403 | 408 | 410 | 413 | 415 | 500 | 503 | 504]: Problem;
};
