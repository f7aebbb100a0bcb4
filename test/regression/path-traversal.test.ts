import { createServer } from 'node:http';
import { createFusio } from '../../src/index.js';
import { closeAll, listen, raw } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it.each(['/rest/..%2f..', '/p/..%2f..%2fetc', '/p/..%5c..', '/rest/a/%2e%2e/b', '/p/%2e'])(
  'refuses the way up in %s, however it is encoded',
  async (path) => {
    const fusio = createFusio({ logger: false });
    fusio.operation({ ...open, name: 'rest', path: '/rest/*rest', action: ({ params }) => params });
    fusio.operation({ ...open, name: 'p', path: '/p/:id', action: ({ params }) => params });
    const url = await listen(createServer(fusio.handler));

    const answer = await raw(url, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);

    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'PATH_INVALID']);
  },
);

it('lets dots pass that are no way up', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({ ...open, name: 'rest', path: '/rest/*rest', action: ({ params }) => params.rest });

  expect((await fusio.inject({ path: '/rest/.well-known/a..b/c.txt' })).json()).toBe('.well-known/a..b/c.txt');
});
