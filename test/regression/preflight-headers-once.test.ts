import { createServer } from 'node:http';
import express from 'express';
import { createFusio } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it('sends each CORS field of a preflight once', async () => {
  const fusio = createFusio({ logger: false, cors: { origins: ['https://app.example.com'], credentials: true } });
  fusio.operation({ ...open, name: 'x', path: '/x', action: () => 1 });
  const url = await listen(createServer(express().use(fusio.router)));
  const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };

  for (const answer of [
    await fetch(`${url}/x`, { method: 'OPTIONS', headers }),
    await fusio.fetch(new Request('http://x/x', { method: 'OPTIONS', headers })),
  ]) {
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('access-control-allow-methods')).toContain('GET');
  }
  const stranger = await fetch(`${url}/x`, { headers: { origin: 'https://evil.example' } });
  expect([stranger.headers.get('access-control-allow-origin'), stranger.headers.get('vary')]).toEqual([null, 'origin']);
});
