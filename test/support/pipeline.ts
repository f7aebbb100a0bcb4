import { createConnections } from '../../src/connection/connections.js';
import { createDeadlines } from '../../src/pipeline/deadlines.js';
import { createCallDirect } from '../../src/pipeline/direct.js';
import { createFailureOf } from '../../src/pipeline/failure.js';
import { createGate } from '../../src/pipeline/gate.js';
import type { PipelineParts } from '../../src/pipeline/parts.js';
import { createRecorder } from '../../src/pipeline/recorder.js';
import { createSignals, type Signals } from '../../src/signal/signals.js';

/** A pipeline without HTTP, for what the public API cannot reach yet. Gives the records and the signals of what ran. */
export function makePipeline() {
  const records: object[] = [];
  const done: Signals['request:done'][] = [];
  const errors: unknown[] = [];
  const log = {
    debug() {},
    info: (fields: object) => records.push(fields),
    warn() {},
    error: (...entry: unknown[]) => errors.push(entry),
  } as never;
  const signals = createSignals(() => {});
  signals.on('request:done', (one) => done.push(one));
  const clock = { now: Date.now };
  const deadlines = createDeadlines(clock);
  const gate = createGate(deadlines, log);
  const pipeline: PipelineParts = {
    ready: () => undefined,
    deadlines,
    recorder: createRecorder({ logger: log, log, signals, clock, watcher: undefined }),
    failureOf: createFailureOf(undefined, log),
    validationStatus: 400,
    nextRequestId: () => 'one',
    reach: {
      connections: createConnections({ onOpened() {}, onFailed() {} }),
      dispatch: async () => 'none',
      find: () => {
        throw new Error('no operation here');
      },
      call: (...call) => callDirect(...call),
    },
  };
  const callDirect = createCallDirect(pipeline, gate);
  return { callDirect, pipeline, records, errors, done };
}
