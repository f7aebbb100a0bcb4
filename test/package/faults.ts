import ts from 'typescript';
import { type Consumer, strictOptions } from './consumer.js';

/**
 * Compiles the lines of all tests as one program, in a project of a user's. Gives the faults of some of the lines: the text at which
 * each is reported, and its message.
 */
export function faultsIn(
  consumer: Consumer,
  head: string,
  lines: readonly string[],
): (wanted: readonly string[]) => readonly string[] {
  const text = `${head}${lines.join('\n')}\n`;
  consumer.write('package.json', '{ "type": "module" }');
  const file = consumer.write('faults.ts', text);
  const options = strictOptions(consumer);
  const headLines = head.split('\n').length - 1;
  const faults = ts.getPreEmitDiagnostics(ts.createProgram([file], options)).map((one) => {
    const { start = 0, length = 0 } = one;
    const line = text.slice(0, start).split('\n').length - 1 - headLines;
    const message = ts.flattenDiagnosticMessageText(one.messageText, '\n');
    // A fault of the head belongs to every line.
    return { line: lines[line], fault: `${text.slice(start, start + length)}: ${message}` };
  });
  return (wanted) => {
    return faults.filter(({ line }) => line === undefined || wanted.includes(line)).map(({ fault }) => fault);
  };
}
