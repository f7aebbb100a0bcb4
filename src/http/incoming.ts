import { IncomingMessage } from 'node:http';
import type { Divertible, Sink } from './body/collect.js';

/**
 * The request of a server that is fusio's alone. A body that nobody else wants goes to its reader chunk by chunk as the parser finds it,
 * past the queue, the ticks and the events of a stream, which cost more than parsing a kilobyte of JSON. To anybody else it is
 * an `IncomingMessage` like any other; once its body was taken it is one that has ended.
 */
export class Incoming extends IncomingMessage implements Divertible {
  private sink: Sink | undefined = undefined;
  private isTaken = false;

  divert(sink: Sink | undefined): boolean {
    if (sink === undefined) {
      this.sink = undefined;
      return true;
    }
    const isUntouched =
      // Null: neither read, nor piped, nor listened to for data, nor paused.
      this.readableFlowing === null && this.readableLength === 0 && !this.complete && !this.destroyed;
    if (isUntouched) this.sink = sink;
    return isUntouched;
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const { sink } = this;
    if (sink === undefined) return super.push(chunk, encoding);
    if (chunk !== null) {
      sink.take(chunk);
      return true;
    }
    this.isTaken = true;
    super.push(null);
    sink.end();
    return false;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { sink } = this;
    super._destroy(error, callback);
    sink?.breakOff(error ?? undefined);
  }

  /** Node calls this after the answer, to swallow what was not read: here that is nothing, unless somebody waits for its end. */
  _dump(): void {
    if (!this.isTaken || this.listenerCount('end') > 0 || this.listenerCount('close') > 0) dump.call(this);
  }
}

const dump = (IncomingMessage.prototype as unknown as { _dump(this: IncomingMessage): void })._dump;
