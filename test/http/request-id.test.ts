import { createServer } from 'node:http';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

function api() {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'id',
    method: 'GET',
    path: '/id',
    public: true,
    query: Type.Object({}),
    action: (_request, { requestId }) => ({ requestId }),
  });
  return fusio;
}

async function clients() {
  const fusio = api();
  const url = await listen(createServer(fusio.handler));
  return {
    'node:http': (path: string, headers: Record<string, string>) => fetch(url + path, { headers }),
    fetch: (path: string, headers: Record<string, string>) => fusio.fetch(new Request(`http://x${path}`, { headers })),
  };
}

const taken = {
  'a character': 'a',
  '128 characters': 'a'.repeat(128),
  'every kind of character': 'aZ09_.:-',
};

const refused = {
  '129 characters': 'a'.repeat(129),
  '4,096 characters': 'a'.repeat(4096),
  'no character': '',
  'a space inside': 'a b',
  'a quote': 'a"b',
  'a slash': 'a/b',
  'a tab inside': 'a\tb',
  'a comma, as two of them would be': 'a, b',
  'a letter beyond ASCII': 'é',
  'an odd character at the start': '$ab',
  'an odd character at the end': 'ab$',
};

describe.each(['node:http', 'fetch'] as const)('a request id of the caller through %s', (transport) => {
  // The answer of an operation, and one that reaches no operation.
  it.each(Object.entries(taken))('of %s is taken over', async (_what, id) => {
    const client = (await clients())[transport];

    const answer = await client('/id', { 'x-request-id': id });
    const missing = await client('/nothing', { 'x-request-id': id });

    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(await answer.json()).toEqual({ requestId: id });
    expect(missing.headers.get('x-request-id')).toBe(id);
  });

  it.each(Object.entries(refused))('of %s is replaced with our own', async (_what, id) => {
    const client = (await clients())[transport];

    const answer = await client('/id', { 'x-request-id': id });
    const missing = await client('/nothing', { 'x-request-id': id });

    const own = answer.headers.get('x-request-id')!;
    expect(own).toMatch(/^[\w.:-]{1,128}$/);
    expect(own).not.toBe(id);
    expect(await answer.json()).toEqual({ requestId: own });
    const other = missing.headers.get('x-request-id')!;
    expect(other).toMatch(/^[\w.:-]{1,128}$/);
    expect([id, own]).not.toContain(other);
  });
});
