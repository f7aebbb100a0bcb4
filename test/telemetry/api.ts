import { createFusio, type FusioOptions, fail } from '../../src/index.js';

/** A fusio with an operation that calls another and one that breaks. */
export function api(options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const inner = fusio.operation({ name: 'inner', method: 'GET', path: '/inner', public: true, action: () => 1 });
  fusio.operation({
    name: 'todo.get',
    method: 'GET',
    path: '/todo/:id',
    public: true,
    action: async (_request, { call }) => call(inner),
  });
  fusio.operation({ name: 'broken', method: 'GET', path: '/broken', public: true, action: () => fail(500) });
  return fusio;
}
