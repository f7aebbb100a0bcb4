import { createServer } from 'node:http';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import jwt from 'jsonwebtoken';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { createFusio, type FusioOptions, type Middleware, Type } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const get = { method: 'GET', path: '/it', action: () => 1 } as const;

/** A fusio below `/api` of an Express app, and what became of its requests. */
async function mounted(options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const done: number[] = [];
  fusio.on('request:done', ({ status }) => done.push(status));
  const app = express();
  app.use('/api', fusio.router);
  app.use((_request, response) => void response.status(404).send('the host'));
  const url = await listen(fusio.createServer(app));
  return { fusio, done, url: `${url}/api` };
}

describe('passport', () => {
  const secret = 'a secret of at least thirty-two bytes';
  const own = new passport.Passport();
  own.use(
    new Strategy(
      { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: secret },
      (payload: { sub: string }, done) => done(null, { id: payload.sub }),
    ),
  );
  const login = { session: false };
  const authenticate: FusioOptions['authenticate'] = ({ raw }) => {
    const { user } = raw as { user?: { id: string } };
    return user ? { user: { id: user.id }, scopes: ['todo'] } : null;
  };

  it('guards a group: it sets `req.user`, of which `authenticate` makes the caller', async () => {
    const { fusio, url, done } = await mounted({ authenticate });
    const group = fusio.group({ before: own.authenticate('jwt', login) as Middleware });
    group.operation({ ...get, name: 'it', scopes: ['todo'], action: (_request, { user }) => user.id });
    const headers = { authorization: `Bearer ${jwt.sign({ sub: '7' }, secret)}` };

    const good = await fetch(`${url}/it`, { headers });
    const bad = await fetch(`${url}/it`);

    expect([good.status, await good.json()]).toEqual([200, '7']);
    // Passport answers by itself.
    expect([bad.status, await bad.text()]).toEqual([401, 'Unauthorized']);
    expect(done).toEqual([200, 401]);
    takeProblems();
  });

  it('may leave the answer to fusio', async () => {
    const { fusio, url } = await mounted({ authenticate });
    const guard = own.authenticate('jwt', { ...login, failWithError: true }) as Middleware;
    fusio.operation({ ...get, name: 'it', before: [guard] });

    const response = await fetch(`${url}/it`);

    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    takeProblems();
  });
});

it('lets express-rate-limit count, answer and send its headers', async () => {
  const { fusio, url, done } = await mounted();
  const action = jest.fn(() => 1);
  const limit = rateLimit({ windowMs: 60_000, limit: 1, standardHeaders: 'draft-8', legacyHeaders: false });
  fusio.operation({ ...get, name: 'it', public: true, before: limit, action });

  const first = await fetch(`${url}/it`);
  const second = await fetch(`${url}/it`);

  expect([first.status, second.status, done, action.mock.calls.length]).toEqual([200, 429, [200, 429], 1]);
  expect(first.headers.get('ratelimit')).toMatch(/r=0/);
  expect(await second.text()).toMatch(/^Too many requests/);
});

describe('the middleware of an operation', () => {
  it('runs in its order, that of the groups outside first, with req, res and next as in Express', async () => {
    const { fusio, url } = await mounted();
    const order: unknown[] = [];
    const mark =
      (name: string): Middleware =>
      (request, response, next) => {
        order.push(name, request.params.id, request.query.page, request.get('x-own'), request.baseUrl);
        response.locals.seen = name;
        response.cookie('seen', name);
        setImmediate(next);
      };
    fusio
      .group({ path: '/todo/:id', public: true, before: mark('a') })
      .group({ before: [mark('b'), (_request, _response, next) => next()] })
      .operation({
        ...get,
        name: 'it',
        before: mark('c'),
        params: Type.Object({ id: Type.Integer() }),
        action: ({ params }, { http }) => [params.id, (http!.res as express.Response).locals.seen],
      });

    const response = await fetch(`${url}/todo/7/it?page=2`, { headers: { 'x-own': 'x' } });

    expect(await response.json()).toEqual([7, 'c']);
    expect(response.headers.getSetCookie()).toEqual(['seen=a; Path=/', 'seen=b; Path=/', 'seen=c; Path=/']);
    expect(order).toEqual(['a', 'b', 'c'].flatMap((name) => [name, '7', '2', 'x', '/api']));
  });

  it.each<[string, Middleware, number, string]>([
    [
      'gives an error to next',
      (_request, _response, next) => next(Object.assign(new Error('gone'), { status: 410 })),
      410,
      'GONE',
    ],
    [
      'throws',
      () => {
        throw new Error('x');
      },
      500,
      'INTERNAL_ERROR',
    ],
    [
      'rejects',
      async () => {
        throw Object.assign(new Error('x'), { status: 409 });
      },
      409,
      'CONFLICT',
    ],
    ['rejects with nothing', () => Promise.reject(), 500, 'INTERNAL_ERROR'],
    ['leaves the route', (_request, _response, next) => next('route'), 404, 'OPERATION_NOT_FOUND'],
    ['leaves the router', (_request, _response, next) => next('router'), 404, 'OPERATION_NOT_FOUND'],
    ['never goes on', () => {}, 504, 'ACTION_TIMEOUT'],
  ])('ends the call where it %s', async (_what, before, status, code) => {
    const { fusio, url, done } = await mounted();
    const action = jest.fn();
    const authenticate = jest.fn();
    fusio.operation({ ...get, name: 'it', public: true, timeoutMs: 50, before: [before, authenticate], action });

    const response = await fetch(`${url}/it`);

    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
    expect(done).toEqual([status]);
    expect(action).not.toHaveBeenCalled();
    expect(authenticate).not.toHaveBeenCalled();
    takeProblems();
  });

  it('goes on once, whatever it calls after that', async () => {
    const { fusio, url, done } = await mounted();
    const action = jest.fn(() => 1);
    const before: Middleware = (_request, _response, next) => {
      next();
      next();
      next(new Error('too late'));
    };
    fusio.operation({ ...get, name: 'it', public: true, before, action });

    expect(await (await fetch(`${url}/it`)).json()).toBe(1);
    expect([action.mock.calls.length, done]).toEqual([1, [200]]);
  });

  it('may be a router, which answers or goes on', async () => {
    const { fusio, url } = await mounted();
    const router = express.Router();
    router.get('/it', (request, response, next) => (request.query.own ? void response.send('own') : next()));
    fusio.operation({ ...get, name: 'it', public: true, before: router });

    expect(await (await fetch(`${url}/it?own=1`)).text()).toBe('own');
    expect(await (await fetch(`${url}/it`)).json()).toBe(1);
  });

  it('ends the call where its answer is over before it returns', async () => {
    const { fusio, url, done } = await mounted();
    const action = jest.fn();
    const before: Middleware = (_request, response) => {
      response.status(403).end();
      // As the response of a simulated request does.
      Object.defineProperty(response, 'writableFinished', { value: true });
      response.emit('close');
    };
    fusio.operation({ ...get, name: 'it', public: true, before, action });

    expect((await fetch(`${url}/it`)).status).toBe(403);
    expect([action.mock.calls.length, done]).toEqual([0, [403]]);
    takeProblems();
  });

  it('ends the call where the answer that it has begun breaks', async () => {
    const { fusio, url, done } = await mounted();
    const ended = new Promise((resolve) => fusio.on('request:done', resolve));
    const before: Middleware = (_request, response) => {
      response.write('a');
      throw new Error('too late');
    };
    fusio.operation({ ...get, name: 'it', public: true, before });

    await expect(fetch(`${url}/it`).then((response) => response.text())).rejects.toThrow();
    await ended;
    expect(done).toEqual([500]);
    takeProblems();
  });
});

