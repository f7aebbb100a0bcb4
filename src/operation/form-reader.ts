import type { Issue } from '../base/errors.js';
import { escapePointer } from '../base/json-pointer.js';
import type { Reader } from '../schema/schemas.js';
import { type FileFault, type FileRule, type FileRules, faultOfCount, faultOfSize, faultOfType } from './form-files.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads a form with declared files: `fields` reads all but the files. A file that did not come is undefined, or an empty array where
 * there may be several. `mayBeMissing`: the whole body may be undefined.
 */
export function withFiles(fields: Reader, rules: FileRules, mayBeMissing: boolean): Reader {
  const all = [...rules.values()];
  return {
    schema: fields.schema,
    read(value) {
      if (value === undefined && mayBeMissing) return undefined;
      const given = value ?? {};
      if (!isRecord(given)) return fields.read(given);
      const read = fields.read(fieldsOf(given, rules));
      if (!isRecord(read)) return read;
      return { ...read, ...Object.fromEntries(all.map((rule) => [rule.name, readFiles(given[rule.name], rule)])) };
    },
    check(value) {
      if (value === undefined && mayBeMissing) return true;
      if (!isRecord(value)) return fields.check(value);
      return (
        fields.check(fieldsOf(value, rules)) && all.every((rule) => issuesOf(value[rule.name], rule, '').length === 0)
      );
    },
    issues(value, pointer) {
      if (!isRecord(value)) return fields.issues(value, pointer);
      const issues = all.flatMap((rule) => issuesOf(value[rule.name], rule, pointer));
      const inFields = fieldsOf(value, rules);
      return fields.check(inFields) ? issues : [...fields.issues(inFields, pointer), ...issues];
    },
  };
}

function fieldsOf(value: Values, rules: FileRules): Values {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !rules.has(name)));
}

/** A form has an empty text where nothing was chosen. */
function readFiles(value: unknown, { maxCount }: FileRule): unknown {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const files = given.filter((one) => one !== undefined && one !== '').map(fileOf);
  return maxCount === 1 && files.length < 2 ? files[0] : files;
}

/** A blob of a call in process gets the name that a form would give it. */
function fileOf(value: unknown): unknown {
  if (!(value instanceof Blob) || value instanceof File) return value;
  return new File([value], 'blob', { type: value.type });
}

function issuesOf(value: unknown, rule: FileRule, pointer: string): Issue[] {
  const at = `${pointer}/${escapePointer(rule.name)}`;
  const files: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (files.length === 0) return rule.required ? [{ pointer: at, message: 'is required', code: 'REQUIRED' }] : [];
  const faults = [faultOfCount(rule, files.length), ...files.map((file) => faultOf(file, rule))];
  const messages = new Set<string>();
  return faults.flatMap((fault) => {
    if (!fault || messages.has(fault.issue.message)) return [];
    messages.add(fault.issue.message);
    return [{ pointer: at, ...fault.issue }];
  });
}

function faultOf(value: unknown, rule: FileRule): Pick<FileFault, 'issue'> | undefined {
  if (!(value instanceof File)) return { issue: { message: 'must be a file', code: 'TYPE' } };
  return faultOfSize(rule, value.size) ?? faultOfType(rule, value.type);
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
