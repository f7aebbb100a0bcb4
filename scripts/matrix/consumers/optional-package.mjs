// A consumer that has mysql2 beside fusio: opening a pool connects nowhere yet.
import { mysql } from 'fusio/connections/mysql';

const pool = await mysql('mysql://user:password@127.0.0.1:9/todo').open();
await pool.end();
