import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Sink } from './body/collect.js';

// Symbols: a host puts what it likes on its requests, and a private member of the language throws where a Proxy is around them.
const sinkKey = Symbol('sink');
const takenKey = Symbol('taken');

/**
 * A request that can hand its body to a sink chunk by chunk as the parser finds it, past the queue, the ticks and the events of a stream,
 * which cost more than parsing a kilobyte of JSON. To anybody else it is an `IncomingMessage` like any other; once its body was
 * taken it is one that has ended.
 */
export class Incoming extends IncomingMessage {
  [sinkKey]: Sink | undefined = undefined;
  [takenKey] = false;

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const sink = this[sinkKey];
    if (sink === undefined) return super.push(chunk, encoding);
    if (chunk !== null) {
      sink.take(chunk);
      return true;
    }
    this[takenKey] = true;
    super.push(null);
    if (this.listenerCount('end') > 0 || this.listenerCount('close') > 0) this.resume();
    sink.end();
    return false;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const sink = this[sinkKey];
    // A client that leaves after its body has come is no failure of the body.
    super._destroy(this[takenKey] ? null : error, callback);
    sink?.breakOff(error ?? undefined);
  }

  override on(event: string | symbol, listener: Parameters<IncomingMessage['on']>[1]): this {
    const sink = this[sinkKey];
    if (sink !== undefined && ends.includes(event)) {
      // Somebody else wants to see the body come: from here on both get it from the stream.
      this[sinkKey] = undefined;
      sink.listen();
    }
    super.on(event, listener);
    // Whoever waits for the end of a body that was taken gets it now.
    if (this[takenKey] && ends.includes(event)) this.resume();
    return this;
  }

  /** Node calls this after the answer, to swallow what was not read. Of a body that was taken nothing is left. */
  _dump(): void {
    if (!this[takenKey]) dump.call(this);
  }
}

// As in Node: somebody may have made either call the other.
Incoming.prototype.addListener = Incoming.prototype.on;
// Node itself lets go of a request that has ended.
override('readable', false);
override('readableEnded', true);
override('readableDidRead', true);

const ends: readonly (string | symbol)[] = ['data', 'readable', 'end', 'close'];
const dump = (IncomingMessage.prototype as unknown as { _dump(this: IncomingMessage): void })._dump;

/** The types have properties here, which accessors of the class cannot override. */
function override(name: 'readable' | 'readableEnded' | 'readableDidRead', taken: boolean): void {
  const nodes = Object.getOwnPropertyDescriptor(Readable.prototype, name) as PropertyDescriptor & { get(): boolean };
  Object.defineProperty(Incoming.prototype, name, {
    ...nodes,
    get(this: Incoming) {
      return this[takenKey] === true ? taken : nodes.get.call(this);
    },
  });
}

/** Hands the body of a request to a sink. False: it cannot, it is read already, or somebody else has a hand on it. */
export function divert(stream: Readable, sink: Sink): boolean {
  const request = stream as Readable & Incoming;
  const isUntouched =
    // Whoever wraps one of these to see the body go by must see it; other requests have the first of Node's own.
    request.push === Incoming.prototype.push &&
    request.on === Incoming.prototype.on &&
    request.emit === IncomingMessage.prototype.emit &&
    request._read === IncomingMessage.prototype._read &&
    request._destroy === Incoming.prototype._destroy &&
    // Null: neither flowing, nor piped, nor listened to for what can be read.
    request.readableFlowing === null &&
    request.readableLength === 0 &&
    !request.complete &&
    !request.destroyed &&
    request.listenerCount('data') === 0 &&
    request.listenerCount('end') === 0;
  if (isUntouched) request[sinkKey] = sink;
  return isUntouched;
}

/** The chunks go where they would have gone without a sink. */
export function release(stream: Readable): void {
  const request = stream as Readable & Partial<Incoming>;
  if (request[sinkKey] !== undefined) request[sinkKey] = undefined;
}

/**
 * Lends the prototype of somebody's requests, such as Express's, what takes bodies past the stream. It stays as it is where it has a
 * method of its own in one of these places: whoever reads a request by it wants it called.
 */
export function lend(prototype: object): void {
  const { constructor: _, ...lent } = Object.getOwnPropertyDescriptors(Incoming.prototype);
  let above: object | null = prototype;
  while (above !== IncomingMessage.prototype) {
    if (above === null || Object.keys(lent).some((name) => Object.hasOwn(above as object, name))) return;
    above = Object.getPrototypeOf(above);
  }
  if (Object.isExtensible(prototype)) Object.defineProperties(prototype, lent);
}
