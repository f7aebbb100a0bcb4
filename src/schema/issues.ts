import { Errors } from 'typebox/schema';
import { Settings } from 'typebox/system';
import type { Issue } from '../base/errors.js';
import { escapePointer, memberOf, unescapePointer } from '../base/json-pointer.js';
import { NotListed } from './enum.js';
import { isNode, listOf, type SchemaNode } from './keywords.js';
import { formatMark, type LinkedSchema, withDefinitions } from './link.js';
import { placeMark } from './recursion.js';
import { uniqueMark } from './unique.js';

/** Report of typebox about one failed keyword. */
interface Failure {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, any>>;
}

/** Issue in the making, with the failure that it comes from. */
interface Finding extends Issue {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, any>>;
}

/** So many issues are shown. */
export const maxIssues = 100;
// A caller chooses the names: each issue would repeat a long one.
const maxPointer = 1_000;

/** Adds an issue; returns false where the list has one more than is shown, and needs no further ones. */
export function addIssue(issues: Issue[], { pointer, message, code }: Issue): boolean {
  const short = pointer.length > maxPointer ? `${pointer.slice(0, maxPointer)}…` : pointer;
  return issues.push({ pointer: short, message, code }) <= maxIssues;
}

/** Splits a list of issues into those that are shown and a word that there are more; the word is empty where all are. */
export function shownIssues(issues: readonly Issue[]): { readonly shown: readonly Issue[]; readonly more: string } {
  if (issues.length <= maxIssues) return { shown: issues, more: '' };
  return { shown: issues.slice(0, maxIssues), more: `; the first ${maxIssues} faults are listed, and there are more` };
}

/**
 * Lists the mistakes of a value for people, and never the value itself, which may be a secret. Pointers begin with `prefix`. The list
 * ends with one more than is shown.
 */
