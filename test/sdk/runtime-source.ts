import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = ['client-error', 'send', 'request', 'answer', 'events'];
const exported =
  /^export (type ErrorsOf|class ClientError|interface (ServerSentEvent|SendOptions|ClientCallOptions))\b/;

/** The files of `fusio/client` as they stand at the end of a generated SDK: one piece, without imports. */
export function runtimeSource(): string {
  const folder = join(__dirname, '../../src/client');
  const parts = files.map((file) => readFileSync(join(folder, `${file}.ts`), 'utf8'));
  return (
    parts
      .join('\n')
      .replace(/^import [^;]*;\n+/gm, '')
      .replace(/^export .*$/gm, (line) => (exported.test(line) ? line : line.replace('export ', '')))
      .replace('Body = Problem', 'Body = unknown')
      // The document declares them.
      .replace(/\s& Omit<OwnProblems, keyof Errors>/, '')
  );
}

/** The text of `src/sdk/runtime.ts`. */
export function runtimeModule(): string {
  const escaped = runtimeSource().replace(/[\\`]|\$\{/g, '\\$&');
  return `// Made of src/client by \`UPDATE_RUNTIME=1 npx jest test/sdk/runtime\`: change it there.
// A generated client behaves as fusio/client does because it is the same code.
export const runtime = \`${escaped}\`;
`;
}
