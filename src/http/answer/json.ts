// Imported because the global `Buffer` is a getter, and slow.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { FusioError } from '../../base/errors.js';
import { stringify, unwritable } from '../../base/stringify.js';
import type { Route } from '../route.js';
import { type Answer, type Conditions, matches, replace, setDefault, withoutContent } from './headers.js';

/** Answers with JSON, or with 304 where the client has it already. */
export function answerJson(
  route: Route,
  status: number,
  headers: string[],
  value: unknown,
  isChecked: boolean,
  conditions: Conditions,
): Answer {
  const body = jsonOf(value, isChecked, route);
  setDefault(headers, 'content-type', 'application/json; charset=utf-8');
  if (route.etag && status === 200) {
    const tag = `"${createHash('sha1').update(body).digest('base64url')}"`;
    setDefault(headers, 'etag', tag);
    if (matches(conditions.header('if-none-match'), tag))
      return { status: 304, headers: withoutContent(headers), body: undefined };
  }
  replace(headers, 'content-length', String(Buffer.byteLength(body)));
  return { status, headers, body };
}

/** A checked value is in its JSON form already, which has no promises. */
function jsonOf(value: unknown, isChecked: boolean, { name }: Route): string {
  try {
    return (isChecked ? JSON.stringify(value) : stringify(value)) ?? 'null';
  } catch (cause) {
    throw new FusioError('RESULT_INVALID', `operation "${name}": ${unwritable(value)}`, { cause });
  }
}
