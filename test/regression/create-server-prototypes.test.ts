import express from 'express';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, listen, raw } from '../support/fusio.js';

afterEach(closeAll);

describe('a server of createServer()', () => {
  function api() {
    const fusio = createFusio({
      logger: false,
      authenticate: ({ headers }) => (headers.authorization ? { user: { id: '1' } } : null),
    });
    fusio.operation({
      name: 'x',
      method: 'POST',
      path: '/x',
      body: Type.Object({ a: Type.Integer() }),
      action: ({ body }) => body,
    });
    return fusio;
  }
  const head = 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\n';

  it('asks for a body only when it is wanted (100 Continue)', async () => {
    const url = await listen(api().createServer());

    const refused = await raw(url, `${head}expect: 100-continue\r\n\r\n`);
    const taken = await raw(url, [`${head}authorization: x\r\nexpect: 100-continue\r\n\r\n`, '{"a":1}']);

    expect([refused.status, refused.head.includes('100 Continue')]).toEqual([401, false]);
    expect([taken.status, taken.body]).toEqual([200, '{"a":1}']);
  });

  it('answers any other expectation with a problem', async () => {
    const url = await listen(api().createServer());

    const answer = await raw(url, `${head}expect: miracles\r\n\r\n{"a":1}`);

    expect([answer.status, JSON.parse(answer.body).code]).toEqual([417, 'EXPECTATION_FAILED']);
  });

  it('gives a host app the prototypes of Express, and its parsers their bodies', async () => {
    const fusio = api();
    const app = express();
    app.use('/api', fusio.router);
    app.post('/own', express.json(), (request, response) => {
      response.json({ body: request.body, ip: typeof request.ip, is: request.get('host') });
    });
    const url = await listen(fusio.createServer(app));

    const own = await raw(url, [
      'POST /own HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\nexpect: 100-continue\r\n\r\n',
      '{"a":1}',
    ]);
    const ours = await fetch(`${url}/api/x`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'x' },
      body: '{"a":2}',
    });

    expect(JSON.parse(own.body)).toEqual({ body: { a: 1 }, ip: 'string', is: 'x' });
    expect(await ours.json()).toEqual({ a: 2 });
  });
});
