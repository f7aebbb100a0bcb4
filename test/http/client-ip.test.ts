import { createServer, type IncomingMessage } from 'node:http';
import type { Request as ExpressRequest } from 'express';
import { type ClientIpRequest, createFusio, type FusioOptions } from '../../src/index.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';

afterEach(closeAll);

type ClientIp = NonNullable<FusioOptions['clientIp']>;

/** An operation that gives the address which `authenticate` sees, and the one that the action sees, through Node and through `fetch`. */
async function addresses(clientIp: ClientIp | undefined): Promise<[node: unknown, web: unknown]> {
  const fusio = createFusio({
    ...(clientIp && { clientIp }),
    authenticate: ({ ip }) => ({ user: { id: ip ?? 'none' } }),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  closeLater(() => fusio.stop());
  fusio.operation({
    name: 'who',
    method: 'GET',
    path: '/who',
    action: (_request, { ip, user }) => [user.id, ip ?? 'none'],
  });
  const headers = { 'x-real-ip': '203.0.113.7' };
  const node = await fetch(`${await listen(createServer(fusio.handler))}/who`, { headers });
  const web = await fusio.fetch(new Request('http://x/who', { headers }));
  return [await node.json(), await web.json()];
}

it('asks clientIp in every transport', async () => {
  const clientIp: ClientIp = ({ headers, socket }) => headers['x-real-ip']?.toString() ?? socket?.remoteAddress;

  expect(await addresses(clientIp)).toEqual([Array(2).fill('203.0.113.7'), Array(2).fill('203.0.113.7')]);
});

it('gives clientIp the request of Node, or the web request', async () => {
  const seen: ClientIpRequest[] = [];

  await addresses((request) => {
    seen.push(request);
    return undefined;
  });

  const web = seen.filter(({ raw }) => raw instanceof Request);
  const node = seen.filter(({ raw }) => raw === undefined);
  expect(web.map(({ socket }) => socket)).toEqual([undefined, undefined, undefined]);
  expect(node.map(({ socket }) => typeof socket?.remoteAddress)).toEqual(['string', 'string', 'string']);
});

it('knows no address through fetch without clientIp', async () => {
  const [node, web] = await addresses(undefined);

  expect(node).toEqual([expect.stringContaining('127.0.0.1'), expect.stringContaining('127.0.0.1')]);
  expect(web).toEqual(['none', 'none']);
});

it('takes a function for the requests of Node or of Express', () => {
  const ofNode = (request: IncomingMessage) => request.socket.remoteAddress;
  const ofExpress = (request: ExpressRequest) => request.ip;

  for (const clientIp of [ofNode, ofExpress]) expect(createFusio({ clientIp })).toBeDefined();
});
