import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** One request of an example's README, and the answer that it promises. */
export interface Step {
  readonly command: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | undefined;
  /** `curl -c`: keeps the cookies; `curl -b`: sends them. */
  readonly keepsCookies: boolean;
  readonly sendsCookies: boolean;
  readonly status: number;
  /** Undefined where the README shows none. */
  readonly answer: unknown;
}

// A curl block, the status on a line of its own, and where there is a body to see, a JSON block.
const stepPattern = /```sh\n(curl [^\n]+)\n```\n\n(?:`(\d{3})`\n)?(?:\n```json\n([\s\S]*?)\n```)?/g;

/** Reads the steps of a README; a curl block without a status is a mistake. */
export function readSteps(file: string): readonly Step[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(stepPattern)].map(([, command = '', status, answer]) => {
    if (status === undefined) throw new Error(`${file}: no status after ${command}`);
    return {
      ...readCurl(command, dirname(file)),
      command,
      status: Number(status),
      answer: answer === undefined ? undefined : JSON.parse(answer),
    };
  });
}

function readCurl(command: string, folder: string): Omit<Step, 'command' | 'status' | 'answer'> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const headers: Record<string, string> = {};
  let [method, body, path]: (string | undefined)[] = [];
  let form: FormData | undefined;
  let keepsCookies = false;
  let sendsCookies = false;
  for (let index = 1; index < words.length; index++) {
    const word = words[index]!;
    if (word === '-X') method = words[++index];
    else if (word === '-d') body = words[++index];
    else if (word === '-F') {
      form ??= new FormData();
      addPart(form, words[++index]!, folder);
    } else if (word === '-H') {
      const [name = '', value = ''] = words[++index]!.split(/:\s*/, 2);
      headers[name] = value;
    } else if (word === '-c' || word === '-b') {
      if (word === '-c') keepsCookies = true;
      else sendsCookies = true;
      index++;
    } else if (word.startsWith('http://localhost:3000')) path = word.slice('http://localhost:3000'.length);
    else throw new Error(`the test cannot read "${word}" of ${command}`);
  }
  if (path === undefined) throw new Error(`no URL in ${command}`);
  return {
    method: method ?? (form ? 'POST' : 'GET'),
    path,
    headers,
    body: form ?? body,
    keepsCookies,
    sendsCookies,
  };
}

/** `title=Moon`, or `picture=@moon.png;type=image/png` for a file of the example. */
function addPart(form: FormData, part: string, folder: string): void {
  const [, name = '', file, type = ''] = /^([^=]*)=@([^;]*);type=(.*)$/.exec(part) ?? [];
  if (file === undefined) form.append(part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1));
  else form.append(name, new File([readFileSync(join(folder, file))], basename(file), { type }));
}

/** A whole success must be as the README shows it, of an error what the README shows of it. `"…"` stands for anything. */
export function fits(expected: unknown, actual: unknown, whole: boolean): boolean {
  if (expected === '…') return actual !== undefined;
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, actual);
  if (typeof actual !== 'object' || actual === null || Array.isArray(expected) !== Array.isArray(actual)) return false;
  const given = actual as Record<string, unknown>;
  const keys = Object.keys(expected);
  if ((whole || Array.isArray(expected)) && keys.length !== Object.keys(given).length) return false;
  return keys.every((key) => fits((expected as Record<string, unknown>)[key], given[key], whole));
}
