import type { Operation } from '../operation/operation.js';

/** Operation as the documents see it. */
export type Documented = Pick<
  Operation,
  'name' | 'method' | 'handle' | 'options' | 'segments' | 'public' | 'scopes' | 'active' | 'timeoutMs' | 'answers'
>;
