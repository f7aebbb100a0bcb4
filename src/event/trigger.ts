import type { Action } from '../action/action.js';
import type { Request } from '../action/request.js';
import type { Retries } from '../base/duration.js';

/** The request of an action that an event starts: the payload is its body. */
export type EventRequest<Payload> = Request<{}, {}, {}, Payload>;

/** A trigger: runs an action for each event of a name. */
export interface TriggerOptions<Event, Payload, Context> {
  /** Default: made of the event's name and the action's. */
  name?: string;
  /** Name of the event, or its handle. */
  event: Event;
  /** The action that runs. The payload is `request.body`, the event `context.run.event`. */
  action: NoInfer<Action<EventRequest<Payload>, unknown, Context>>;
  /** How often a failed run is tried again. Default: 5 times, after a second at first and after ten minutes at last. */
  retries?: number | Retries;
}

/** A trigger that `fusio.trigger` registered. */
export interface TriggerHandle {
  readonly kind: 'trigger';
  readonly name: string;
}
