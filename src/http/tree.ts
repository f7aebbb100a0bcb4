import { FusioError } from '../base/errors.js';
import { decodeSegment, encodeSegment, type Segment } from '../operation/path.js';

/** The targets at a path by method, and the raw values of its parameters in the order of the path. */
export interface Found<Target> {
  readonly methods: ReadonlyMap<string, Target>;
  /** The target of the method that was asked for. */
  readonly target: Target | undefined;
  readonly values: readonly string[];
}

interface Routed {
  readonly name: string;
  readonly method: string;
  /** As it was registered, for messages. */
  readonly path: string;
}

/**
 * Operations by path. The most specific wins, segment by segment: static, then pattern, parameter, wildcard. Static segments are
 * compared as they came, without decoding: the host's routes and guards are, and one spelling of a path has one meaning.
 */
export interface Tree<Target extends Routed> {
  /** Throws `OPERATION_CONFLICT` where the method is taken at this very shape of a path. */
  add(segments: readonly Segment[], target: Target): void;
  /** `method` decides between shapes that both fit: one that has it goes before one that has not. */
  find(method: string, path: string): Found<Target> | undefined;
  /** The methods of all operations. */
  readonly methods: ReadonlySet<string>;
}

interface Node<Target> {
  readonly statics: Map<string, Node<Target>>;
  patterns: { readonly source: string; readonly pattern: RegExp; readonly node: Node<Target> }[] | undefined;
  param: Node<Target> | undefined;
  wildcard: Map<string, Target> | undefined;
  readonly methods: Map<string, Target>;
}

export function createTree<Target extends Routed>(): Tree<Target> {
  const root = newNode<Target>();
  // Paths without parameters are found in one look.
  const exact = new Map<string, ReadonlyMap<string, Target>>();
  const all = new Set<string>();

  return {
    methods: all,

    add(segments, target) {
      const { method, name, path } = target;
      const methods = methodsAt(root, segments);
      const taken = methods.get(method);
      // A HEAD that only stands for a GET gives way.
      if (taken && taken.method === method) {
        throw new FusioError(
          'OPERATION_CONFLICT',
          `operation "${name}": ${method} ${path} is operation "${taken.name}" already${path === taken.path ? '' : `, as ${taken.path}`}`,
        );
      }
      methods.set(method, target);
      all.add(method);
      // RFC 9110, 9.3.2: HEAD is GET without the content.
      if (method === 'GET' && !methods.has('HEAD')) methods.set('HEAD', target);
      if (segments.every((segment) => segment.kind === 'static')) {
        const fixed = `/${segments.map((segment) => segment.kind === 'static' && encodeSegment(segment.text)).join('/')}`;
        if (!exact.has(fixed)) exact.set(fixed, methods);
      }
    },

    find(method, path) {
      const known = exact.get(path);
      const target = known?.get(method);
      if (known && target) return { methods: known, target, values: none };
      const values: string[] = [];
      const found = path.length > 1 ? descend(root, path, 1, values, method) : undefined;
      if (found) return { methods: found, target: found.get(method), values };
      // No operation has this method: the most specific shape tells which methods there are.
      if (known) return { methods: known, target: undefined, values: none };
      values.length = 0;
      const other = path.length > 1 ? descend(root, path, 1, values, undefined) : undefined;
      return other && { methods: other, target: undefined, values };
    },
  };
}

const none: readonly string[] = Object.freeze([]);

function newNode<Target>(): Node<Target> {
  return { statics: new Map(), patterns: undefined, param: undefined, wildcard: undefined, methods: new Map() };
}

function methodsAt<Target>(root: Node<Target>, segments: readonly Segment[]): Map<string, Target> {
  let node = root;
  for (const segment of segments) {
    if (segment.kind === 'wildcard') {
      node.wildcard ??= new Map();
      return node.wildcard;
    }
    node = childOf(node, segment);
  }
  return node.methods;
}

function childOf<Target>(node: Node<Target>, segment: Exclude<Segment, { kind: 'wildcard' }>): Node<Target> {
  if (segment.kind === 'static') {
    const text = encodeSegment(segment.text);
    const child = node.statics.get(text) ?? newNode<Target>();
    node.statics.set(text, child);
    return child;
  }
  if (segment.kind === 'param') {
    node.param ??= newNode<Target>();
    return node.param;
  }
  node.patterns ??= [];
  const known = node.patterns.find(({ source }) => source === segment.source);
  if (known) return known.node;
  const child = newNode<Target>();
  node.patterns.push({ source: segment.source, pattern: new RegExp(`^(?:${segment.source})$`, 'u'), node: child });
  return child;
}

function fits<Target>(methods: Map<string, Target>, method: string | undefined): boolean {
  return method === undefined ? methods.size > 0 : methods.has(method);
}

// A letter, a digit or one of `-._~` that is encoded (RFC 3986, 2.3). No client encodes them, and a guard of the host would not
// know the words of a pattern again.
const disguised = /%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i;

/** Walks down from `start`; on the way back it takes back the values it pushed. */
function descend<Target>(
  node: Node<Target>,
  path: string,
  start: number,
  values: string[],
  method: string | undefined,
): Map<string, Target> | undefined {
  const slash = path.indexOf('/', start);
  const end = slash === -1 ? path.length : slash;
  const raw = path.slice(start, end);
  const depth = values.length;

  const child = node.statics.get(raw);
  const straight = child && below(child, path, end, values, method);
  if (straight) return straight;
  values.length = depth;

  if (raw !== '' && node.patterns) {
    const text = disguised.test(raw) ? undefined : decodeSegment(raw);
    for (const { pattern, node: next } of node.patterns) {
      if (text === undefined || !pattern.test(text)) continue;
      values.push(raw);
      const matched = below(next, path, end, values, method);
      if (matched) return matched;
      values.length = depth;
    }
  }

  if (raw !== '' && node.param) {
    values.push(raw);
    const matched = below(node.param, path, end, values, method);
    if (matched) return matched;
    values.length = depth;
  }

  if (node.wildcard && start < path.length && fits(node.wildcard, method)) {
    values.push(path.slice(start));
    return node.wildcard;
  }
  return undefined;
}

function below<Target>(
  node: Node<Target>,
  path: string,
  end: number,
  values: string[],
  method: string | undefined,
): Map<string, Target> | undefined {
  if (end < path.length) return descend(node, path, end + 1, values, method);
  return fits(node.methods, method) ? node.methods : undefined;
}
