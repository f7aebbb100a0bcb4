import type { FileRules } from '../../operation/form-files.js';
import type { MultipartLimits } from '../../operation/multipart.js';

/** Body format of an operation with its limits, made once at registration. */
export type BodyFormat = MultipartFormat | (BodyLimits & { readonly kind: 'json' | 'form' | 'text' | 'binary' });

/** A form with files. Its time limit is that for the time without a byte. */
export type MultipartFormat = BodyLimits & {
  readonly kind: 'multipart';
  readonly multipart: MultipartLimits;
  /** The declared files, which are read with the fields; undefined where they are streamed. */
  readonly files?: FileRules | undefined;
};

interface BodyLimits {
  /** Media types without parameters, in lower case: `['application/json']`. */
  readonly mediaTypes: readonly string[];
  /** Limit for the body as it is sent, and again for the decompressed body. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Time limit for the whole body, in milliseconds. */
  readonly timeoutMs: number;
}
