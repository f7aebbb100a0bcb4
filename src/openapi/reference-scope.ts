/** What `$ref`s of one schema may mean. */
export interface ReferenceScope {
  /** What `#` stands for: the schema of the slot, or the nearest one with an `$id`. */
  readonly root: object;
  readonly defs: ReadonlyMap<string, object>;
  readonly ids: ReadonlyMap<string, object>;
}

/** The scope of a schema that stands on its own. */
export function referenceScopeOf(root: object): ReferenceScope {
  return enterReferenceScope({ root, defs: new Map(), ids: idsOf(root) }, root);
}

/** The scope inside a node: its `$defs` come before those around it. */
export function enterReferenceScope(scope: ReferenceScope, node: object): ReferenceScope {
  const { $id, $defs, definitions } = node as Node;
  if ($id === undefined && $defs === undefined && definitions === undefined) return scope;
  return {
    root: $id === undefined ? scope.root : node,
    defs: new Map([...scope.defs, ...Object.entries(definitions ?? {}), ...Object.entries($defs ?? {})]),
    ids: scope.ids,
  };
}

/** Finds the node that a `$ref` of this schema means, and the name that it has there; named schemas of fusio are not looked at. */
export function resolveRef(ref: string, scope: ReferenceScope): { node: object; name: string } | undefined {
  if (ref === '#') return { node: scope.root, name: '' };
  const known = scope.defs.get(ref) ?? scope.ids.get(ref);
  if (known) return { node: known, name: ref };
  if (!ref.startsWith('#/')) return undefined;
  const keys = ref.slice(2).split('/').map(decodePointer);
  const name = keys.at(-1)!;
  const def = keys.length === 2 && /^(\$defs|definitions)$/.test(keys[0]!) ? scope.defs.get(name) : undefined;
  const node = def ?? keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], scope.root);
  return typeof node === 'object' && node !== null ? { node, name } : undefined;
}

interface Node {
  $id?: string;
  $anchor?: string;
  $dynamicAnchor?: string;
  $defs?: Record<string, object>;
  definitions?: Record<string, object>;
}

// RFC 6901, 3 and 6: the pointer may be percent-encoded, as it is a fragment.
function decodePointer(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
}

function idsOf(root: object): Map<string, object> {
  const ids = new Map<string, object>();
  const seen = new Set<object>();
  const waiting: object[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const { $id, $anchor, $dynamicAnchor } = node as Node;
    for (const anchor of [$anchor, $dynamicAnchor]) if (typeof anchor === 'string') ids.set(`#${anchor}`, node);
    if (typeof $id === 'string' && !ids.has($id)) ids.set($id, node);
    for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) waiting.push(child);
  }
  return ids;
}
