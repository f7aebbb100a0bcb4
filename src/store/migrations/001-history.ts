import type { Migration } from './migration.js';

/** Which migrations the tables have. */
export const history: Migration = {
  name: 'history',
  statements: ({ table, ascii, tableEnd }) => [
    `create table if not exists ${table('migration')} (
  version integer not null primary key,
  name ${ascii(64)} not null
)${tableEnd}`,
  ],
};
