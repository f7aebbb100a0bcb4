// A consumer with Express and fusio alone: connections load, and say what is missing when they are used.
import assert from 'node:assert/strict';
import { isFusioError } from 'fusio';
import { mysql } from 'fusio/connections/mysql';
import { postgres } from 'fusio/connections/postgres';
import { sqlite } from 'fusio/connections/sqlite';

await assert.rejects(async () => mysql('mysql://user:password@localhost/todo').open(), {
  code: 'PACKAGE_MISSING',
  message: 'mysql() needs the package "mysql2": npm install mysql2',
});
await assert.rejects(async () => postgres('postgres://user:password@localhost/todo').open(), {
  code: 'PACKAGE_MISSING',
  message: 'postgres() needs the package "pg": npm install pg',
});

if (process.getBuiltinModule('node:sqlite')) (await sqlite(':memory:').open()).close();
else {
  const error = await Promise.resolve()
    .then(() => sqlite(':memory:').open())
    .catch((cause) => cause);
  assert.ok(isFusioError(error));
  assert.match(error.message, /^sqlite\(\) needs the package "libsql": npm install libsql, or run Node 22\.13/);
}
console.log('all good');