describe('where there is no Express', () => {
  const before: Middleware = (_request, response) => void response.status(403).end();
  const as = { user: { id: '7' } };

  it.each<[string, (fusio: ReturnType<typeof createFusio>) => Promise<{ readonly status: number }>]>([
    ['fetch', (fusio) => fusio.fetch(new Request('http://x/it'))],
    ['inject', (fusio) => fusio.inject({ path: '/it' })],
    ['handler', async (fusio) => fetch(`${await listen(createServer(fusio.handler))}/it`)],
    ['createServer() alone', async (fusio) => fetch(`${await listen(fusio.createServer())}/it`)],
  ])('refuses the request: no guard is left out, over %s', async (_what, ask) => {
    const fusio = createFusio({ logger: false });
    const action = jest.fn();
    fusio.operation({ ...get, name: 'it', public: true, before, action });

    expect((await ask(fusio)).status).toBe(501);
    expect(action).not.toHaveBeenCalled();
    takeProblems();
  });

  it('refuses calls in process, from outside and from an action', async () => {
    const fusio = createFusio({ logger: false });
    const guarded = fusio.operation({ ...get, name: 'it', public: true, before });
    const outer = fusio.operation({
      ...get,
      name: 'outer',
      path: '/outer',
      action: (_request, { call }) => call(guarded),
    });

    const refusal = {
      code: 'EXPRESS_REQUIRED',
      message:
        'operation "it": its middleware (before) needs a request of Express; in a call name the caller, call(operation, input, { as })',
    };
    await expect(fusio.call(guarded)).rejects.toMatchObject(refusal);
    await expect(fusio.call(outer)).rejects.toMatchObject(refusal);
  });

  it('takes the caller that `as` names, in place of middleware and login', async () => {
    const fusio = createFusio({ logger: false });
    const guarded = fusio.operation({ ...get, name: 'it', before });
    const outer = fusio.operation({
      ...get,
      name: 'outer',
      path: '/outer',
      action: (_request, { call }) => call(guarded, {}, { as }),
    });

    expect(await fusio.call(guarded, {}, { as })).toBe(1);
    expect(await fusio.call(outer)).toBe(1);
    expect((await fusio.inject({ path: '/it', as })).status).toBe(200);
  });
});

it.each<[unknown, string]>([
  ['x', 'operation "it": before must be middleware of Express, (req, res, next) => …, got string'],
  [[[() => {}]], 'operation "it": before.0 must be middleware of Express, (req, res, next) => …, got an array'],
  [null, 'operation "it": before must be middleware of Express, (req, res, next) => …, got null'],
  [
    [() => {}, (_error: unknown, _request: unknown, _response: unknown, next: () => void) => next()],
    'operation "it": before.1 is an error middleware (4 parameters), which would never run: errors go to mapError and formatProblem',
  ],
])('refuses what is no middleware at registration: %j', (before, message) => {
  const fusio = createFusio({ logger: false });

  expect(() => fusio.operation({ ...get, name: 'it', before: before as never })).toThrow(message);
  expect(() => fusio.group({ path: '/v1', before: before as never })).toThrow(
    message.replace('operation "it"', 'group "/v1"'),
  );
});
