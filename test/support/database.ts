/*
 * Databases for tests. A server that runs already is used: MySQL or MariaDB of FUSIO_TEST_MYSQL, or of root without a password at
 * 127.0.0.1:3306; PostgreSQL of FUSIO_TEST_POSTGRES, or of the user postgres without a password at 127.0.0.1:5432. Else a private one is
 * started from what is installed, and gone afterwards. With FUSIO_REQUIRE_SERVERS=1 having none is a failure.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';

const cleanUps: (() => unknown)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
}, 30_000);

let shared: Promise<string | undefined> | undefined;

/** A fresh database of this test file's own, dropped at its end; undefined, after one line that says so, where there is no server. */
export async function mariadb(): Promise<{ uri: string } | undefined> {
  shared ??= findServer();
  const server = await shared;
  if (server === undefined) return undefined;

  const name = `fusio_test_${randomBytes(6).toString('hex')}`;
  await execute(server, `CREATE DATABASE \`${name}\``);
  cleanUps.push(() => execute(server, `DROP DATABASE IF EXISTS \`${name}\``));
  const uri = new URL(server);
  uri.pathname = `/${name}`;
  return { uri: uri.href };
}

let sharedPostgres: Promise<string | undefined> | undefined;

/** A fresh PostgreSQL database of this test file's own, dropped at its end; undefined, after one line, where there is no server. */
export async function postgresql(): Promise<{ uri: string } | undefined> {
  sharedPostgres ??= findPostgres();
  const server = await sharedPostgres;
  if (server === undefined) return undefined;

  const name = `fusio_test_${randomBytes(6).toString('hex')}`;
  await executePostgres(server, `CREATE DATABASE ${name}`);
  cleanUps.push(() => executePostgres(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const uri = new URL(server);
  uri.pathname = `/${name}`;
  return { uri: uri.href };
}

async function findPostgres(): Promise<string | undefined> {
  const named = process.env.FUSIO_TEST_POSTGRES;
  const uri = named ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  try {
    await executePostgres(uri, 'SELECT 1');
    return uri;
  } catch (error) {
    // One that was asked for by name must be there.
    if (named !== undefined) throw error;
  }
  return privatePostgres();
}

/** Starts a server for the tests of one file, which is stopped at their end. */
async function privatePostgres(): Promise<string | undefined> {
  const bin = findPostgresFolder();
  if (bin === undefined) return nothing('no PostgreSQL is installed', 'PostgreSQL');

  const folder = mkdtempSync(join(tmpdir(), 'fusio-postgres-'));
  const as = unprivileged();
  if (as) chownSync(folder, as.uid, as.gid);
  execFileSync(
    join(bin, 'initdb'),
    ['-D', `${folder}/data`, '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { stdio: 'ignore', cwd: folder, ...as },
  );
  const port = await freePort();
  const guard = await startGuarded({
    folder,
    command: [join(bin, 'postgres'), '-D', `${folder}/data`, '-h', '127.0.0.1', '-p', String(port), '-k', folder],
    ready: /ready to accept connections/,
    // An immediate shutdown: after SIGKILL its shared memory would stay.
    signal: 'QUIT',
    as,
  });
  cleanUps.push(async () => {
    await guard.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name]) => name === 'postgres') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
}

/** Debian keeps the programs of each version in a folder of its own, outside of PATH. */
function findPostgresFolder(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function executePostgres(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A MariaDB of a test's own, on a port of its own. */
export interface PrivateServer {
  /** Of an empty database `test`. */
  readonly uri: string;
  readonly port: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data; resolves when it takes connections. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server that a test may kill and start again. Stopped at the end of the test file, whatever happens. */
export async function privateMariadb(): Promise<PrivateServer | undefined> {
  const binaries = findBinaries();
  if (!binaries) return nothing('no mariadbd is installed');
  const { server } = binaries;

  const folder = mkdtempSync(join(tmpdir(), 'fusio-mariadb-'));
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  execFileSync(
    binaries.install,
    [
      '--no-defaults',
      `--datadir=${folder}/data`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...user,
    ],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  let guard: Guarded | undefined;

  async function start(): Promise<void> {
    guard = await startGuarded({
      folder,
      command: [
        server,
        '--no-defaults',
        `--datadir=${folder}/data`,
        `--socket=${folder}/socket`,
        `--pid-file=${folder}/pid`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--innodb-buffer-pool-size=16M',
        '--innodb-log-file-size=8M',
        ...user,
      ],
      ready: /ready for connections/,
      signal: 'KILL',
    });
  }
  async function kill(): Promise<void> {
    await guard?.kill();
    guard = undefined;
  }
  async function stop(): Promise<void> {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  }

  cleanUps.push(stop);
  await start();
  const root = `mysql://root@127.0.0.1:${port}`;
  await execute(root, 'CREATE DATABASE IF NOT EXISTS test');
  return { uri: `${root}/test`, port, kill, start, stop };
}

async function findServer(): Promise<string | undefined> {
  const named = process.env.FUSIO_TEST_MYSQL;
  const uri = named ?? 'mysql://root@127.0.0.1:3306';
  try {
    await execute(uri, 'SELECT 1');
    return uri;
  } catch (error) {
    // One that was asked for by name must be there.
    if (named !== undefined) throw error;
  }
  return (await privateMariadb())?.uri;
}

function nothing(why: string, what = 'MySQL or MariaDB'): undefined {
  if (process.env.FUSIO_REQUIRE_SERVERS === '1') throw new Error(`FUSIO_REQUIRE_SERVERS=1, and ${why}`);
  process.stderr.write(`skipped: tests that need ${what} (${why})\n`);
  return undefined;
}

async function execute(uri: string, sql: string): Promise<void> {
  const connection = await createConnection({ uri, connectTimeout: 5_000 });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

function findBinaries(): { server: string; install: string } | undefined {
  const server = findBinary('mariadbd');
  const install = findBinary('mariadb-install-db');
  return server && install ? { server, install } : undefined;
}

function findBinary(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Guarded {
  kill(): Promise<void>;
}

interface GuardOptions {
  /** Removed when the server is gone for good. */
  readonly folder: string;
  readonly command: readonly string[];
  /** The server's own word that it takes connections. */
  readonly ready: RegExp;
  /** Ends the server. */
  readonly signal: 'KILL' | 'QUIT';
  /** The user that runs it. Default: that of the tests. */
  readonly as?: { readonly uid: number; readonly gid: number } | undefined;
}

// The shell holds the server's life: it waits for a word, which is the end of its input when this process dies, however
// it dies. The server goes then, and its folder too.
const guardScript = `
folder=$1 signal=$2; shift 2
"$@" & pid=$!
read word
kill -$signal $pid; wait $pid 2> /dev/null
[ "$word" = keep ] || rm -rf "$folder"
exit 0`;

/** Starts the server and waits until it takes connections. */
async function startGuarded({ folder, command, ready, signal, as }: GuardOptions): Promise<Guarded> {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', folder, signal, ...command], {
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: folder,
    ...as,
  });
  const gone = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  await waitForWord(guard, gone, ready);
  return {
    kill() {
      guard.stdin!.end('keep\n');
      return gone;
    },
  };
}

function waitForWord(guard: ChildProcess, gone: Promise<void>, word: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    guard.stderr!.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString();
      if (word.test(said)) resolve();
      // The shell waits for us even when the server has gone by itself.
      if (/Aborting|FATAL|\[ERROR\].*(Can't start|Failed)/.test(said)) guard.stdin!.end();
    });
    void gone.then(() => reject(new Error(`the server did not start:\n${said.slice(-2_000)}`)));
  });
}
