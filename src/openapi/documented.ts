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
  | 'authenticate'
  | 'scopes'
  | 'demands'
  | 'active'
  | 'timeoutMs'
  | 'answers'
>;
