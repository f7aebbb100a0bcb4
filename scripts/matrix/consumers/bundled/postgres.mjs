// Opening a pool connects nowhere yet.
import { postgres } from 'fusio/connections/postgres';

// A bundle of CommonJS has no `await` at the top.
async function main() {
  const pool = await postgres('postgres://user:password@127.0.0.1:9/todo').open();
  await pool.end();
  console.log('all good');
}

void main();
