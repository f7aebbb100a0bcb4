import { isNode, listOf, type SchemaNode } from './keywords.js';

/** Place in a schema where the value decides which schemas apply. */
export type Choice = {
  readonly number: number;
  /** All schemas that may come to apply. */
  readonly branches: readonly SchemaNode[];
} & (
  | { readonly kind: 'union' }
  | { readonly kind: 'condition'; readonly condition: SchemaNode; readonly then: unknown; readonly otherwise: unknown }
  | { readonly kind: 'dependent'; readonly name: string; readonly branch: SchemaNode }
);

/** Finds the choices of a node; the same objects each time. */
export type ChoicesOf = (node: SchemaNode) => readonly Choice[];

export function createChoices(): ChoicesOf {
  const known = new Map<SchemaNode, readonly Choice[]>();
  let count = 0;

  function find(node: SchemaNode): readonly Choice[] {
    const choices: Choice[] = [];
    for (const union of [node.anyOf, node.oneOf]) {
      const branches = listOf(union).filter(isNode);
      if (branches.length > 0) choices.push({ number: count++, kind: 'union', branches });
    }
    if (isNode(node.if)) {
      const { if: condition, then, else: otherwise } = node;
      const branches = [condition, then, otherwise].filter(isNode);
      choices.push({ number: count++, kind: 'condition', branches, condition, then, otherwise });
    }
    for (const map of [node.dependentSchemas, node.dependencies]) {
      if (!isNode(map)) continue;
      for (const [name, branch] of Object.entries(map)) {
        if (isNode(branch)) choices.push({ number: count++, kind: 'dependent', branches: [branch], name, branch });
      }
    }
    return choices;
  }

  return function choicesOf(node) {
    let choices = known.get(node);
    if (!choices) {
      choices = find(node);
      known.set(node, choices);
    }
    return choices;
  };
}
