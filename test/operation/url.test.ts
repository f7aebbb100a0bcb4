import express from 'express';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

function makeApi(options: { baseUrl?: string } = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const base = { method: 'GET', public: true } as const;
  const list = fusio.operation({ ...base, name: 'list', path: '/book', action: () => 1 });
  const get = fusio.operation({
    ...base,
    name: 'get',
    path: '/book/:id',
    params: Type.Object({ id: Type.Integer() }),
    action: ({ params }) => params,
  });
  fusio.operation({
    ...base,
    name: 'links',
    path: '/',
    action: (_request, context) => ({ url: fusio.url(get, { id: 7 }, context), list: fusio.url(list, {}, context) }),
  });
  const page = fusio.group({ path: '/shelf/:shelf' }).operation({
    ...base,
    name: 'page',
    path: '/page/$page<[0-9]+>/*rest',
    action: ({ params }) => params,
  });
  return { fusio, list, get, page };
}

it('writes the path of an operation with its values encoded', async () => {
  const { fusio, list, get, page } = makeApi();
  const params = { shelf: 'a/b c?é', page: '12', rest: 'x/y z' };

  expect(fusio.url(list)).toBe('/book');
  expect(fusio.url(get, { id: 7 })).toBe('/book/7');
  expect(fusio.url(page, params)).toBe('/shelf/a%2Fb%20c%3F%C3%A9/page/12/x/y%20z');
  expect((await fusio.inject({ path: fusio.url(page, params) })).json()).toEqual(params);
});

it('begins with the baseUrl', () => {
  const { fusio, get } = makeApi({ baseUrl: 'https://example.com/api/' });

  expect(fusio.url(get, { id: 7 })).toBe('https://example.com/api/book/7');
});

it('begins with the mount path of the request whose context it is given', async () => {
  const { fusio } = makeApi();
  const mounted = await listen(fusio.createServer(express().use('/api', fusio.router)));
  const alone = await listen(fusio.createServer());

  expect(await (await fetch(`${mounted}/api`)).json()).toEqual({ url: '/api/book/7', list: '/api/book' });
  expect(await (await fetch(`${alone}/`)).json()).toEqual({ url: '/book/7', list: '/book' });
});

it('does not compile without the values of the path, and refuses at run time', () => {
  const { fusio, list, get, page } = makeApi();
  const rest = { shelf: 'a', page: '1' };

  // @ts-expect-error The path has an id.
  expect(() => fusio.url(get)).toThrow('url: operation "get", path /book/:id: "id" is missing');
  // @ts-expect-error The id is a number.
  expect(() => fusio.url(get, { id: undefined })).toThrow('"id" is missing');
  // @ts-expect-error There is no ids.
  expect(() => fusio.url(get, { id: 1, ids: 1 })).toThrow('there is no "ids" in the path (did you mean "id"?)');
  expect(() => fusio.url(get, { id: Number.NaN })).toThrow('"id" cannot be NaN');
  // @ts-expect-error An object is no text.
  expect(() => fusio.url(get, { id: {} })).toThrow('"id" cannot be [object Object]');
  expect(() => fusio.url(page, { ...rest, shelf: '..', rest: 'x' })).toThrow('"shelf" cannot be ".."');
  expect(() => fusio.url(page, { ...rest, shelf: '\ud800', rest: 'x' })).toThrow('"shelf" cannot be "\\ud800"');
  expect(() => fusio.url(page, { ...rest, page: 'one', rest: 'x' })).toThrow('"page" cannot be "one"');
  expect(() => fusio.url(page, { ...rest, rest: 'x/../y' })).toThrow('"rest" cannot be "x/../y"');
  expect(() => fusio.url(page, { ...rest, rest: '/x' })).toThrow('"rest" cannot be "/x"');
  expect(() => createFusio().url(list)).toThrow('url: "list" is not an operation of this fusio');
});
