import type { MultipartLimits } from '../../operation/multipart.js';

/** The form in which an operation takes its body, and its limits: made once, at registration. */
export interface BodyFormat {
  readonly kind: 'json' | 'form' | 'multipart' | 'text' | 'binary';
  /** Without parameters, in lower case: `['application/json']`. */
  readonly mediaTypes: readonly string[];
  /** Of the body as it is sent, and again after inflating. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** For the whole body; for a form with files the time without a byte. */
  readonly timeoutMs: number;
  /** Needed where `kind` is `multipart`. */
  readonly multipart?: MultipartLimits;
}
