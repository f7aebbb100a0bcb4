import { escapePointer } from '../base/json-pointer.js';
import { issuesOf } from './issues.js';
import { eachSubschemaIn, isNode, type SchemaNode } from './keywords.js';
import { type LinkedSchema, withDefinitions } from './link.js';
import { createNormaliser } from './normalise.js';
import { recursionOf } from './recursion.js';

/**
 * Finds a default that does not fit the schema that it stands in: every request that leaves its place empty would be refused for a
 * value that it did not send. Gives the fault as the end of a sentence about the schema, or undefined.
 */
export function faultOfDefaults({ root, definitions }: LinkedSchema): string | undefined {
  const visited = new Set<SchemaNode>();
  const hasDefinitions = Object.keys(definitions).length > 0;

  function visit(node: unknown, pointer: string): string | undefined {
    if (!isNode(node) || visited.has(node)) return undefined;
    visited.add(node);
    const fault = node.default === undefined ? undefined : faultOf(node);
    if (fault !== undefined)
      return `${pointer === '' ? '' : ` at "${pointer}"`} has a default that does not fit: ${fault}`;
    let found: string | undefined;
    for (const key of Object.keys(node)) {
      eachSubschemaIn(key, node[key], (schema, member) => {
        found ??= visit(schema, `${pointer}/${key}${member === undefined ? '' : `/${escapePointer(member)}`}`);
      });
    }
    return found;
  }

  function faultOf(node: SchemaNode): string | undefined {
    const linked = { root: hasDefinitions ? withDefinitions(node, definitions) : node, definitions };
    const options = { source: 'json', drop: false, defaults: true } as const;
    try {
      // As it is filled in: with the defaults of its own members.
      const value = createNormaliser(linked, options, recursionOf(linked))(structuredClone(node.default));
      const [issue] = issuesOf(linked, value, '');
      return issue && `${issue.pointer === '' ? 'it' : issue.pointer} ${issue.message}`;
    } catch {
      // A function, for example.
      return 'it is not JSON';
    }
  }

  for (const [schema, pointer] of [
    [root, ''] as const,
    ...Object.entries(definitions).map(([name, one]) => [one, `/$defs/${name}`] as const),
  ]) {
    const fault = visit(schema, pointer);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
