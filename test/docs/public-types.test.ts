import ts from 'typescript';
import { publicNames } from './public-names.js';

jest.setTimeout(60_000);

it('has no any in public types, apart from two with a reason', () => {
  const names = publicNames().filter(({ symbol }) => symbol.declarations?.some(saysAny));

  // AnyFusio: an action that needs `{ db: Pool }` fits it. Static: a schema of type any has values of type any.
  expect(names.map(({ name }) => name).sort()).toEqual(['AnyFusio', 'Static']);
});

/** Whether a declaration writes `any`; of functions and classes the bodies do not count. */
function saysAny(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return true;
  return ts.forEachChild(node, (child) => !ts.isBlock(child) && saysAny(child)) ?? false;
}
