import { Compile } from 'typebox/schema';
import { FusioError, type Issue } from '../errors.js';

// INTERIM: replaced by the schema room's real files.
export interface ReaderOptions {
  where: string;
  source: 'text' | 'json' | 'value';
  unknown: 'drop' | 'reject' | 'keep';
  defaults: boolean;
}
export interface Reader {
  readonly schema: object;
  read(value: unknown): unknown;
  check(value: unknown): boolean;
  issues(value: unknown, pointer: string): Issue[];
}
export interface Schemas {
  name(name: string, schema: object): void;
  readonly named: ReadonlyMap<string, object>;
  nameOf(schema: object): string | undefined;
  lint(schema: unknown, where: string): void;
  reader(schema: object, options: ReaderOptions): Reader;
}

export function createSchemas(
  _options: { formats?: Readonly<Record<string, (value: string) => boolean>> } = {},
): Schemas {
  const named = new Map<string, object>();
  return {
    named,
    name: (name, schema) => void named.set(name, schema),
    nameOf: (schema) => [...named].find(([, one]) => one === schema)?.[0],
    lint(schema, where) {
      if (typeof schema !== 'object' || schema === null) throw new FusioError('SCHEMA_INVALID', `${where}: no schema`);
    },
    reader(schema, options) {
      let validator: ReturnType<typeof Compile> | undefined;
      const compiled = () => (validator ??= Compile(schema as never));
      const coerce = (node: any, value: any): any => {
        if (options.source === 'value' && value !== null && typeof value === 'object')
          return coerce1(node, JSON.parse(JSON.stringify(value)));
        return coerce1(node, value);
      };
      const coerce1 = (node: any, value: any): any => {
        if (typeof node !== 'object' || node === null) return value;
        if (options.source === 'text' && typeof value === 'string') {
          if ((node.type === 'integer' || node.type === 'number') && /^-?\d+(\.\d+)?$/.test(value))
            return Number(value);
          if (node.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
          if (node.type === 'array') return [coerce1(node.items, value)];
        }
        if (Array.isArray(value)) return node.items ? value.map((one) => coerce1(node.items, one)) : value;
        if (node.properties && typeof value === 'object' && value !== null) {
          const copy: any = {};
          for (const key of Object.keys(value)) {
            if (Object.hasOwn(node.properties, key)) copy[key] = coerce1(node.properties[key], value[key]);
            else if (options.unknown !== 'drop' || node.additionalProperties !== undefined) copy[key] = value[key];
          }
          if (options.defaults)
            for (const key of Object.keys(node.properties))
              if (copy[key] === undefined && node.properties[key].default !== undefined)
                copy[key] = node.properties[key].default;
          return copy;
        }
        return value;
      };
      return {
        schema,
        read: (value) => coerce(schema, value),
        check: (value) => compiled().Check(value),
        issues(value, pointer) {
          const [, errors] = compiled().Errors(value) as [boolean, any[]];
          return errors
            .filter((error) => error.keyword !== 'boolean')
            .flatMap((error) =>
              error.keyword === 'required'
                ? error.params.requiredProperties.map((key: string) => ({
                    pointer: `${pointer}${error.instancePath}/${key}`,
                    message: 'is required',
                    code: 'REQUIRED',
                  }))
                : error.keyword === 'additionalProperties'
                  ? error.params.additionalProperties.map((key: string) => ({
                      pointer: `${pointer}${error.instancePath}/${key}`,
                      message: 'is not known',
                      code: 'UNKNOWN_PROPERTY',
                    }))
                  : [
                      {
                        pointer: pointer + error.instancePath,
                        message: error.message,
                        code: String(error.keyword).toUpperCase(),
                      },
                    ],
            );
        },
      };
    },
  };
}
