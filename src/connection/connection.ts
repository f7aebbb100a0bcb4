/** A fully configured client of an official library: how it is opened, closed and pinged. */
export interface Connection<Client> {
  /** Makes the client. Called by `ready()`, or by the first action that needs it; again after a failure. May take 30 seconds. */
  open(): Client | Promise<Client>;
  /** Closes the client at `stop()`, within 5 seconds. Default: the client is left open. */
  close?(client: Client): void | Promise<void>;
  /**
   * Throws or rejects when the server behind the client does not answer. `ready()` calls it, for at most 5 seconds: until it succeeds,
   * calls that use the connection get 503. `health()` calls it, too.
   */
  ping?(client: Client): unknown;
}

/** A connection that `fusio.connection` registered: pass it to `context.connection` for its client. */
export interface ConnectionHandle<Client> {
  readonly kind: 'connection';
  readonly name: string;
  /** Types only; there is nothing here at run time. */
  readonly '~client'?: Client;
}

/**
 * Types a custom connection.
 *
 * ```ts
 * const search = defineConnection({
 *   open: () => new Client({ node: 'http://search:9200' }),
 *   close: (client) => client.close(),
 *   ping: (client) => client.ping(),
 * });
 * ```
 */
export function defineConnection<Client>(connection: Connection<Client>): Connection<Client> {
  return connection;
}
