import { readFileSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateSdk } from '../sdk/index.js';
import { CliError } from './cli-error.js';
import { readDocument } from './document.js';
import { migrate } from './migrate.js';
import { readRoutes } from './routes.js';

const help = `Usage: fusio <command> <source> [options]

Commands
  sdk <source>      Writes a TypeScript client, one file without dependencies.
  openapi <source>  Writes the OpenAPI document.
  routes <module>   Writes the routes of the handles that the module exports as "api", as JSON for createClient in a browser.
  migrate <module>  Brings the tables of the option "store" to the newest version, and writes what it did.

Sources
  ./dist/app.js             A module that exports a fusio, as "fusio", "api" or by default.
  https://example.com/api   A running API: its /openapi.json is read. A URL that ends in .json is read itself.
  ./openapi.json            A document on the disk.

Options
  --out <file>       Writes to a file. Default: the standard output.
  --base-url <url>   sdk only: what the client calls unless it is told otherwise; in a browser a path will do.
  --dry-run          migrate only: writes the SQL that it would run, and runs none.
  --help, --version
`;

/** Runs the command and gives its exit code: 0 done, 1 failed, 2 wrong arguments. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await runCommand(argv);
    return 0;
  } catch (error) {
    const isOurs = error instanceof CliError;
    process.stderr.write(`fusio: ${error instanceof Error ? error.message : String(error)}\n`);
    return isOurs ? error.exitCode : 1;
  }
}

async function runCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parse(argv);
  if (values.help) return write(help);
  if (values.version) return write(`${ownVersion()}\n`);
  const [command, source, ...more] = positionals;
  if (command === undefined) throw new CliError(`say what to do\n\n${help}`, 2);
  if (!Object.hasOwn(commands, command)) throw new CliError(`there is no command "${command}"\n\n${help}`, 2);
  if (source === undefined) throw new CliError(`${command} needs a source: fusio ${command} ./dist/app.js`, 2);
  if (more.length > 0) throw new CliError(`${command} takes one source, got ${more.length + 1}`, 2);
  const baseUrl = values['base-url'];
  if (baseUrl !== undefined) checkBaseUrl(command, baseUrl);
  if (values['dry-run'] && command !== 'migrate') throw new CliError(`${command} has no option --dry-run`, 2);
  // Cast: `Object.hasOwn` has checked the name above.
  const text = await commands[command as keyof typeof commands](source, {
    baseUrl,
    dryRun: values['dry-run'] ?? false,
  });
  await write(text, values.out);
}

const commands = {
  async sdk(source: string, { baseUrl }: CommandOptions) {
    const { document, url } = await readDocument(source, 'sdk');
    const server = baseUrl ?? serverAt(url, document.servers);
    return generateSdk(document, server === undefined ? {} : { baseUrl: server });
  },
  async openapi(source: string) {
    const { document } = await readDocument(source, 'openapi');
    return `${JSON.stringify(document, undefined, 2)}\n`;
  },
  async routes(source: string) {
    return `${JSON.stringify(await readRoutes(source), undefined, 2)}\n`;
  },
  migrate: (source: string, { dryRun }: CommandOptions) => migrate(source, dryRun),
} satisfies Record<string, (source: string, options: CommandOptions) => Promise<string>>;

interface CommandOptions {
  readonly baseUrl: string | undefined;
  readonly dryRun: boolean;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        'base-url': { type: 'string' },
        'dry-run': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    throw new CliError(Object(error).message, 2);
  }
}

function checkBaseUrl(command: string, baseUrl: string): void {
  if (command !== 'sdk') throw new CliError(`${command} has no option --base-url`, 2);
  const isPath = /^\/(?!\/)/.test(baseUrl);
  if (isPath || (/^https?:\/\//i.test(baseUrl) && URL.canParse(baseUrl))) return;
  throw new CliError(`--base-url must be a URL of http or https, or a path that begins with "/", got "${baseUrl}"`, 2);
}

async function write(text: string, file?: string): Promise<void> {
  if (file === undefined) {
    // Awaited: a slow pipe takes the text in pieces, and the process must not end before.
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new CliError(`cannot write ${file}: ${Object(cause).message}`, 1, cause);
  }
}

/** Makes the server URLs absolute. OpenAPI 3.1, 4.8.5: they may be relative to the document. */
function serverAt(url: string | undefined, servers: unknown): string | undefined {
  const server: unknown = Array.isArray(servers) ? servers[0]?.url : undefined;
  if (url === undefined || typeof server !== 'string' || server.includes('{')) return undefined;
  return URL.canParse(server, url) ? new URL(server, url).href.replace(/\/+$/, '') : undefined;
}

/** Reads the version from the package of this file: `dist/cli.js`, reached through a link in `node_modules/.bin`. */
function ownVersion(): string {
  const [, script = ''] = process.argv;
  const path = join(dirname(realpathSync(script)), '..', 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
