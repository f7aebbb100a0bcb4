import { type Handle, handleOf } from '../action/action.js';
import type { AnyAround } from '../action/around.js';
import type { OperationHandle } from '../action/handle.js';
import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Schemas } from '../schema/schemas.js';
import type { Shared } from './group.js';
import { makeOperation, type Operation } from './operation.js';
import type { AnyOperationOptions } from './options.js';

/** The operations, actions, wrappers and scopes of one fusio, by name. */
export interface Registry {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly scopes: ReadonlyMap<string, string | undefined>;
  /** Registers an operation. Throws with its name, the mistake and the fix. */
  operation(options: AnyOperationOptions, shared?: Shared): OperationHandle;
  /** Registers an action, for operations that name it. */
  action(name: string, action: unknown): { readonly kind: 'action'; readonly name: string; readonly handle: Handle };
  /** Puts a wrapper around the action of every operation that is registered from now on. */
  around(wrapper: AnyAround): void;
  scope(name: string, description: string | undefined): void;
  /** Finds the operation of a handle. Throws `OPERATION_INVALID` where it is of another fusio. */
  find(handle: OperationHandle, by?: string): Operation;
}

/** An adapter for `fusio.use` that registers operations. */
export type OperationAdapter = (fusio: { operation(options: AnyOperationOptions): unknown }) => void;

export interface RegistryParts {
  readonly schemas: Schemas;
  /** The names that the documents have for the ways to show a credential. */
  readonly securitySchemes: readonly string[];
  /** Publishes an operation before it is kept; throws where its path is taken. */
  readonly onOperation: (operation: Operation) => void;
  /** Hears that something was registered. */
  readonly onChange: () => void;
}

export function createRegistry({ schemas, securitySchemes, onOperation, onChange }: RegistryParts): Registry {
  const operations = new Map<string, Operation>();
  const byHandle = new WeakMap<object, Operation>();
  const actions = new Map<string, Handle>();
  const scopes = new Map<string, string | undefined>();
  const arounds: AnyAround[] = [];

  return {
    operations,
    scopes,

    operation(options, shared) {
      const parts = {
        schemas,
        action: (name: string) => actions.get(name),
        actionNames: () => actions.keys(),
        arounds,
        securitySchemes,
      };
      const operation = makeOperation(options, parts, shared);
      const { name, handle } = operation;
      if (operations.has(name)) {
        throw new FusioError('NAME_TAKEN', `operation "${name}" is registered already; names are unique`);
      }
      onOperation(operation);
      operations.set(name, operation);
      byHandle.set(handle, operation);
      onChange();
      return handle;
    },

    action(name, action) {
      if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/.test(name)) {
        throw new FusioError(
          'NAME_INVALID',
          `action: the name must be letters, digits, "_", "-" and ".", got ${describe(name)}`,
        );
      }
      const handle = handleOf(action, `action "${name}"`);
      if (actions.has(name))
        throw new FusioError('NAME_TAKEN', `action "${name}" is registered already; names are unique`);
      actions.set(name, handle);
      return Object.freeze({ kind: 'action', name, handle });
    },

    around(wrapper) {
      if (typeof wrapper !== 'function')
        throw new FusioError('OPTIONS_INVALID', 'around: a function (next, request, context) is needed');
      arounds.push(wrapper);
    },

    scope(name, description) {
      if (typeof name !== 'string' || !/^[a-zA-Z0-9_:-]+(\.[a-zA-Z0-9_:-]+)*$/.test(name)) {
        throw new FusioError('NAME_INVALID', `scope: the name must be dotted words, got ${describe(name)}`);
      }
      scopes.set(name, description);
      onChange();
    },

    find(handle, by = 'call') {
      const operation = typeof handle === 'object' && handle !== null ? byHandle.get(handle) : undefined;
      if (operation) return operation;
      const fix =
        typeof handle === 'string'
          ? nameFix(handle, operations.keys())
          : ': give the handle that fusio.operation() returned';
      throw new FusioError('OPERATION_INVALID', `${by}: ${describe(handle)} is not an operation of this fusio${fix}`);
    },
  };
}

/** The name of an operation is no handle, and has no types. */
function nameFix(name: string, known: Iterable<string>): string {
  const names = [...known];
  return names.includes(name)
    ? ' but its name: give the handle that fusio.operation() returned'
    : didYouMean(name, names);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'object' && value !== null && 'name' in value ? `"${String(value.name)}"` : String(value);
}
