import { byText, type Json } from './openapi.js';

type Parts = ReadonlyMap<string, Json | undefined>;

// No name of a component has this character.
const mark = '~request';
const prefix = '#/components/schemas/';

/** Names a component of a request until it is known whether it needs a name of its own. */
export function requestName(name: string): string {
  return `${name}${mark}`;
}

/**
 * Brings the components of requests and of responses together: those that are alike, with all that they refer to, are one. Of
 * the others the response keeps the name. `rename` gives the request's, `parts` get the final references in place.
 */
export function joinSides(
  request: Parts,
  response: Parts,
  parts: unknown,
  rename: (name: string) => string,
): Record<string, Json> {
  const different = differentOf(request, response);
  const names = new Map<string, string>();
  for (const name of [...request.keys()].sort(byText)) names.set(name, different.has(name) ? rename(name) : name);
  const own = [...request].filter(([name]) => different.has(name) || !response.has(name));
  const all = [...response, ...own.map(([name, part]) => [names.get(name) ?? name, part] as const)];
  // All components are made by now.
  const joined = Object.fromEntries(all.sort(([a], [b]) => byText(a, b))) as Record<string, Json>;
  replaceReferences([parts, joined], names);
  return joined;
}

/** Finds the names that mean two things: in their own words, or in what they refer to. */
function differentOf(request: Parts, response: Parts): ReadonlySet<string> {
  const both = [...request].filter(([name]) => response.has(name));
  const texts = new Map(both.map(([name, part]) => [name, JSON.stringify(part)]));
  const different = new Set<string>();
  for (const [name, text] of texts) {
    if (text.replaceAll(`${mark}"`, '"') !== JSON.stringify(response.get(name))) different.add(name);
  }
  for (let size = -1; size !== different.size; ) {
    size = different.size;
    for (const [name, text] of texts) {
      if ([...different].some((other) => text.includes(`/${requestName(other)}"`))) different.add(name);
    }
  }
  return different;
}

/** Replaces references in place: they stand in `$ref`, and in the mapping of a discriminator. */
function replaceReferences(node: unknown, names: ReadonlyMap<string, string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'string') replaceReferences(value, names);
    else if (value.startsWith(prefix) && value.endsWith(mark)) {
      const name = names.get(value.slice(prefix.length, -mark.length));
      if (name !== undefined) Reflect.set(node, key, `${prefix}${name}`);
    }
  }
}
