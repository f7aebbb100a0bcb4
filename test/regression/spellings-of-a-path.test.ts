import { createServer } from 'node:http';
import express, { type Express } from 'express';
import { createFusio } from '../../src/index.js';
import { closeAll, listen, raw } from '../support/fusio.js';
import { failOnUncaught } from './operation.js';

// `/%61dmin/users` reached the operation `/admin/users` past the host's guard of `/admin`, which Express matches on the raw text.
afterEach(closeAll);
failOnUncaught();

const open = { method: 'GET', public: true } as const;

function operations() {
  const fusio = createFusio({ logger: false });
  fusio.operation({ ...open, name: 'users', path: '/admin/users', action: () => 'users' });
  fusio.operation({ ...open, name: 'quoted', path: "/admin/it's", action: () => 'quoted' });
  fusio.operation({ ...open, name: 'tenant', path: '/:tenant/admin', action: () => 'tenant' });
  fusio.operation({ ...open, name: 'area', path: '/$area<admin|public>/list', action: () => 'area' });
  fusio.operation({ ...open, name: 'file', path: '/file/*rest', action: ({ params }) => params.rest });
  fusio.operation({ ...open, name: 'coffee', path: '/café/menu', action: () => 'menu' });
  return fusio;
}

interface Mount {
  readonly path: string;
  readonly build: (fusio: ReturnType<typeof operations>, guard: boolean) => Express;
}

/** The status of the guard, which refuses whatever it is asked about. */
const refused = 403;

function guarded(app: express.Router, guard: boolean): void {
  if (!guard) return;
  for (const path of ['/admin', '/:tenant/admin', '/caf%C3%A9', '/file/secret'])
    app.use(path, (_request, response) => void response.status(refused).end());
}

const mounts: readonly Mount[] = [
  {
    path: '',
    build(fusio, guard) {
      const app = express();
      guarded(app, guard);
      return app.use(fusio.router);
    },
  },
  {
    path: '/api',
    build(fusio, guard) {
      const app = express();
      if (guard)
        for (const path of ['/api/admin', '/api/:tenant/admin', '/api/caf%C3%A9', '/api/file/secret'])
          app.use(path, (_request, response) => void response.status(refused).end());
      return app.use('/api', fusio.router);
    },
  },
  {
    path: '/v1/inner',
    build(fusio, guard) {
      const inner = express.Router();
      guarded(inner, guard);
      inner.use(fusio.router);
      return express().use('/v1', express.Router().use('/inner', inner));
    },
  },
  {
    path: '/acme',
    build(fusio, guard) {
      const inner = express.Router({ caseSensitive: true, strict: true });
      guarded(inner, guard);
      inner.use(fusio.router);
      return express().use('/:customer', inner);
    },
  },
];

async function statusOf(url: string, target: string): Promise<number> {
  const { status } = await raw(
    url,
    Buffer.from(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 'latin1'),
  );
  return status;
}

// What the operations answer where there is no guard: 200 only for the spelling that a guard of the same text matches, too.
const spellings: readonly (readonly [string, number])[] = [
  ['/admin/users', 200],
  ['/admin/users?a=1', 200],
  ['/admin/users#a', 404],
  ["/admin/it's", 200],
  ['/admin/it%27s', 404],
  ['/%61dmin/users', 404],
  ['/%61%64%6d%69%6e/users', 404],
  ['/admin/%75sers', 404],
  ['/admin%2Fusers', 404],
  ['/admin%2fusers', 404],
  ['/%2561dmin/users', 404],
  ['/Admin/users', 404],
  ['/ADMIN/USERS', 404],
  ['/admin/users/', 404],
  ['/admin//users', 404],
  ['//admin/users', 404],
  ['///admin/users', 404],
  ['/./admin/users', 404],
  ['/admin/./users', 404],
  ['/x/../admin/users', 404],
  ['/x/%2e%2e/admin/users', 404],
  ['/%2e/admin/users', 404],
  ['/admin;a=1/users', 404],
  ['/admin/users;a=1', 404],
  ['/admin\\users', 404],
  ['\\admin/users', 400],
  ['/admin/users%00', 404],
  ['/admin/users%20', 404],
  ['/admin/users%', 404],
  ['/admin/users%ff', 404],
  ['/%c1%a1dmin/users', 404],
  ['/admin/users\u00a0', 400],
  ['/x/admin', 200],
  ['/x%2Fy/admin', 200],
  ['/x/%61dmin', 404],
  ['//admin', 404],
  ['/x;y/admin', 200],
  ['/x#/admin', 404],
  ['/x?/admin', 404],
  ['/%ff/admin', 400],
  ['/../admin', 400],
  ['/%2e%2e/admin', 400],
  ['/admin/list', 200],
  ['/%61dmin/list', 404],
  ['/admi%6E/list', 404],
  ['/caf%C3%A9/menu', 200],
  ['/caf%c3%a9/menu', 404],
  ['/caf\u00c3\u00a9/menu', 400],
  ['/caf\u00e9/menu', 400],
  ['/cafe%CC%81/menu', 404],
  ['/file/secret/key', 200],
  ['/file/secret%2Fkey', 400],
  ['/file/secret%2fkey', 400],
  ['/file//secret/key', 400],
  ['/file//', 400],
  ['/file/%2Fetc', 400],
];

describe.each(mounts)('operations at "$path"', ({ path: mount, build }) => {
  it.each(spellings)('answer %s with %i, and never past a guard', async (target, status) => {
    const plain = await listen(createServer(build(operations(), false)));
    const watched = await listen(createServer(build(operations(), true)));

    for (const origin of ['', 'http://user:password@x']) {
      const asked = `${origin}${target.startsWith('\\') ? '' : mount}${target}`;
      const answered = await statusOf(plain, asked);
      const behind = await statusOf(watched, asked);

      if (origin === '') expect([asked, answered]).toEqual([asked, status]);
      expect([asked, answered, behind]).not.toEqual([asked, 200, 200]);
    }
  });
});

it('a mount path is matched by the host alone', async () => {
  const url = await listen(createServer(express().use('/api', operations().router)));

  for (const target of ['/%61pi/admin/users', '//api/admin/users', '/api%2Fadmin/users', '/x/../api/admin/users']) {
    expect([target, await statusOf(url, target)]).toEqual([target, 404]);
  }
});

it('spellings of one path at random, where one is let in and the guard is not asked', async () => {
  const plain = await listen(createServer(mounts[1]!.build(operations(), false)));
  const watched = await listen(createServer(mounts[1]!.build(operations(), true)));
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  const pieces = [
    'admin',
    '%61dmin',
    'Admin',
    'users',
    'x',
    '/',
    '//',
    '/./',
    '/../',
    '%2F',
    '%2f',
    '\\',
    ';',
    '#',
    '?',
    "'",
    '%27',
    '%',
    '\u00a0',
    '{',
    '|',
    '^',
    '`',
    '"',
    '<',
    '@',
    ':',
    '*',
    '~',
    '[',
    'list',
    'menu',
    'caf%C3%A9',
  ];

  for (let round = 0; round < 400; round++) {
    const target = `${random(3) === 0 ? 'http://x' : ''}/api/${Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)]).join(random(2) === 0 ? '/' : '')}`;
    const [answered, behind] = await Promise.all([statusOf(plain, target), statusOf(watched, target)]);

    expect([target, answered, behind]).not.toEqual([target, 200, 200]);
  }
});
