import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Takes the chunks of a body as they come. */
export interface Sink {
  take(chunk: Buffer | Uint8Array | string): void;
  end(): void;
  /** The body broke off. */
  breakOff(cause?: unknown): void;
  /** Chunks are no longer handed over: the sink listens to the events of the stream instead. */
  listen(): void;
}

// Symbols, because the host may put any name on its requests, and `#private` members throw behind a Proxy.
const sinkKey = Symbol('sink');
const takenKey = Symbol('taken');

/**
 * The requests of `fusio.createServer()` without an app. Node's parser calls `push` with each chunk of a body; here `push` hands
 * the chunk to a sink at once, past the queue and the events of the stream, which cost more than parsing a kilobyte of JSON.
 * Without a sink it is an `IncomingMessage` like any other. Once a sink took its body, it looks like one that was read to its end.
 */
export class Incoming extends IncomingMessage {
  [sinkKey]: Sink | undefined = undefined;
  /** True once a sink took the whole body. */
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
    // Listeners that were there before the sink still get their events.
    if (this.listenerCount('end') > 0 || this.listenerCount('close') > 0) this.resume();
    sink.end();
    return false;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const sink = this[sinkKey];
    // A client that leaves after its body has come is no error of the body.
    super._destroy(this[takenKey] ? null : error, callback);
    sink?.breakOff(error ?? undefined);
  }

  override on(event: string | symbol, listener: Parameters<IncomingMessage['on']>[1]): this {
    const sink = this[sinkKey];
    const isAboutBody = bodyEvents.includes(event);
    if (sink !== undefined && isAboutBody) {
      // An action listens to `context.http.req` as well: from here on both get the body from the stream.
      this[sinkKey] = undefined;
      sink.listen();
    }
    super.on(event, listener);
    // A listener that comes after the body was taken gets its `end`.
    if (this[takenKey] && isAboutBody) this.resume();
    return this;
  }

  /** Node calls this after the answer, to read away the rest of the body. After a sink there is no rest. */
  _dump(): void {
    if (!this[takenKey]) dump.call(this);
  }
}

// Node has one function under both names; a class that overrides `on` must do the same.
Incoming.prototype.addListener = Incoming.prototype.on;

// The state of a stream that was read to its end.
override('readable', false);
override('readableEnded', true);
override('readableDidRead', true);

const bodyEvents: readonly (string | symbol)[] = ['data', 'readable', 'end', 'close'];
// Missing in the types.
const dump: (this: IncomingMessage) => void = Reflect.get(IncomingMessage.prototype, '_dump');

/** Overrides a getter of `Readable`. The types declare it as a property, which a getter of a class cannot override. */
function override(name: 'readable' | 'readableEnded' | 'readableDidRead', onceTaken: boolean): void {
  const inherited = Object.getOwnPropertyDescriptor(Readable.prototype, name);
  Object.defineProperty(Incoming.prototype, name, {
    ...inherited,
    get(this: Incoming) {
      return this[takenKey] === true ? onceTaken : inherited?.get?.call(this);
    },
  });
}

/**
 * Hands the body of a request to a sink. False where that would not be safe: the request is of another class, it was read
 * already, or the host, an agent or a Proxy has replaced one of the methods through which it wants to see the body.
 */
export function divert(stream: Readable, sink: Sink): boolean {
  if (!isUntouched(stream)) return false;
  stream[sinkKey] = sink;
  return true;
}

function isUntouched(stream: Readable): stream is Incoming {
  if (!(stream instanceof Incoming)) return false;
  return (
    stream.push === Incoming.prototype.push &&
    stream.on === Incoming.prototype.on &&
    stream.emit === IncomingMessage.prototype.emit &&
    stream._read === IncomingMessage.prototype._read &&
    stream._destroy === Incoming.prototype._destroy &&
    // Null: neither flowing, nor paused, nor piped.
    stream.readableFlowing === null &&
    stream.readableLength === 0 &&
    !stream.complete &&
    !stream.destroyed &&
    stream.listenerCount('data') === 0 &&
    stream.listenerCount('end') === 0
  );
}

/** Takes the sink away: further chunks go through the stream. */
export function release(stream: Readable): void {
  if (stream instanceof Incoming) stream[sinkKey] = undefined;
}
