import { createFusio, type Problem, Type } from '../../src/index.js';

const beyond = '9007199254740993';
const message = 'must be at most 2^53 - 1 (9007199254740991): a longer integer is no number, and fits a text';

function api() {
  const fusio = createFusio({ logger: false });
  const id = Type.Object({
    id: Type.Integer(),
    size: Type.Optional(Type.Number()),
    text: Type.Optional(Type.String()),
  });
  const put = fusio.operation({
    name: 'put',
    method: 'POST',
    path: '/it',
    public: true,
    body: id,
    action: ({ body }) => body,
  });
  fusio.operation({ name: 'get', method: 'GET', path: '/it', public: true, query: id, action: ({ query }) => query });
  fusio.operation({
    name: 'result',
    method: 'GET',
    path: '/result',
    public: true,
    response: Type.Object({ id: Type.Integer() }),
    action: () => ({ id: Number('18446744073709551615') }),
  });
  return { fusio, put };
}

describe('an integer beyond 2^53 - 1', () => {
  it.each([
    [`{"id":${beyond}}`, '/body/id'],
    [`{"id":1,"size":${beyond}}`, '/body/size'],
    ['{"id":-9007199254740993}', '/body/id'],
  ])('is refused in the body %s', async (body, pointer) => {
    const response = await api().fusio.inject({
      method: 'POST',
      path: '/it',
      body,
      headers: { 'content-type': 'application/json' },
    });

    expect(response.status).toBe(400);
    expect(response.json<Problem>().errors).toEqual([{ pointer, message, code: 'TYPE' }]);
  });

  it('is refused in a query', async () => {
    const response = await api().fusio.inject({ method: 'GET', path: `/it?id=${beyond}` });

    expect(response.json<Problem>().errors).toEqual([{ pointer: '/query/id', message, code: 'TYPE' }]);
  });

  it('is refused in a call and in a result', async () => {
    const { fusio, put } = api();

    const call = fusio.call(put, { body: { id: 2 ** 53 } });

    await expect(call).rejects.toMatchObject({ errors: [{ pointer: '/body/id', code: 'MAXIMUM' }] });
    expect((await fusio.inject({ method: 'GET', path: '/result' })).json()).toMatchObject({ code: 'RESULT_INVALID' });
  });

  it('is dropped where it is not declared, and the last safe one and large floats are taken', async () => {
    const body = `{"id":9007199254740991,"size":1e300,"other":${beyond}}`;
    const response = await api().fusio.inject({
      method: 'POST',
      path: '/it',
      body,
      headers: { 'content-type': 'application/json' },
    });

    expect(response.json()).toEqual({ id: 9007199254740991, size: 1e300 });
  });
});
