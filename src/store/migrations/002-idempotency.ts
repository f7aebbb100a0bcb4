import type { Migration } from './migration.js';

/** Answers by `Idempotency-Key`. */
export const idempotency: Migration = {
  name: 'idempotency',
  statements: ({ dialect, table, index, ascii, whole, text, tableEnd }) => [
    `create table if not exists ${table('idempotency')} (
  id ${ascii(43)} not null primary key,
  operation ${ascii(255)} not null,
  fingerprint ${ascii(43)} not null,
  token ${ascii(22)} not null,
  lease_until ${whole} not null,
  status integer,
  answer ${text},
  expires_at ${whole} not null${dialect === 'mysql' ? `,\n  key ${index('idempotency_expires')} (expires_at)` : ''}
)${tableEnd}`,
    ...(dialect === 'mysql'
      ? []
      : [`create index if not exists ${index('idempotency_expires')} on ${table('idempotency')} (expires_at)`]),
  ],
};
