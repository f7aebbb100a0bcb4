import ts from 'typescript';
import { checker, isOurs, publicNames } from './public-names.js';

jest.setTimeout(60_000);

/**
 * Members that need no comment, under this rule: the word is in the glossary or in every library, its type leaves no question of
 * shape, unit or default, and it means the same wherever it stands.
 */
const selfEvident: readonly string[] = ['name', 'kind', 'description', 'message'];

interface Public {
  /** `Fusio.openapi`, or `Fusio` for the name itself. */
  readonly name: string;
  readonly comment: string;
}

const names = publicNames().map(({ name, symbol }) => ({ name, symbol, comment: commentOf(symbol) }));
const members = [...new Map(names.flatMap(({ symbol }) => membersOf(symbol))).values()];

it.each<[string, readonly Public[]]>([
  ['name', names],
  ['member', members],
])('has a comment on every public %s', (_kind, all) => {
  const bare = all.filter(({ comment }) => comment === '').map(({ name }) => name);

  expect([...new Set(bare)]).toEqual([]);
  expect(all.length).toBeGreaterThan(100);
});

// A comment begins with a verb or a noun, and calls a thing by its name.
it('has no comment that hides its subject behind "What", "Where" or "nobody"', () => {
  const riddles = [...names, ...members].filter(({ comment }) =>
    /^(What|Who|Whoever|Where|When)\b|\b(somebody|nobody|whoever|anybody)\b/i.test(comment),
  );

  expect(riddles.map(({ name, comment }) => `${name}: ${comment}`)).toEqual([]);
});

/** The members of an interface, a class or a type, and those of each side of a union, by their declaration. */
function membersOf(symbol: ts.Symbol): [ts.Declaration | undefined, Public][] {
  if (!(symbol.flags & ts.SymbolFlags.Type)) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  // A side with a name of its own is either public, and in the list, or of no interest to a reader.
  const sides = type.isUnion() ? type.types.filter(({ symbol: own }) => !own?.name || own.name === '__type') : [type];
  return sides.flatMap((side) =>
    checker.getPropertiesOfType(side).flatMap((member): [ts.Declaration | undefined, Public][] => {
      const isNeeded = isOurs(member) && isVisible(member) && !selfEvident.includes(member.name);
      if (!isNeeded || isNever(member)) return [];
      return [[member.declarations?.[0], { name: `${symbol.name}.${member.name}`, comment: commentOf(member) }]];
    }),
  );
}

/** Tells a property that must be left out, such as `every` beside `cron`. */
function isNever(member: ts.Symbol): boolean {
  return Boolean(checker.getTypeOfSymbol(member).flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never));
}

/** Not private, and no property that only types know of, such as `~types`. */
function isVisible({ name, declarations = [] }: ts.Symbol): boolean {
  const isPrivate = declarations.some((declaration) => {
    return Boolean(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private);
  });
  return !isPrivate && !name.startsWith('~') && !name.startsWith('__');
}

function commentOf(symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}
