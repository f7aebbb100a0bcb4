import { system } from '../../src/access/caller.js';
import type { Context } from '../../src/action/context.js';
import { readAnswers } from '../../src/operation/answers.js';
import type { Runnable } from '../../src/pipeline/runnable.js';
import { createSchemas } from '../../src/schema/schemas.js';
import { makePipeline } from '../support/pipeline.js';

const Payload = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };

/** The action of a cronjob or a trigger as the pipeline runs it: it belongs to no operation. */
function sweep(
  action: (request: { body: unknown }, context: Context) => unknown,
  more: Partial<Runnable> = {},
): Runnable {
  const schemas = createSchemas();
  const none = { params: undefined, query: undefined, headers: undefined, body: undefined };
  const body = schemas.reader(Payload, { where: 'cronjob', source: 'value', unknown: 'drop', defaults: true });
  return {
    name: 'todo.sweep',
    public: false,
    demands: [['todo']],
    active: true,
    timeoutMs: 1_000,
    wire: none,
    values: { ...none, body },
    answers: readAnswers({} as never, schemas, 'cronjob "todo.sweep"'),
    handle: undefined,
    before: [],
    arounds: [],
    run: action as Runnable['run'],
    ...more,
  };
}

describe('a runnable that is no operation', () => {
  it('runs through the same steps, with its source and what makes it run', async () => {
    const { callDirect, records, done } = makePipeline();
    const seen: unknown[] = [];
    const runnable = sweep(({ body }, { operation, source, run, user, requestId }) => {
      seen.push(body, operation, source, run, user.id, requestId);
      return { swept: 3 };
    });

    const slot = new Date(0);
    const run = { id: 'run', attempt: 2, fence: 1, slot };
    const result = await callDirect(runnable, { body: { id: 7, more: 1 } }, system, {
      source: 'cronjob',
      run,
      depth: 0,
    });

    expect(result).toEqual({ swept: 3 });
    expect(seen).toEqual([{ id: 7 }, undefined, 'cronjob', run, 'system', 'one']);
    expect(records).toEqual([
      {
        operation: 'todo.sweep',
        status: 200,
        ms: expect.any(Number),
        source: 'cronjob',
        requestId: 'one',
        user: 'system',
      },
    ]);
    expect(done).toEqual([
      { operation: 'todo.sweep', status: 200, ms: expect.any(Number), source: 'cronjob', requestId: 'one' },
    ]);
  });

  it.each<[string, Partial<Runnable>, unknown, string]>([
    ['that is not active', { active: false }, { body: { id: 1 } }, 'OPERATION_GONE'],
    ['with an input that does not fit', {}, { body: { id: 'x' } }, 'REQUEST_INVALID'],
    ['that takes too long', { timeoutMs: 1, run: () => new Promise(() => {}) }, { body: { id: 1 } }, 'ACTION_TIMEOUT'],
    ['whose result breaks', { run: () => ({ big: 1n }) }, { body: { id: 1 } }, 'RESULT_INVALID'],
  ])('fails as an operation does: one %s', async (_title, more, input, code) => {
    const { callDirect, done } = makePipeline();

    const call = callDirect(
      sweep(() => undefined, more),
      input,
      system,
      { source: 'trigger', depth: 0 },
    );

    await expect(call).rejects.toMatchObject({ code });
    expect(done).toHaveLength(1);
  });
});
