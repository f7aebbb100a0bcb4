import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { type Consumer, createConsumer, strictOptions } from './consumer.js';

jest.setTimeout(60_000);

let consumer: Consumer;
let head: string;
let operation: string;
beforeAll(() => {
  consumer = createConsumer();
  consumer.write('package.json', '{ "type": "module" }');
  [head = '', operation = ''] = readFileSync(consumer.take('budget.ts'), 'utf8').split('// --- operation 0\n');
});
afterAll(() => consumer.remove());

// Counts do not depend on the machine. Inferring into a schema (a `NoInfer` less) costs 1.3 million once: see docs/contributing.md.
it('keeps the types of operations within their budget', () => {
  const [none, one, many] = [0, 1, 200].map((count) => instantiations(program(count))) as [number, number, number];

  // Measured with TypeScript 6.0: 37 for the import, 6,846 for one operation, 2,469 for each further one.
  expect(none).toBeLessThan(200);
  expect(one - none).toBeLessThan(7_500);
  expect((many - one) / 199).toBeLessThan(2_625);
});

function program(operations: number): string {
  const all = Array.from({ length: operations }, (_, index) => operation.replace(/(?<=[a-z])0/g, String(index)));
  return head + all.join('');
}

const sources = new Map<string, ts.SourceFile | undefined>();

function instantiations(text: string): number {
  const file = consumer.write(`program-${text.length}.ts`, text);
  const options = strictOptions(consumer);
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile;
  // The libraries are the same for every program: parsed once.
  host.getSourceFile = (name, ...rest) => {
    if (!sources.has(name)) sources.set(name, parse(name, ...rest));
    return sources.get(name);
  };
  const built = ts.createProgram([file], options, host);
  const problems = ts.getPreEmitDiagnostics(built).map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'));

  expect(problems).toEqual([]);
  return built.getInstantiationCount();
}
