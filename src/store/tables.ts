/** The tables of fusio, without their prefix. Instants and durations are milliseconds; a driver may give them as texts. */
export interface Tables {
  migration: MigrationTable;
  idempotency: IdempotencyTable;
}

interface MigrationTable {
  /** Counts from 1. */
  readonly version: number;
  readonly name: string;
}

/** The answers of requests with an `Idempotency-Key`. */
interface IdempotencyTable {
  /** SHA-256 of the caller, the operation and the key, base64url. */
  readonly id: string;
  /** The operation, for people. */
  readonly operation: string;
  /** SHA-256 of the request, base64url. */
  readonly fingerprint: string;
  /** Of the run that may write the answer. */
  readonly token: string;
  /** Until then no other run may begin; the process of this one may have died. */
  readonly lease_until: number;
  /** Null while the request is running. */
  readonly status: number | null;
  /** JSON. */
  readonly answer: string | null;
  readonly expires_at: number;
}
