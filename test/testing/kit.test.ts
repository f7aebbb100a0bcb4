import { http } from '../../src/connections/http.js';
import { createFusio, Type } from '../../src/index.js';
import { checkAnswer, checkContract, createReceiver, fakeClock } from '../../src/testing/index.js';
import { takeProblems } from '../support/answers.js';

const Todo = Type.Object({ id: Type.Integer(), title: Type.String() });

describe('checkContract', () => {
  it('calls every example through the whole pipeline', async () => {
    const fusio = createFusio({ logger: false });
    const seen: unknown[] = [];
    fusio.operation({
      name: 'todo.put',
      method: 'PUT',
      path: '/list/:list/$id<[0-9]+>/*rest',
      params: Type.Object({ list: Type.String(), id: Type.Integer(), rest: Type.String() }),
      query: Type.Object({ tag: Type.Array(Type.String()) }),
      body: Type.Object({ title: Type.String() }),
      response: Todo,
      examples: {
        normal: {
          request: {
            params: { list: 'a b', id: 12, rest: 'x/y' },
            query: { tag: ['p', 'q'] },
            body: { title: 'Read' },
          },
          response: { id: 12, title: 'Read' },
        },
      },
      action: ({ params, query, body }) => {
        seen.push({ params, query });
        return { id: params.id, title: body.title };
      },
    });

    expect(await checkContract(fusio)).toEqual({ called: 1 });
    expect(seen).toEqual([{ params: { list: 'a b', id: 12, rest: 'x/y' }, query: { tag: ['p', 'q'] } }]);
  });

  it('lists what does not fit: the answer, the example and what is missing', async () => {
    const fusio = createFusio({ logger: false });
    const base = { method: 'GET', response: Todo, public: true } as const;
    fusio.operation({ ...base, name: 'a', path: '/a', action: () => ({ id: 'x' }) as never, examples: { one: {} } });
    fusio.operation({
      ...base,
      name: 'b',
      path: '/b',
      response: { 200: Todo, 201: Type.Object({ id: Type.Integer() }) },
      action: () => ({ id: 1, title: 'x' }),
      // It is that of another status than the one which the action answers with.
      examples: { two: { response: { id: 1 } } },
    });
    fusio.operation({
      ...base,
      name: 'c',
      path: '/c/:id',
      action: () => ({ id: 1, title: 'x' }),
      examples: { three: {} },
    });
    fusio.operation({ ...base, name: 'd', path: '/d', action: () => ({ id: 1, title: 'x' }) });
    fusio.operation({
      ...base,
      name: 'e',
      path: '/e',
      checkResponse: 'report',
      action: () => ({ id: 1 }) as never,
      examples: { five: {} },
    });

    const error: Error = await checkContract(fusio, { complete: true }).then(
      () => expect(true).toBe(false),
      (thrown) => thrown,
    );

    // Operation "e" breaks its contract on purpose.
    expect(takeProblems()).toHaveLength(1);
    expect(error.message.split('\n')).toEqual([
      'the contract is broken in 5 place(s):',
      expect.stringMatching(/^operation "a", example "one": answers 500/),
      expect.stringMatching(/^operation "b", example "two": the example \/title /),
      'operation "c", example "three": request.params lacks id',
      'operation "d" has no example',
      expect.stringMatching(/^operation "e", example "five": the answer \/title /),
    ]);
  });
});

describe('the receiver', () => {
  it('records what it gets, answers as it is told, and can be waited for', async () => {
    const receiver = await createReceiver();
    const fusio = createFusio({ logger: false, connections: { remote: http({ baseURL: receiver.url }) } });
    fusio.operation({
      name: 'send',
      method: 'POST',
      path: '/send',
      public: true,
      action: async (_request, { connections }) => (await connections.remote.post('/hook?x=1', { a: 1 })).data,
    });
    receiver.answer(200, { got: true }, { 'x-from': 'receiver' });

    const [answer, request] = await Promise.all([fusio.inject({ method: 'POST', path: '/send' }), receiver.next()]);

    expect(answer.json()).toEqual({ got: true });
    expect([request.method, request.url, request.json()]).toEqual(['POST', '/hook?x=1', { a: 1 }]);
    expect(receiver.received).toHaveLength(1);
    await fusio.stop();
    await receiver.close();
  });
});

it('the fake clock stands still until it is told', () => {
  const clock = fakeClock('2026-03-01T00:00:00Z');

  clock.advance(1_000);
  expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T00:00:01.000Z');
  clock.set(new Date('2027-01-01T00:00:00Z'));
  expect(clock.now()).toBe(Date.UTC(2027, 0, 1));
  expect(() => fakeClock('soon')).toThrow('fakeClock: soon is no date');
});

describe('checkAnswer', () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'todo.get',
    method: 'GET',
    path: '/todo/:id',
    public: true,
    response: { 200: Todo, 302: 'Elsewhere' },
    action: () => ({ id: 1, title: 'x' }),
  });
  const good = {
    method: 'GET',
    path: '/todo/1',
    status: 200,
    contentType: 'application/json; charset=utf-8',
    body: '{"id":1,"title":"x"}',
  };

  it.each([
    [good, []],
    [{ ...good, body: '{"id":1}' }, [expect.stringMatching(/^GET \/todo\/1: 200: the body \/title /)]],
    [{ ...good, contentType: 'text/html' }, [expect.stringMatching(/has application\/json for it, not text\/html$/)]],
    [{ ...good, path: '/todos' }, ['GET /todos: 200: there is no such operation in the document']],
    [{ ...good, method: 'PUT' }, ['PUT /todo/1: 200: there is no such operation in the document']],
    [{ ...good, path: '/nowhere', status: 404 }, []],
    [{ ...good, status: 418, body: '{}' }, [expect.stringMatching(/has application\/problem\+json for it/)]],
  ])('holds an answer against the document: %#', (exchange, problems) => {
    expect(checkAnswer(fusio.openapi(), exchange)).toEqual(problems);
  });
});

it('checkContract sends the files of an example', async () => {
  const fusio = createFusio({ logger: false });
  const cover = new File(['png'], 'a.png', { type: 'image/png' });
  fusio.operation({
    name: 'a',
    method: 'POST',
    path: '/a',
    consumes: 'multipart/form-data',
    body: Type.Object({ n: Type.Integer() }),
    files: { cover: { required: true }, pages: { maxCount: 2 } },
    response: Type.Array(Type.Unknown()),
    examples: { one: { request: { body: { n: 1, cover, pages: [cover, cover] } }, response: [1, 'a.png', 2] } },
    action: ({ body: { n, cover, pages } }) => [n, cover.name, pages.length],
  });

  expect(await checkContract(fusio)).toEqual({ called: 1 });
});

it('checkContract writes forms as forms', async () => {
  const fusio = createFusio({ logger: false });
  const base = {
    method: 'POST',
    body: Type.Object({ n: Type.Integer() }),
    response: Type.Integer(),
    action: ({ body }: any) => body.n,
  } as const;
  const examples = { one: { request: { body: { n: 12 } }, response: 12 } };
  fusio.operation({ ...base, name: 'a', path: '/a', consumes: 'application/x-www-form-urlencoded', examples });
  fusio.operation({ ...base, name: 'b', path: '/b', consumes: { type: 'multipart/form-data', maxFiles: 0 }, examples });
  fusio.operation({ ...base, name: 'c', path: '/c', consumes: 'application/merge-patch+json', examples });

  expect(await checkContract(fusio)).toEqual({ called: 3 });
});
