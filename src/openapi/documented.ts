import type { Operation } from '../operation/operation.js';

/** Operation as the documents see it. */
export type Documented = Pick<
  Operation,
  | 'name'
  | 'method'
  | 'handle'
  | 'options'
  | 'segments'
  | 'files'
  | 'public'
  | 'scopes'
  | 'demands'
  | 'active'
  | 'timeoutMs'
  | 'answers'
>;
