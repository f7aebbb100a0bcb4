import type { Action } from '../action/action.js';
import type { Request } from '../action/request.js';
import type { Retries } from '../base/duration.js';

/** The request of an action that an event starts: the payload is its body. */
export type EventRequest<Payload> = Request<{}, {}, {}, Payload>;

export interface TriggerOptions<Event, Payload, Context> {
  /** Default: the event's name and the action's. */
  name?: string;
  event: Event;
  action: NoInfer<Action<EventRequest<Payload>, unknown, Context>>;
  /** Default: 5, from a second to ten minutes. */
  retries?: number | Retries;
}
export interface TriggerHandle {
  readonly kind: 'trigger';
  readonly name: string;
}
