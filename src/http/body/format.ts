import type { MultipartLimits } from '../../operation/multipart.js';

/** Body format of an operation with its limits, made once at registration. */
export interface BodyFormat {
  readonly kind: 'json' | 'form' | 'multipart' | 'text' | 'binary';
  /** Media types without parameters, in lower case: `['application/json']`. */
  readonly mediaTypes: readonly string[];
  /** Limit for the body as it is sent, and again for the decompressed body. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Time limit for the whole body; for a form with files, for the time without a byte. */
  readonly timeoutMs: number;
  /** Required if `kind` is `multipart`. */
  readonly multipart?: MultipartLimits;
}
