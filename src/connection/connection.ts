/** A fully configured client of an official library: how to open it, and perhaps how to close it and see whether it works. */
export interface Connection<Client> {
  open(): Client | Promise<Client>;
  close?(client: Client): void | Promise<void>;
  /** Throws when the other side does not answer. */
  ping?(client: Client): unknown;
}

/** A registered connection: what `context.connection(handle)` takes. */
export interface ConnectionHandle<Client> {
  readonly kind: 'connection';
  readonly name: string;
  readonly '~client'?: Client;
}

/**
 * Types a connection of your own.
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