export function issuesOf(
  schema: LinkedSchema,
  value: unknown,
  prefix: string,
  places: readonly LinkedSchema[] = [],
): Issue[] {
  const seen = new Set<string>();
  const issues: Issue[] = [];
  const listed = new Map<LinkedSchema, Set<unknown>>();
  /** Tells whether all mistakes of a part of the value have been listed. */
  function list(within: LinkedSchema, part: unknown, at: string): boolean {
    const findings = collect(failuresOf(within.root, part), within, part);
    for (const finding of findings) {
      const { pointer, code, keyword, params } = finding;
      const place = keyword === placeKeyword ? places[params.place] : undefined;
      if (place) {
        const inner = partOf(part, pointer);
        // Several schemas of a place's object come to the same place of its member: the mistakes are the same.
        const values = listed.get(place) ?? new Set();
        listed.set(place, values);
        if (values.has(inner)) continue;
        if (typeof inner === 'object') values.add(inner);
        if (!list(place, inner, at + pointer)) return false;
        continue;
      }
      // Looked up for what is listed alone: the way to the value is as long as the value is deep.
      const isLong = keyword === 'type' && isNumeric(params.type) && isLongInteger(partOf(part, pointer));
      const message = isLong ? longIntegerMessage : finding.message;
      const key = `${at}${pointer} ${code} ${message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!addIssue(issues, { pointer: at + pointer, message, code })) return false;
    }
    return true;
  }
  list(schema, value, prefix);
  return issues;
}

/** Stands for the failure of a place of a recursive schema, whose mistakes are listed after it is known that they count. */
const placeKeyword = '~place';

function failuresOf(schema: SchemaNode, value: unknown): readonly Failure[] {
  // The limit is a global of typebox, which the application may share: it is lifted for this call alone.
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: 10 * maxIssues });
  try {
    // typebox has a type for each keyword, which says no more of `params` than this one.
    return Errors(schema, value)[1] as Failure[];
  } finally {
    Settings.Set({ maxErrors });
  }
}

function collect(failures: readonly Failure[], schema: LinkedSchema, value: unknown): readonly Finding[] {
  let findings: Finding[] = [];
  for (const failure of failures) {
    if (failure.keyword === 'anyOf' || failure.keyword === 'oneOf') findings = collapse(findings, failure, schema);
    else if (failure.keyword === 'if') findings.push(...conditionFindings(failure, schema, value, findings));
    else findings = absorb(findings, failure, schema, value);
  }
  return findings;
}

/** Adds the findings of a failure, and removes those that would thereby be there twice. */
function absorb(findings: Finding[], failure: Failure, schema: LinkedSchema, value: unknown): Finding[] {
  const { keyword, schemaPath, instancePath, params } = failure;
  const make = (pointer: string, message: string, code = codeOf(keyword)): Finding => ({
    pointer,
    message,
    code,
    keyword,
    schemaPath,
    params,
  });
  const under = (name: unknown) => `${instancePath}/${escapePointer(String(name))}`;
  const addUnder = (names: readonly unknown[], message: string, code?: string) => {
    // There may be as many names as the value has members.
    for (const name of names.slice(0, maxIssues + 1)) findings.push(make(under(name), message, code));
    return findings;
  };
  switch (keyword) {
    case 'required':
      return addUnder(listOf(params.requiredProperties), 'is required');
    case 'boolean': {
      const [holder, isAdditional] = additionalOf(schemaPath);
      const node = isAdditional ? nodeAt(schema, holder) : undefined;
      const isUnknown = isNode(node) && node.additionalProperties === false;
      findings.push(
        isUnknown ? make(instancePath, 'is unknown', 'UNKNOWN_PROPERTY') : make(instancePath, messageOf(failure)),
      );
      return findings;
    }
    case 'additionalProperties':
      // Each property has a finding of its own.
      return findings;
    case 'unevaluatedProperties':
      return addUnder(listOf(params.unevaluatedProperties), 'is unknown', 'UNKNOWN_PROPERTY');
    case 'unevaluatedItems':
      return addUnder(listOf(params.unevaluatedItems), 'is an item too many');
    case 'propertyNames': {
      const names = new Set(listOf(params.propertyNames).map(under));
      const others = findings.filter(
        (one) => !(names.has(one.pointer) && one.schemaPath.startsWith(`${schemaPath}/propertyNames`)),
      );
      for (const pointer of [...names].slice(0, maxIssues + 1)) {
        others.push(make(pointer, 'has a name that does not fit'));
      }
      return others;
    }
    case 'dependentRequired':
    case 'dependencies': {
      const holder = partOf(value, instancePath);
      const missing = listOf(params.dependencies).filter(
        (name) => isNode(holder) && !Object.hasOwn(holder, String(name)),
      );
      return addUnder(missing, `is required beside "${params.property}"`, 'DEPENDENT_REQUIRED');
    }
    case '~refine':
      findings.push(refinementFinding(make, instancePath, params.message));
      return findings;
    default:
      findings.push(make(instancePath, messageOf(failure)));
      return findings;
  }
}

function refinementFinding(
  make: (pointer: string, message: string, code?: string) => Finding,
  pointer: string,
  given: unknown,
): Finding {
  if (given instanceof NotListed) {
    const params = { allowedValues: given.literals };
    return { ...make(pointer, literalsMessage(given.literals), 'ENUM'), keyword: 'enum', params };
  }
  const message = String(given);
  if (message.startsWith(placeMark)) {
    const place = Number(message.slice(placeMark.length));
    return { ...make(pointer, 'is not valid', 'INVALID'), keyword: placeKeyword, params: { place } };
  }
  if (message === uniqueMark) return make(pointer, 'must not have an item twice', 'UNIQUE_ITEMS');
  if (message.startsWith(formatMark)) return make(pointer, formatMessage(message.slice(formatMark.length)), 'FORMAT');
  return make(pointer, message);
}

// The reader of JSON gives such a number as its text.
const longInteger = /^-?\d{16,400}$/;
const longIntegerMessage =
  'must be at most 2^53 - 1 (9007199254740991): a longer integer is no number, and fits a text';

function isLongInteger(value: unknown): boolean {
  return typeof value === 'string' && longInteger.test(value);
}

function isNumeric(type: unknown): boolean {
  return [type].flat().some((one) => one === 'integer' || one === 'number');
}

/** Splits the path of the keyword `additionalProperties`. */
function additionalOf(schemaPath: string): [holder: string, isAdditional: boolean] {
  const end = '/additionalProperties';
  return [schemaPath.slice(0, -end.length), schemaPath.endsWith(end)];
}

function codeOf(keyword: string): string {
  if (keyword === 'boolean') return 'NOT_ALLOWED';
  return keyword
    .replace('~', '')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

function messageOf({ keyword, params }: Failure): string {
  switch (keyword) {
    case 'type':
      return `must be ${oneOf([params.type].flat().map(typeName))}`;
    case 'const':
      return `must be ${literal(params.allowedValue)}`;
    case 'enum':
      return literalsMessage(params.allowedValues);
    case 'format':
      return formatMessage(params.format);
    case 'pattern':
      return `must match ${params.pattern}`;
    case 'minLength':
      return `must have at least ${count(params.limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${count(params.limit, 'character')}`;
    case 'minItems':
      return `must have at least ${count(params.limit, 'item')}`;
    case 'maxItems':
      return `must have at most ${count(params.limit, 'item')}`;
    case 'minProperties':
      return `must have at least ${count(params.limit, 'property')}`;
    case 'maxProperties':
      return `must have at most ${count(params.limit, 'property')}`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    case 'exclusiveMinimum':
      return `must be more than ${params.limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${params.limit}`;
    case 'multipleOf':
      return `must be a multiple of ${params.multipleOf}`;
    case 'contains':
    case 'minContains':
      return 'has too few items of the form that is asked for';
    case 'maxContains':
      return 'has too many items of one form';
    case 'boolean':
      return 'is not allowed';
    case 'not':
      return 'has a form that is not allowed';
    default:
      return 'is not valid';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  null: 'null',
};

function typeName(type: string): string {
  return typeNames[type] ?? type;
}

function formatMessage(format: string): string {
  return `must be of the format "${format}"`;
}

function literal(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function literalsMessage(values: readonly unknown[]): string {
  if (values.length === 1) return `must be ${literal(values[0])}`;
  const more = values.length > 20 ? ` … (${values.length} values)` : '';
  return `must be one of ${values.slice(0, 20).map(literal).join(', ')}${more}`;
}

function oneOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

function count(limit: number, thing: string): string {
  if (limit === 1) return `1 ${thing}`;
  return `${limit} ${thing === 'property' ? 'properties' : `${thing}s`}`;
}

/** Replaces the findings of a union by those of the branch that was meant, else by its literals or types, else by the number of its forms. */
function collapse(findings: Finding[], failure: Failure, schema: LinkedSchema): Finding[] {
  const { keyword, schemaPath, instancePath, params } = failure;
  const at = `${schemaPath}/${keyword}/`;
  const belongs = (one: Finding) =>
    one.schemaPath.startsWith(at) && (one.pointer === instancePath || one.pointer.startsWith(`${instancePath}/`));
  const others = findings.filter((one) => !belongs(one));
  const make = (message: string, code = codeOf(keyword)): Finding => ({
    pointer: instancePath,
    message,
    code,
    keyword,
    schemaPath,
    params,
  });
  const matches = listOf(params.passingSchemas).length;
  if (matches > 1) return [...others, make(`must match only one of the forms, and matches ${matches}`)];
  const byBranch = new Map<string, Finding[]>();
  for (const one of findings.filter(belongs)) {
    const [index = ''] = one.schemaPath.slice(at.length).split('/', 1);
    byBranch.set(index, [...(byBranch.get(index) ?? []), one]);
  }
  const branches = [...byBranch.values()];
  const simple = simpleUnion(branches, instancePath);
  if (simple) return [...others, make(...simple)];
  const meant = branchMeant(branches, instancePath);
  if (meant) return [...others, ...meant];
  const node = nodeAt(schema, schemaPath);
  const forms = (isNode(node) ? listOf(node[keyword]).length : 0) || branches.length;
  return [...others, make(`must match one of ${forms} forms`)];
}

/** A union of literals and types, none of which fits: all findings are about the value itself. */
function simpleUnion(
  branches: readonly (readonly Finding[])[],
  pointer: string,
): [message: string, code: string] | undefined {
  const literals: unknown[] = [];
  const types: string[] = [];
  for (const findings of branches) {
    const own =
      findings.find((one) => one.keyword === 'const' || one.keyword === 'enum') ??
      findings.find((one) => one.keyword === 'type');
    if (!own || findings.some((one) => one.pointer !== pointer || !['const', 'enum', 'type'].includes(one.keyword)))
      return undefined;
    if (own.keyword === 'const') literals.push(own.params.allowedValue);
    else if (own.keyword === 'enum') literals.push(...own.params.allowedValues);
    else types.push(...[own.params.type].flat().map(String).map(typeName));
  }
  if (types.length === 0) return literals.length === 0 ? undefined : [literalsMessage([...new Set(literals)]), 'ENUM'];
  return [`must be ${oneOf([...literals.map(literal), ...types])}`, literals.length > 0 ? 'ENUM' : 'TYPE'];
}

function branchMeant(all: readonly Finding[][], pointer: string): readonly Finding[] | undefined {
  // Branches for another kind of value were not meant, if there are others.
  const ofKind = all.filter((findings) => !findings.some((one) => one.keyword === 'type' && one.pointer === pointer));
  const branches = ofKind.length > 0 ? ofKind : all;
  if (branches.length === 1) return branches[0];
  // The value itself fits the branch, and what lies deeper does not.
  const [deeper, ...others] = branches.filter((findings) => findings.every((one) => one.keyword === placeKeyword));
  const placesOf = (findings: readonly Finding[]) => findings.map((one) => `${one.pointer} ${one.params.place}`).join();
  if (deeper && others.every((findings) => placesOf(findings) === placesOf(deeper))) return deeper;
  const isTag = (one: Finding) =>
    (one.keyword === 'const' || one.keyword === 'enum') &&
    one.pointer.startsWith(`${pointer}/`) &&
    !one.pointer.slice(pointer.length + 1).includes('/');
  const tags = new Set(branches.flatMap((findings) => findings.filter(isTag).map((one) => one.pointer)));
  for (const tag of tags) {
    const isMismatch = (one: Finding) => isTag(one) && one.pointer === tag;
    const tagged = branches.filter((findings) => !findings.some(isMismatch));
    if (tagged.length === 1) return tagged[0];
    if (tagged.length === 0) {
      const mismatches = branches.map((findings) => findings.filter(isMismatch));
      const simple = simpleUnion(mismatches, tag);
      const [first] = mismatches.flat();
      if (simple && first) return [{ ...first, message: simple[0], code: simple[1] }];
    }
  }
  const [firstBranch = []] = branches;
  const common = firstBranch.filter((one) =>
    branches.every((findings) => findings.some((other) => other.pointer === one.pointer && other.code === one.code)),
  );
  // The tag itself is missing, or another property that every branch asks for.
  if (common.length > 0 && common.every((one) => one.keyword === 'required')) return common;
  const least = Math.min(...branches.map((findings) => findings.length));
  const nearest = branches.filter((findings) => findings.length === least);
  return nearest.length === 1 ? nearest[0] : undefined;
}

/** Checks the branch of a failed condition once more: typebox reports only that it failed, and not the mistakes in it. */
function conditionFindings(
  { schemaPath, instancePath, keyword, params }: Failure,
  schema: LinkedSchema,
  value: unknown,
  findings: readonly Finding[],
): readonly Finding[] {
  const branch = String(params.failingKeyword);
  const at = `${schemaPath}/${branch}`;
  if (findings.some((one) => one.schemaPath.startsWith(at))) return [];
  const node = nodeAt(schema, at);
  if (isNode(node)) {
    const part = partOf(value, instancePath);
    const inner = collect(failuresOf(withDefinitions(node, schema.definitions), part), schema, part);
    if (inner.length > 0) {
      return inner.map((one) => ({
        ...one,
        pointer: instancePath + one.pointer,
        schemaPath: at + one.schemaPath.slice(1),
      }));
    }
  }
  return [{ pointer: instancePath, message: 'is not valid', code: codeOf(keyword), keyword, schemaPath, params }];
}

function partOf(value: unknown, pointer: string): unknown {
  let part = value;
  for (const step of pointer.split('/').slice(1)) {
    part = memberOf(part, unescapePointer(step));
  }
  return part;
}

/** Finds the part of the schema that a `schemaPath` names; such a path goes through references without saying so. */
function nodeAt({ root, definitions }: LinkedSchema, schemaPath: string): unknown {
  let node: unknown = root;
  for (const step of schemaPath.split('/').slice(1)) {
    const key = unescapePointer(step);
    for (
      let hops = 0;
      isNode(node) && !Object.hasOwn(node, key) && typeof node.$ref === 'string' && hops < 100;
      hops++
    ) {
      node = definitions[node.$ref.slice('#/$defs/'.length)];
    }
    node = memberOf(node, key);
  }
  return node;
}
