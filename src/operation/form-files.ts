import type { FormFile, FormFiles } from '../action/form-files.js';
import { type ErrorCode, FusioError, type Issue } from '../base/errors.js';
import { escapePointer } from '../base/json-pointer.js';
import { groupOf } from '../base/option.js';

/** A declared file with its defaults. */
export interface FileRule extends Required<Omit<FormFile, 'description' | 'mediaTypes'>> {
  readonly name: string;
  readonly description: string | undefined;
  /** In lower case; undefined: all. */
  readonly mediaTypes: readonly string[] | undefined;
}

/** The declared files of an operation by name. */
export type FileRules = ReadonlyMap<string, FileRule>;

const defaults = { required: false, maxBytes: 10 * 1024 * 1024, maxCount: 1 } satisfies FormFile;

const least1 = { type: 'integer', minimum: 1 };
const properties = {
  description: { type: 'string' },
  required: { type: 'boolean' },
  mediaTypes: { type: 'array', minItems: 1, items: { type: 'string' } },
  maxBytes: least1,
  maxCount: least1,
} satisfies Record<keyof FormFile, object>;
export const filesSchema = { type: 'object', additionalProperties: groupOf(properties) };

export function fileRulesOf(files: FormFiles): FileRules {
  return new Map(
    Object.entries(files).map(([name, { description, required, mediaTypes, maxBytes, maxCount }]) => [
      name,
      {
        name,
        description,
        required: required ?? defaults.required,
        mediaTypes: mediaTypes?.map((type) => type.toLowerCase()),
        maxBytes: maxBytes ?? defaults.maxBytes,
        maxCount: maxCount ?? defaults.maxCount,
      },
    ]),
  );
}

/** The bytes that all files of one form may have together. */
export function maxBytesOf(rules: FileRules): number {
  return [...rules.values()].reduce((sum, { maxBytes, maxCount }) => sum + maxBytes * maxCount, 0);
}

/** How many files one form may have. */
export function maxCountOf(rules: FileRules): number {
  return [...rules.values()].reduce((sum, { maxCount }) => sum + maxCount, 0);
}

/** A fault of one file, with the code of the error where it ends the reading of the form. */
export interface FileFault {
  readonly code: ErrorCode;
  readonly issue: Pick<Issue, 'message' | 'code'>;
}

export function faultOfType({ mediaTypes }: FileRule, mediaType: string): FileFault | undefined {
  if (!mediaTypes) return undefined;
  const type = mediaType.toLowerCase();
  const kind = `${type.slice(0, type.indexOf('/'))}/*`;
  if (mediaTypes.includes(type) || mediaTypes.includes(kind)) return undefined;
  const message = `must be ${mediaTypes.join(' or ')}`;
  return { code: 'MEDIA_TYPE_UNSUPPORTED', issue: { message, code: 'MEDIA_TYPE' } };
}

export function faultOfSize({ maxBytes }: FileRule, bytes: number): FileFault | undefined {
  if (bytes <= maxBytes) return undefined;
  return { code: 'FORM_TOO_LARGE', issue: { message: `must have at most ${maxBytes} bytes`, code: 'MAX_BYTES' } };
}

export function faultOfCount({ maxCount }: FileRule, count: number): FileFault | undefined {
  if (count <= maxCount) return undefined;
  const files = maxCount === 1 ? 'one file' : `${maxCount} files`;
  return { code: 'FORM_TOO_LARGE', issue: { message: `must be at most ${files}`, code: 'MAX_COUNT' } };
}

/** The fault of a file that is not declared. */
export const unknownFile: FileFault = {
  code: 'FORM_INVALID',
  issue: { message: 'is not a file that the operation takes', code: 'UNKNOWN_FILE' },
};

/** The error that ends the reading of a form. */
export function fileError(field: string, { code, issue }: FileFault): FusioError {
  const name = field.slice(0, 100);
  const errors = [{ pointer: `/body/${escapePointer(name)}`, ...issue }];
  return new FusioError(code, `The file "${name}" ${issue.message}`, { errors });
}
