import type { EventId } from '../signal/signals.js';

/** Options of `dispatch`. */
export interface DispatchOptions {
  /** Writes the event in this transaction: it is delivered if and only if the transaction commits. */
  transaction?: Transaction;
  /** The second event with the same key within 24 hours is the first one. */
  key?: string;
}

/** A connection inside an open transaction: of mysql2, pg or node:sqlite, or a Kysely transaction. */
export type Transaction = object;

/** An event that `fusio.event` registered: pass it to `dispatch`, a trigger or a webhook. */
export interface EventHandle<Payload> {
  readonly kind: 'event';
  readonly name: string;
  /** Types only; there is nothing here at run time. */
  readonly '~payload'?: Payload;
}

/** An event: its name in `createFusio({ events })`, or the handle that `fusio.event` gave. */
export type EventReference<Events> = (keyof Events & string) | EventHandle<unknown>;

/** The payload of an event, by its name or handle. */
export type PayloadOf<Events, Event> =
  Event extends EventHandle<infer Payload> ? Payload : Event extends keyof Events ? Events[Event] : never;

/** Dispatches an event: checks the payload against its schema, writes the event down and gives its id. */
export type Dispatch<Events> = <Event extends EventReference<Events>>(
  event: Event,
  payload: NoInfer<PayloadOf<Events, Event>>,
  options?: DispatchOptions,
) => Promise<EventId>;
