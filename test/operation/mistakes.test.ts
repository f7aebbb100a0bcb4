import { createFusio, defineAction, Type } from '../../src/index.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';

/** Registers an operation as a JavaScript caller does, whose mistakes no compiler finds. */
function register(options: Partial<Record<keyof AnyOperationOptions, unknown>>) {
  const fusio = createFusio({ logger: false });
  return fusio.operation({ name: 'it', method: 'GET', path: '/it', action: () => 1, ...options } as never);
}

describe('an action that is none', () => {
  const select = defineAction({ name: 'sql-select', configuration: Type.Object({}), handle: () => 1 });
  class Send {
    handle() {}
  }
  function Compiled() {}
  Compiled.prototype.handle = () => 1;

  it.each([
    ['a factory that was not called', select, '"sql-select" of defineAction must be called'],
    ['a class', Send, 'Send is a class: give an instance, new Send(…)'],
    ['a class that a compiler wrote as a function', Compiled, 'Compiled is a class: give an instance, new Compiled(…)'],
    [
      'a promise',
      Promise.resolve(1),
      'a function, an object with handle() or a name is needed, got a promise: await it first',
    ],
    ['an object', {}, 'a function, an object with handle() or a name is needed, got an object without handle()'],
    ['null', null, 'a function, an object with handle() or a name is needed, got null'],
  ])('is refused at registration: %s', (_kind, action, message) => {
    const refusal = { code: 'ACTION_INVALID', message: expect.stringContaining(message) };

    expect(() => register({ action })).toThrow(expect.objectContaining(refusal));
    expect(() => createFusio().action('send', action as never)).toThrow(expect.objectContaining(refusal));
  });

  it('is guessed by its name', () => {
    const fusio = createFusio({ logger: false });
    fusio.action('mail.send', () => 1);

    expect(() => fusio.operation({ name: 'it', method: 'GET', path: '/it', action: 'mail.snd' })).toThrow(
      'operation "it": there is no action "mail.snd" (did you mean "mail.send"?)',
    );
  });

  it('is none of those that run', async () => {
    const fusio = createFusio({ logger: false });
    const it = fusio.operation({ name: 'it', method: 'GET', path: '/it', action: select({}) });

    await expect(fusio.call(it)).resolves.toBe(1);
  });
});

it('refuses scopes beside public: true', () => {
  expect(() => register({ public: true, scopes: ['todo'] })).toThrow(
    'operation "it": public: true lets everybody call it, so that scopes ask nobody for anything; leave one of them out',
  );
  expect(() => register({ public: true, scopes: [] })).not.toThrow();
  expect(() => register({ public: false, scopes: ['todo'] })).not.toThrow();
});
