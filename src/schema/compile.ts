import { Build } from 'typebox/schema';

export type Check = (value: unknown) => boolean;

/** Compiles a schema to the function that checks it. Only that is kept: its source text is larger than the function. */
export function compile(schema: object): Check {
  const result = Build(schema).Evaluate();
  // typebox declares the function as private.
  const check: unknown = Reflect.get(result, 'check');
  return isCheck(check) ? check : (value) => result.Check(value);
}

function isCheck(value: unknown): value is Check {
  return typeof value === 'function';
}
