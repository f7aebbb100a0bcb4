import { FusioError, type Issue } from '../base/errors.js';
import type { Reader, Schemas } from '../schema/schemas.js';
import type { Answers } from './answers.js';
import type { FileRules } from './form-files.js';
import { withFiles } from './form-reader.js';
import type { AnyOperationOptions } from './options.js';

const slots = ['params', 'query', 'headers', 'body'] as const;

/** The request of an example: its slots, as a call in process has them. */
export type ExampleRequest = { readonly [Slot in (typeof slots)[number]]?: unknown };

export interface ExampleParts {
  readonly schemas: Schemas;
  readonly answers: Answers;
  readonly files: FileRules | undefined;
}

/** Refuses an example that does not fit its schemas: throws `OPERATION_INVALID` with its place. */
export function checkExamples(
  options: AnyOperationOptions,
  { schemas, answers, files }: ExampleParts,
  where: string,
): void {
  for (const [name, { request = {}, response }] of Object.entries(options.examples ?? {})) {
    const at = `${where}: example "${name}"`;
    // The option's schema has checked it.
    const given = request as ExampleRequest;
    for (const slot of slots) {
      const schema = options[slot];
      const value = given[slot];
      if (schema === undefined || value === undefined) continue;
      const fields = schemas.reader(schema, { where: at, source: 'value', unknown: 'keep', defaults: true });
      refuse(
        mistakesOf(files && slot === 'body' ? withFiles(fields, files, false) : fields, value, `/request/${slot}`),
        at,
      );
    }
    if (response === undefined || statusOfExample(answers, response) !== undefined) continue;
    const { plain } = answers;
    if (plain.kind === 'json') refuse(mistakesOf(plain.writer, response, '/response'), at);
  }
}

/** The status of the answer that an example's response fits: that of a plain result first, then another 2xx. */
export function statusOfExample({ status, declared }: Answers, response: unknown): number | undefined {
  const statuses = [status, ...[...declared.keys()].filter((one) => one >= 200 && one < 300)];
  return statuses.find((one) => {
    const body = declared.get(one)?.body;
    return body?.kind !== 'json' || mistakesOf(body.writer, response, '').length === 0;
  });
}

function mistakesOf(reader: Reader, value: unknown, pointer: string): readonly Issue[] {
  const read = reader.read(value);
  return reader.check(read) ? [] : reader.issues(read, pointer);
}

function refuse(issues: readonly Issue[], at: string): void {
  if (issues.length === 0) return;
  const text = issues.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  throw new FusioError('OPERATION_INVALID', `${at} does not fit: ${text}`, { errors: issues });
}
