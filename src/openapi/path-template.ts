import { encodeSegment, type Segment } from '../operation/path.js';
import { byText } from './openapi.js';

interface Located {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly Segment[];
}

/** Place of an operation in `paths`, with the names of its parameters there. */
export interface Place {
  readonly template: string;
  /** The name in the document by the name in the path. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Gives every operation its path template. `/todo/:id` and `/todo/:todo` are one path to OpenAPI, so the later one (by name)
 * takes over the names of the earlier one; a second operation of the same method there keeps a template of its own.
 */
export function placeOperations<One extends Located>(operations: readonly One[]): Map<One, Place> {
  const places = new Map<One, Place>();
  const shapes = new Map<string, string[]>();
  const taken = new Set<string>();
  for (const operation of [...operations].sort((a, b) => byText(a.name, b.name))) {
    const { method, segments } = operation;
    const own = segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name]));
    const shape = templateOf(
      segments,
      own.map(() => ''),
    );
    let names = shapes.get(shape) ?? own;
    if (taken.has(`${method} ${templateOf(segments, names)}`)) names = own;
    // The same method at the same path: a pattern beside a parameter. OpenAPI cannot say which one is tried first, and takes
    // the two for one path (3.1, 4.8.8): to leave one out would be worse than to say both.
    while (taken.has(`${method} ${templateOf(segments, names)}`)) names = [...names.slice(0, -1), `${names.at(-1)}2`];
    if (!shapes.has(shape)) shapes.set(shape, names);
    const template = templateOf(segments, names);
    taken.add(`${method} ${template}`);
    places.set(operation, { template, names: new Map(own.map((one, index) => [one, names[index] ?? one])) });
  }
  return places;
}

function templateOf(segments: readonly Segment[], names: readonly string[]): string {
  let index = 0;
  const parts = segments.map((segment) =>
    segment.kind === 'static' ? encodeSegment(segment.text) : `{${names[index++]}}`,
  );
  return `/${parts.join('/')}`;
}
