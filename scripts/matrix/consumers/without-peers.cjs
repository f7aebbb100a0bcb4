// A consumer with Express and fusio alone: connections load, and say what is missing when they are used.
const assert = require('node:assert/strict');
const { isFusioError } = require('fusio');
const { mysql } = require('fusio/connections/mysql');
const { postgres } = require('fusio/connections/postgres');
const { sqlite } = require('fusio/connections/sqlite');

async function main() {
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
}

void main();
