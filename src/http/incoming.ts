import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Divertible, Sink } from './body/collect.js';

const sinkKey = Symbol('sink');
const takenKey = Symbol('taken');

/**
 * The request of a server that is fusio's alone. A body that nobody else wants goes to its reader chunk by chunk as the parser finds it,
 * past the queue, the ticks and the events of a stream, which cost more than parsing a kilobyte of JSON. To anybody else it is
 * an `IncomingMessage` like any other; once its body was taken it is one that has ended.
 */
export class Incoming extends IncomingMessage implements Divertible {
  // Not private members of the language: those throw where somebody put a Proxy around the request.
  [sinkKey]: Sink | undefined = undefined;
  [takenKey] = false;

  static {
    // The types have a property here, which an accessor cannot override.
    const { get } = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded') as { get(): boolean };
    Object.defineProperty(Incoming.prototype, 'readableEnded', {
      configurable: true,
      get(this: Incoming) {
        // Node lets go of a request that has ended; of another one it waits for the end.
        return this[takenKey] || get.call(this);
      },
    });
  }

  divert(sink: Sink): boolean {
    const isUntouched =
      // Null: neither flowing, nor piped, nor listened to for data.
      this.readableFlowing === null &&
      this.readableLength === 0 &&
      !this.complete &&
      !this.destroyed &&
      this.listenerCount('end') === 0;
    if (isUntouched) this[sinkKey] = sink;
    return isUntouched;
  }

  release(): void {
    this[sinkKey] = undefined;
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const sink = this[sinkKey];
    if (sink === undefined) return super.push(chunk, encoding);
    if (chunk !== null) {
      sink.take(chunk);
      return true;
    }
    this[takenKey] = true;
    super.push(null);
    sink.end();
    return false;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const sink = this[sinkKey];
    super._destroy(error, callback);
    sink?.breakOff(error ?? undefined);
  }

  /** Whoever waits for the end of a body that was taken gets it now, as of any other stream that has been read. */
  override on(event: string | symbol, listener: (...given: any[]) => void): this {
    super.on(event, listener);
    if (this[takenKey] && (event === 'end' || event === 'close')) this.resume();
    return this;
  }

  override addListener(event: string | symbol, listener: (...given: any[]) => void): this {
    return this.on(event, listener);
  }

  /** Node calls this after the answer, to swallow what was not read. Of a body that was taken nothing is left, unless somebody waits for the end. */
  _dump(): void {
    if (!this[takenKey] || this.listenerCount('end') > 0 || this.listenerCount('close') > 0) dump.call(this);
  }
}

const dump = (IncomingMessage.prototype as unknown as { _dump(this: IncomingMessage): void })._dump;

/**
 * Lends the prototype of somebody's requests, such as Express's, what takes bodies past the stream. It stays as it is where somebody has
 * put a method of his own in one of these places, whoever reads a request by it wants it called.
 */
export function lend(prototype: object): void {
  const { constructor: _own, readableEnded, ...methods } = Object.getOwnPropertyDescriptors(Incoming.prototype);
  const nodes = IncomingMessage.prototype as unknown as Record<string, unknown>;
  const found = prototype as Record<string, unknown>;
  if (Object.keys(methods).some((name) => found[name] !== nodes[name])) return;
  Object.defineProperties(prototype, { readableEnded, ...methods });
}
