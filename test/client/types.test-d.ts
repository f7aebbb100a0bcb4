// Compiled by `tsc --noEmit`, never run.
import {
  type Client,
  ClientError,
  createClient,
  type ErrorsOf,
  type OperationsOf,
  type ServerSentEvent,
} from '../../src/client/index.js';
import { createFusio, file, type Problem, Type } from '../../src/index.js';

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};

const Todo = Type.Object({ id: Type.Integer(), title: Type.String() });
const fusio = createFusio();
const action = (): never => {
  throw new Error('never run');
};

export const createTodo = fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo',
  body: Type.Pick(Todo, ['title']),
  response: Todo,
  throws: { 409: Type.Object({ existing: Type.Integer() }), 423: 'Locked' },
  action,
});
export const getTodo = fusio.operation({
  name: 'todo.get',
  method: 'GET',
  path: '/todo/:id',
  params: Type.Object({ id: Type.Integer() }),
  query: Type.Object({ expand: Type.Optional(Type.Boolean()) }),
  response: { 200: Todo, 202: Type.Object({ job: Type.String() }) },
  throws: { 404: 'No such todo' },
  action,
});
export const tick = fusio.operation({
  name: 'tick',
  method: 'GET',
  path: '/tick',
  response: 'text/event-stream',
  action,
});
export const logo = fusio.operation({ name: 'logo', method: 'GET', path: '/logo', response: 'image/png', action });
export const upload = fusio.operation({
  name: 'upload',
  method: 'POST',
  path: '/upload',
  consumes: 'multipart/form-data',
  body: Type.Object({ title: Type.String() }),
  action,
});
export const album = fusio.operation({
  name: 'album',
  method: 'POST',
  path: '/album',
  consumes: 'multipart/form-data',
  body: Type.Object({ title: Type.String() }),
  files: { cover: { required: true }, back: {}, pages: { maxCount: 9 } },
  action,
});
export const scan = fusio.operation({
  name: 'scan',
  method: 'POST',
  path: '/scan',
  consumes: 'multipart/form-data',
  files: { page: {} },
  action,
});
export const note = fusio.operation({
  name: 'note',
  method: 'POST',
  path: '/note',
  body: Type.Optional(Type.Object({ text: Type.String() })),
  action,
});
export const free = fusio.operation({ name: 'free', method: 'GET', path: '/free', action });
export const api = { todo: { create: createTodo, get: getTodo }, tick, logo, free };

async function optionalBody(): Promise<void> {
  const client = createClient<{ note: typeof note }>({ baseUrl: '', routes: { note } });
  await client.note();
  await client.note({ body: { text: 'x' } });
  // @ts-expect-error: it has a text where it comes.
  await client.note({ body: {} });
  await fusio.call(note);
  await fusio.call(note, { body: { text: 'x' } });
}

async function handles(): Promise<void> {
  const client = createClient({ baseUrl: '/api', routes: api });

  const created = await client.todo.create({ body: { title: 'x' } });
  same<Same<typeof created, { id: number; title: string }>>();
  const got = await client.todo.get({ params: { id: 1 }, query: { expand: true } }, { signal: AbortSignal.timeout(1) });
  same<Same<typeof got, { id: number; title: string } | { job: string }>>();
  const events = await client.tick();
  same<Same<typeof events, AsyncIterable<ServerSentEvent>>>();
  const image = await client.logo();
  same<Same<typeof image, Blob>>();
  const anything = await client.free();
  same<Same<typeof anything, unknown>>();

  // @ts-expect-error the body is required
  await client.todo.create();
  // @ts-expect-error title is text
  await client.todo.create({ body: { title: 1 } });
  // @ts-expect-error nothing else is in the body
  await client.todo.create({ body: { title: 'x', colour: 'red' } });
  // @ts-expect-error id is required
  await client.todo.get({ params: {} });
  // @ts-expect-error there is no such operation
  await client.todo.remove();
  // @ts-expect-error a record of handles has no numbers
  createClient({ baseUrl: '/api', routes: { one: 1 } });
  // @ts-expect-error the base URL is needed
  createClient({ routes: api });
}

async function bodies(): Promise<void> {
  const client = createClient({ baseUrl: '/api', routes: { upload, logo, create: createTodo } });
  await client.upload({ body: { title: 'x' } });
  await client.upload({ body: new FormData() });
  await client.upload({ body: new Uint8Array() });
  await client.upload({ body: new Blob([]) });
  // A form that has only files has no schema.
  await client.logo({ body: new FormData() });

  // @ts-expect-error the body is still required
  await client.upload({});
  // @ts-expect-error the fields are still checked
  await client.upload({ body: { title: 1 } });
  // @ts-expect-error text is no body of an operation that does not declare it
  await client.logo({ body: 'x' });
}

