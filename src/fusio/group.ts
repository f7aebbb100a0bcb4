import type { Arounds, OwnOf } from '../action/around.js';
import type { Context } from '../action/context.js';
import type { UnseenForm } from '../action/form.js';
import type { FilesSlot } from '../action/form-files.js';
import type { OperationHandle } from '../action/handle.js';
import type { InputOr, ParamsOf, RawValues, Request, Slot } from '../action/request.js';
import type { ResponseSlot, ResultOf, StatusMap, StatusValues } from '../action/result.js';
import type { Joined } from '../base/joined.js';
import { joinGroup, nothingShared } from '../operation/group.js';
import type {
  AnyGroupOptions,
  AnyOperationOptions,
  BodyInput,
  GroupOptions,
  OperationOptions,
} from '../operation/options.js';
import type { Registry } from '../operation/registry.js';

/**
 * Operations that share a path, scopes, wrappers and more: made by `fusio.group`. A fusio is the outermost group. `Own` is what the
 * wrappers hand to the actions, `Params` are the parameters of the path, `Throws` the statuses that are thrown.
 */
// The variance is written down for the same reason as that of `Fusio`.
export interface Group<out Connections, out Events, out Own = {}, out Params = {}, out Throws = {}> {
  /**
   * Registers an operation. Throws `OPERATION_INVALID`, `SCHEMA_INVALID` or `ACTION_INVALID` for options that do not fit, `NAME_INVALID`,
   * `NAME_TAKEN`, and `OPERATION_CONFLICT` where another operation has the method and path.
   */
  operation<
    // Without a default: TypeScript would take it for the context of the action before it has seen `around`.
    const A extends Arounds<Context<Connections, Events> & Own>,
    const Path extends string,
    const P extends Slot = undefined,
    const Q extends Slot = undefined,
    const H extends Slot = undefined,
    const B extends Slot = undefined,
    const R extends ResponseSlot = undefined,
    const T extends StatusMap = {},
    const F extends FilesSlot = undefined,
    Form = UnseenForm,
  >(
    options: OperationOptions<Path, P, Q, H, B, R, T, F, A, Connections, Events, Own, Params, Throws, Form>,
  ): OperationHandle<
    ParamsOf<P, Path, Params>,
    InputOr<Q, RawValues>,
    InputOr<H, RawValues>,
    BodyInput<B, F>,
    ResultOf<R>,
    StatusValues<Joined<Throws, T>>
  >;
  /**
   * Makes a group of operations that share options, within this one: paths are joined, tags, throws and wrappers add up, and a caller needs
   * one of the scopes of each. Any other option is that of the operation, else that of the group next to it. Throws `OPERATION_INVALID`.
   */
  group<
    const A extends Arounds<Context<Connections, Events> & Own, Request<ParamsOf<P, Path, Params>>>,
    const Path extends string = '',
    const P extends Slot = undefined,
    const T extends StatusMap = {},
  >(
    options: GroupOptions<Path, P, T, A>,
  ): Group<Connections, Events, Joined<Own, OwnOf<A>>, ParamsOf<P, Path, Params>, Joined<Throws, T>>;
}

/** Makes a group: the outermost one, that of a fusio, shares nothing. */
export function createGroup(registry: Registry, shared = nothingShared): Group<any, {}> {
  return {
    // The interface gives them their types; the registry checks their values.
    operation: (options) => registry.operation(options as AnyOperationOptions, shared) as never,
    group: (options) => createGroup(registry, joinGroup(shared, options as AnyGroupOptions)) as never,
  };
}
