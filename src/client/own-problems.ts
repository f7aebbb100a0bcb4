import type { Problem } from '../base/errors.js';

/** What fusio itself may answer with, whatever an operation throws. */
export type OwnProblems = {
  readonly [Status in 400 | 401 | 403 | 408 | 410 | 413 | 415 | 500 | 503 | 504]: Problem;
};
