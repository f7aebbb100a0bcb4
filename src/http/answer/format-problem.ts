import type { OperationInfo } from '../../action/handle.js';
import type { Problem } from '../../base/errors.js';
import type { OptionRule } from '../../base/option.js';
import { hush, isPromise } from '../../base/promise.js';
import type { Logger } from '../../log/logger.js';
import { describeError } from '../../log/redact.js';
import type { Schemas } from '../../schema/schemas.js';

/** The answer that a problem is part of, for `formatProblem`. */
export interface ProblemContext {
  /** The operation; undefined where none was found, and for a route of the host's that `requireScope` protects. */
  readonly operation: OperationInfo | undefined;
}

/** Makes what is sent in place of a problem document, as JSON. Undefined: the document as it is. */
export type FormatProblem = (problem: Problem, context: ProblemContext) => unknown;

/** The option `formatProblem` with the schema of what it makes, for the OpenAPI document and for what is made of that. */
export interface ProblemFormat {
  /** Makes what is sent in place of a problem document, as JSON. Undefined: the document as it is. */
  format: FormatProblem;
  /** Schema of what `format` makes. Default: the OpenAPI document says of errors that they are JSON. */
  schema?: object;
}

const properties = { format: {}, schema: { type: 'object' } } satisfies Record<keyof ProblemFormat, object>;

/** The option `formatProblem`. Default: the problem document is sent as it is. */
export const formatProblemOption: OptionRule<FormatProblem | ProblemFormat> = {
  // Without a type, because the keywords of objects say nothing of a function.
  schema: { properties, additionalProperties: false, required: ['format'] },
  check(option) {
    if (typeof option === 'function') return undefined;
    if (typeof option !== 'object' || option === null) return `formatProblem must be a function, got ${typeof option}`;
    return typeof option.format === 'function' ? undefined : 'formatProblem.format must be a function';
  },
};

/** Gives the two parts of the option. Throws `SCHEMA_INVALID` for a schema that cannot be used. */
export function problemFormatOf(
  option: FormatProblem | ProblemFormat | undefined,
  schemas: Pick<Schemas, 'lint'>,
): Partial<Readonly<ProblemFormat>> {
  if (typeof option === 'function') return { format: option };
  if (option?.schema) schemas.lint(option.schema, 'createFusio formatProblem.schema');
  return option ?? {};
}

/** Makes the body of an error's answer of the text of its problem document; undefined: that text is sent. Never throws. */
export type FormatText = (
  text: string,
  context: ProblemContext,
) => { readonly mediaType: string; readonly body: string } | undefined;

export function createFormatText({ format }: Partial<ProblemFormat>, log: Logger): FormatText | undefined {
  if (!format) return undefined;
  return function formatText(text, context) {
    try {
      const made: unknown = format(JSON.parse(text), context);
      if (made === undefined) return undefined;
      // An `async` function cannot be waited for here: its rejection is not left without a handler.
      hush(made);
      const body = isPromise(made) ? undefined : JSON.stringify(made);
      if (body === undefined) throw new TypeError('formatProblem must return a value that JSON can have');
      return { mediaType: isProblem(JSON.parse(body)) ? 'application/problem+json' : 'application/json', body };
    } catch (broken) {
      log.error({ error: describeError(broken) }, 'formatProblem broke: the problem document was sent as it is');
      return undefined;
    }
  };
}

/** RFC 9457, 3.1: what says to be a problem document has these members, of these types. */
function isProblem(value: unknown): boolean {
  const { type, title, status, detail }: Record<string, unknown> = Object(value);
  return [type, title, detail].every((one) => typeof one === 'string') && typeof status === 'number';
}
