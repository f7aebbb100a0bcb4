import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(__dirname, '../..');

export interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** A project of a user in a folder for temporary files: fusio from its tarball, all else linked from the repository. */
export interface Consumer {
  readonly folder: string;
  /** Where fusio is unpacked. */
  readonly fusio: string;
  readonly packed: Packed;
  write(name: string, text: string): string;
  /** Copies a program of `scripts/matrix/consumers`, where the whole matrix has it from as well. */
  take(name: string, as?: string): string;
  remove(): void;
}

/** How a careful user of it compiles. */
export function strictOptions({ folder }: Consumer): ts.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(folder, 'node_modules/@types')],
  };
}

/** Packs `dist/` as it is: `npm test` has just built it. */
export function createConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-package-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const packed = pack(folder);
    linkPackages(folder);
    const fusio = unpack(join(folder, packed.filename), folder);
    const write = (name: string, text: string): string => {
      const path = join(folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      return path;
    };
    const take = (name: string, as = name): string => {
      const path = write(as, '');
      copyFileSync(join(root, 'scripts/matrix/consumers', name), path);
      return path;
    };
    return { folder, fusio, packed, write, take, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function pack(folder: string): Packed & { readonly filename: string } {
  const parameters = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const said = execFileSync('npm', parameters, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = JSON.parse(said) as [Packed & { filename: string }];
  if (!packed.files.some(({ path }) => path === 'dist/index.js'))
    throw new Error('there is no dist/: run npx tsup first');
  return packed;
}

function unpack(file: string, folder: string): string {
  const fusio = join(folder, 'node_modules/fusio');
  mkdirSync(fusio);
  execFileSync('tar', ['-xzf', file, '-C', fusio, '--strip-components=1']);
  return fusio;
}

function linkPackages(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === 'fusio' || name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a program on this Node as a user's shell would; resolves when it has ended by itself. */
export function runNode(parameters: readonly string[], cwd: string): Promise<Ended> {
  const { JEST_WORKER_ID: _worker, NODE_ENV: _env, NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => done({ code, text }));
  });
}

/** The entries that `exports` names: `fusio`, `fusio/client`, … */
export function entries(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object };
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => `fusio${path.slice(1)}`);
}