async function files(blob: Blob, file: File): Promise<void> {
  const client = createClient({ baseUrl: '/api', routes: { album, scan } });
  await client.album({ body: { title: 'x', cover: blob } });
  await client.album({ body: { title: 'x', cover: file, back: undefined, pages: [blob, file] } });
  await client.album({ body: new FormData() });
  await client.scan();
  await client.scan({ body: { page: file } });

  // @ts-expect-error the cover is required
  await client.album({ body: { title: 'x' } });
  // @ts-expect-error the fields are still required
  await client.album({ body: { cover: blob } });
  // @ts-expect-error text is no file
  await client.album({ body: { title: 'x', cover: 'text' } });
  // @ts-expect-error pages are several
  await client.album({ body: { title: 'x', cover: blob, pages: blob } });
  // @ts-expect-error a cover is one
  await client.album({ body: { title: 'x', cover: [blob] } });
  // @ts-expect-error no other file is declared
  await client.album({ body: { title: 'x', cover: blob, spine: blob } });
}

async function routes(): Promise<void> {
  // What an import of a JSON file looks like.
  const json = {
    todo: { create: { method: 'POST', path: '/todo' }, get: { method: 'GET', path: '/todo/:id' } },
    tick: { method: 'GET', path: '/tick' },
    logo: { method: 'GET', path: '/logo' },
    free: { method: 'GET', path: '/free' },
  };
  const client: Client<typeof api> = createClient<typeof api>({ baseUrl: '/api', routes: json });
  const created = await client.todo.create({ body: { title: 'x' } });
  same<Same<typeof created, { id: number; title: string }>>();

  // @ts-expect-error tick, logo and free are missing
  createClient<typeof api>({ baseUrl: '/api', routes: { todo: json.todo } });

  const few: Client<OperationsOf<{ createTodo: typeof createTodo; helper: () => void }>> = createClient({
    baseUrl: '/api',
    routes: { createTodo },
  });
  await few.createTodo({ body: { title: 'x' } });
  // @ts-expect-error a helper is no operation
  few.helper;
}

async function errors(error: unknown): Promise<void> {
  const client = createClient({ baseUrl: '/api', routes: api });
  same<Same<ErrorsOf<typeof createTodo>[409], { existing: number }>>();

  if (ClientError.is(error, createTodo, 409)) same<Same<typeof error.body.existing, number>>();
  if (ClientError.is(error, getTodo, 404)) same<Same<typeof error.body, Problem>>();
  // A method does as well where the handles are not.
  if (ClientError.is(error, client.todo.create, 409)) same<Same<typeof error.body.existing, number>>();
  // Problems of fusio itself, which no operation declares.
  if (ClientError.is(error, createTodo, 400)) same<Same<typeof error.body, Problem>>();
  if (ClientError.is(error, client.todo.create, 503)) same<Same<typeof error.body, Problem>>();
  if (error instanceof ClientError) same<Same<typeof error.status, number>>();
  // @ts-expect-error todo.create does not say 404
  ClientError.is(error, createTodo, 404);
  // @ts-expect-error no operation
  ClientError.is(error, { method: 'GET' }, 404);
}

export const compiled = [optionalBody, handles, bodies, files, routes, errors];

async function mediaTypes(): Promise<void> {
  const base = { method: 'GET', path: '/it' } as const;
  const csv = fusio.operation({
    ...base,
    name: 'csv',
    response: 'text/csv; charset=utf-8',
    action: () => file('a.csv'),
  });
  const upper = fusio.operation({ ...base, name: 'upper', response: 'Text/HTML', action: () => '<b>x</b>' });
  const either = fusio.operation({
    ...base,
    name: 'either',
    response: { 200: 'image/png', 201: 'text/csv', 202: Type.Object({ job: Type.String() }) },
    action: (_request, { respond }) => respond(201, 'a;b'),
  });
  const json = fusio.operation({ ...base, name: 'json', response: 'application/geo+json', action: () => '{}' });
  const media: `${string}/${string}` = csv.name === 'csv' ? 'text/csv' : 'image/png';
  const late = fusio.operation({ ...base, name: 'late', response: media, action: () => 'x' });
  // Hands on what another operation gave.
  fusio.operation({ ...base, name: 'same', response: 'text/csv', action: () => fusio.call(csv) });
  const client = createClient({ baseUrl: '/api', routes: { csv, upper, either, json, late } });

  const bodies = [await client.csv(), await client.upper()] as const;
  same<Same<typeof bodies, readonly [string, string]>>();
  const one = await client.either();
  same<Same<typeof one, { job: string } | Blob | string>>();
  const parsed = await client.json();
  same<Same<typeof parsed, unknown>>();
  const unknownType = await client.late();
  same<Same<typeof unknownType, string | Blob>>();
}
void mediaTypes;
