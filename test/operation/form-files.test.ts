import {
  type ActionRequest,
  type AnyFusio,
  createFusio,
  type FormFiles,
  type FusioOptions,
  Type,
} from '../../src/index.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};

function albumApi(options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  closeLater(() => fusio.stop());
  const seen: unknown[] = [];
  const addAlbum = fusio.operation({
    name: 'album.add',
    method: 'POST',
    path: '/album',
    public: true,
    consumes: 'multipart/form-data',
    body: Type.Object({ title: Type.String({ minLength: 1 }), year: Type.Optional(Type.Integer()) }),
    files: {
      cover: { required: true, mediaTypes: ['image/png', 'IMAGE/jpeg'], maxBytes: 10 },
      back: {},
      pages: { mediaTypes: ['text/*'], maxCount: 2 },
    },
    response: Type.Object({ title: Type.String(), files: Type.Array(Type.String()) }),
    async action({ body }, { files }) {
      same<Same<typeof body.cover, File>>();
      same<Same<typeof body.back, File | undefined>>();
      same<Same<typeof body.pages, File[]>>();
      same<Same<typeof body.title, string>>();
      same<Same<typeof body.year, number | undefined>>();
      seen.push(body);
      for await (const _file of files) throw new Error('the files are in the body');
      const all = [body.cover, ...(body.back ? [body.back] : []), ...body.pages];
      const texts = await Promise.all(all.map(async (file) => `${file.name} ${file.type} ${await file.text()}`));
      return { title: body.title, files: texts };
    },
  });
  return { fusio, addAlbum, seen };
}

type Entry = readonly [name: string, content: string | Blob, filename?: string];

const png = (text: string) => new Blob([text], { type: 'image/png' });
const plain = (text: string) => new Blob([text], { type: 'text/plain' });

async function send(entries: readonly Entry[], options: FusioOptions = {}) {
  const { fusio, seen } = albumApi(options);
  const form = new FormData();
  for (const [name, content, filename] of entries) {
    if (typeof content === 'string') form.append(name, content);
    else form.append(name, content, filename ?? `${name}.bin`);
  }
  const answer = await fusio.inject({ method: 'POST', path: '/album', body: form });
  return { status: answer.status, seen, body: answer.json<any>() };
}

const title: Entry = ['title', 'Moon'];
const cover: Entry = ['cover', png('png')];

describe('declared files', () => {
  it('come to the action by name, after the fields or before them', async () => {
    const forms: Entry[][] = [
      [title, cover, ['pages', plain('one'), 'a/b\\1.txt'], ['pages', plain('two')], ['year', '1969']],
      [['pages', plain('one'), 'a/b\\1.txt'], cover, title, ['pages', plain('two')], ['year', '1969']],
    ];
    for (const form of forms) {
      const { status, body, seen } = await send(form);

      expect([status, body]).toEqual([
        200,
        {
          title: 'Moon',
          files: ['cover.bin image/png png', '1.txt text/plain one', 'pages.bin text/plain two'],
        },
      ]);
      expect(seen).toEqual([
        {
          title: 'Moon',
          year: 1969,
          cover: expect.any(File),
          back: undefined,
          pages: [expect.any(File), expect.any(File)],
        },
      ]);
    }
  });

  it('may be left out where they are not required', async () => {
    const { seen } = await send([title, cover]);

    expect(seen).toMatchObject([{ back: undefined, pages: [] }]);
  });

  it('are not there where a browser sent an input without a file, or an empty text', async () => {
    const nothing = new Blob([], { type: 'application/octet-stream' });
    const { status, seen } = await send([
      title,
      cover,
      ['back', nothing, ''],
      ['pages', nothing, ''],
      ['other', nothing, ''],
      ['back', ''],
    ]);

    expect([status, seen]).toMatchObject([200, [{ back: undefined, pages: [] }]]);
  });

  it('may be empty, and may have no name', async () => {
    const { seen } = await send([
      title,
      ['cover', png(''), 'empty.png'],
      ['back', new Blob(['x'], { type: 'application/octet-stream' }), ''],
    ]);

    expect(seen).toMatchObject([{ cover: { size: 0, name: 'empty.png' }, back: { size: 1, name: '' } }]);
  });

  it.each<[string, Entry[], number, string, object]>([
    [
      'is too large',
      [title, ['cover', png('12345678901')]],
      413,
      'FORM_TOO_LARGE',
      { pointer: '/body/cover', message: 'must have at most 10 bytes', code: 'MAX_BYTES' },
    ],
    [
      'is one too many',
      [title, cover, cover],
      413,
      'FORM_TOO_LARGE',
      { pointer: '/body/cover', message: 'must be at most one file', code: 'MAX_COUNT' },
    ],
    [
      'is one too many of several',
      [title, cover, ['pages', plain('1')], ['pages', plain('2')], ['pages', plain('3')]],
      413,
      'FORM_TOO_LARGE',
      { pointer: '/body/pages', message: 'must be at most 2 files', code: 'MAX_COUNT' },
    ],
    [
      'is of another type',
      [title, ['cover', plain('x')]],
      415,
      'MEDIA_TYPE_UNSUPPORTED',
      { pointer: '/body/cover', message: 'must be image/png or image/jpeg', code: 'MEDIA_TYPE' },
    ],
    [
      'is of another type, without a name',
      [title, ['cover', new Blob(['x'], { type: 'application/octet-stream' }), '']],
      415,
      'MEDIA_TYPE_UNSUPPORTED',
      { pointer: '/body/cover', message: 'must be image/png or image/jpeg', code: 'MEDIA_TYPE' },
    ],
    [
      'is not declared',
      [title, cover, ['a~/b', plain('x')]],
      400,
      'FORM_INVALID',
      { pointer: '/body/a~0~1b', message: 'is not a file that the operation takes', code: 'UNKNOWN_FILE' },
    ],
    [
      'is declared as a field',
      [['title', plain('x')], cover],
      400,
      'FORM_INVALID',
      { pointer: '/body/title', message: 'is not a file that the operation takes', code: 'UNKNOWN_FILE' },
    ],
    [
      'is missing',
      [title],
      400,
      'REQUEST_INVALID',
      { pointer: '/body/cover', message: 'is required', code: 'REQUIRED' },
    ],
    [
      'is a text',
      [title, ['cover', 'text']],
      400,
      'REQUEST_INVALID',
      { pointer: '/body/cover', message: 'must be a file', code: 'TYPE' },
    ],
    [
      'has a text beside it',
      [title, cover, ['cover', 'text']],
      400,
      'REQUEST_INVALID',
      { pointer: '/body/cover', message: 'must be at most one file', code: 'MAX_COUNT' },
    ],
  ])('are refused, and named, where one %s', async (_, form, status, code, issue) => {
    const { status: answered, body, seen } = await send(form);

    expect([answered, body.code, body.errors[0]]).toEqual([status, code, issue]);
    expect(seen).toEqual([]);
  });

  it('are reported together with the fields', async () => {
    const { status, body } = await send([['title', '']], { validationStatus: 422 });

    expect([status, body.errors.map((issue: any) => issue.pointer)]).toEqual([422, ['/body/title', '/body/cover']]);
  });

  it('take any image for image/*, with parameters too', async () => {
    const fusio = createFusio({ logger: false });
    closeLater(() => fusio.stop());
    fusio.operation({
      name: 'it',
      method: 'PUT',
      path: '/it',
      public: true,
      consumes: 'multipart/form-data',
      files: { one: { required: true, mediaTypes: ['image/*'] } },
      action: ({ body }) => {
        same<Same<typeof body, { one: File }>>();
        return Object.keys(body);
      },
    });
    const put = (type: string) => {
      const form = new FormData();
      form.append('one', new Blob(['x'], { type }), 'x');
      form.append('undeclared', 'dropped');
      return fusio.inject({ method: 'PUT', path: '/it', body: form });
    };

    expect((await put('image/webp; a=1')).json()).toEqual(['one']);
    expect((await put('IMAGE/PNG')).json()).toEqual(['one']);
    expect((await put('imagex/png')).status).toBe(415);
    expect((await put('')).status).toBe(415);
  });

  it('refuse undeclared fields where the operation does', async () => {
    const fusio = createFusio({ logger: false });
    closeLater(() => fusio.stop());
    const base = { method: 'PUT', public: true, consumes: 'multipart/form-data', unknown: 'reject' } as const;
    const files = { one: {} };
    fusio.operation({ ...base, name: 'a', path: '/a', files, action: () => 1 });
    fusio.operation({
      ...base,
      name: 'b',
      path: '/b',
      files,
      body: Type.Object({ a: Type.Optional(Type.String()) }),
      action: () => 1,
    });
    for (const path of ['/a', '/b']) {
      const form = new FormData();
      form.append('one', plain('x'));
      form.append('two', 'x');
      const answer = await fusio.inject({ method: 'PUT', path, body: form });

      expect(answer.json()).toMatchObject({ errors: [{ pointer: '/body/two', code: 'UNKNOWN_PROPERTY' }] });
    }
  });

  it('are a form without anything in it where there is no body', async () => {
    const fusio = createFusio({ logger: false });
    closeLater(() => fusio.stop());
    const base = { method: 'PUT', public: true, consumes: 'multipart/form-data' } as const;
    fusio.operation({ ...base, name: 'a', path: '/a', files: { one: {} }, action: ({ body }) => `${body.one}` });
    fusio.operation({ ...base, name: 'b', path: '/b', files: { one: { required: true } }, action: () => 1 });
    fusio.operation({
      ...base,
      name: 'c',
      path: '/c',
      files: { one: {} },
      body: Type.Optional(Type.Object({ a: Type.String() })),
      action: ({ body }) => {
        same<Same<typeof body, ({ a: string } & { one: File | undefined }) | undefined>>();
        return `${body}`;
      },
    });
    const put = (path: string) => fusio.inject({ method: 'PUT', path });

    expect((await put('/a')).json()).toBe('undefined');
    expect((await put('/b')).json()).toMatchObject({ errors: [{ pointer: '/body/one', code: 'REQUIRED' }] });
    expect((await put('/c')).json()).toBe('undefined');
  });

  it('are given to a call in process, as files or as blobs', async () => {
    const { fusio, addAlbum } = albumApi();
    const pages = [plain('1'), new File(['2'], 'two.txt', { type: 'text/plain' })];

    const album = await fusio.call(addAlbum, { body: { title: 'Moon', cover: png('png'), pages } });

    expect(album.files).toEqual(['blob image/png png', 'blob text/plain 1', 'two.txt text/plain 2']);
    await expect(
      // @ts-expect-error: the cover is required
      fusio.call(addAlbum, { body: { title: 'Moon' } }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/body/cover', code: 'REQUIRED' }] });
    await expect(
      // @ts-expect-error: a file is no text
      fusio.call(addAlbum, { body: { title: 'Moon', cover: 'text' } }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/body/cover', code: 'TYPE' }] });
    await expect(
      fusio.call(addAlbum, { body: { title: 'Moon', cover: plain('12345678901'), pages: [...pages, ...pages] } }),
    ).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      errors: [
        { pointer: '/body/cover', code: 'MAX_BYTES' },
        { pointer: '/body/pages', code: 'MAX_COUNT' },
      ],
    });
    await expect(fusio.call(addAlbum, { body: [] } as never)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('are typed in an action that stands on its own', async () => {
    const Album = Type.Object({ title: Type.String() });
    const files = { cover: { required: true }, pages: { maxCount: 2 } } as const satisfies FormFiles;
    class AddAlbum {
      handle({ body }: ActionRequest<{ body: typeof Album; files: typeof files }>) {
        same<Same<typeof body.cover, File>>();
        same<Same<typeof body.pages, File[]>>();
        return `${body.title} ${body.cover.name}`;
      }
    }
    const fusio = createFusio({ logger: false });
    closeLater(() => fusio.stop());
    const base = { method: 'PUT', consumes: 'multipart/form-data', body: Album } as const;
    const it = fusio.operation({ ...base, name: 'a', path: '/a', files, action: new AddAlbum() });
    const others = { cover: {}, pages: { maxCount: 2 } } as const;
    // @ts-expect-error: the action needs a cover
    fusio.operation({ ...base, name: 'b', path: '/b', files: others, action: new AddAlbum() });
    // @ts-expect-error: the action needs files
    fusio.operation({ ...base, name: 'c', path: '/c', action: new AddAlbum() });

    expect(await fusio.call(it, { body: { title: 'Moon', cover: png('x') } })).toBe('Moon blob');
  });

  it('may be one or several where the number is known at run time only', () => {
    const fusio = createFusio({ logger: false });
    const maxCount: number = 2;
    const required = maxCount > 1;

    fusio.operation({
      name: 'it',
      method: 'PUT',
      path: '/it',
      consumes: 'multipart/form-data',
      files: { some: { maxCount }, one: { required }, none: { maxCount: 1 } },
      action: ({ body }) => {
        same<Same<typeof body.some, File[] | File | undefined>>();
        same<Same<typeof body.one, File | undefined>>();
        same<Same<typeof body.none, File | undefined>>();
      },
    });
  });
});

describe('registration', () => {
  const form = { consumes: 'multipart/form-data' };

  it.each<[object, string]>([
    [{ files: { a: {} } }, "files come in a form: set consumes: 'multipart/form-data'"],
    [{ files: { a: {} }, consumes: 'text/csv' }, "files come in a form: set consumes: 'multipart/form-data'"],
    [{ files: { a: {} }, ...form, method: 'GET' }, 'a GET has no body; use query'],
    [{ files: { a: { maxByte: 1 } }, ...form }, 'unknown option "files.a.maxByte" (did you mean "maxBytes"?)'],
    [{ files: { a: { maxBytes: '1 MB' } }, ...form }, 'files.a.maxBytes must be an integer'],
    [{ files: { a: { maxCount: 0 } }, ...form }, 'files.a.maxCount must be at least 1'],
    [{ files: { a: { mediaTypes: 'image/png' } }, ...form }, 'files.a.mediaTypes must be an array'],
    [
      { files: { a: { mediaTypes: ['image/gif', 'png'] } }, ...form },
      'files.a.mediaTypes: "png" is no media type like "image/png" or "image/*"',
    ],
    [{ files: { a: { mediaTypes: ['*/*'] } }, ...form }, 'files.a.mediaTypes: "*/*" is no media type like'],
    [
      { files: { a: { mediaTypes: ['image/*; q=1'] } }, ...form },
      'files.a.mediaTypes: "image/*; q=1" is no media type',
    ],
    [{ files: { a: { mediaTypes: [] } }, ...form }, 'files.a.mediaTypes must have at least 1 item'],
    [{ files: { a: true }, ...form }, 'files.a must be an object'],
    [{ files: ['a'], ...form }, 'files must be an object'],
    [{ files: { constructor: {} }, ...form }, '"constructor" cannot be the name of a file'],
    [
      { files: { a: {} }, consumes: { type: 'multipart/form-data', maxFiles: 1 } },
      'consumes.maxFiles is for files that are not declared; use maxCount and maxBytes in files',
    ],
    [
      {
        files: { a: {} },
        ...form,
        body: Type.Intersect([Type.Object({ b: Type.String() }), Type.Object({ a: Type.String() })]),
      },
      'body and files both declare "a"; a name has one meaning',
    ],
  ])('refuses %j', (options, fault) => {
    const fusio: AnyFusio = createFusio({ logger: false });
    const make = () =>
      fusio.operation({ name: 'it', method: 'PUT', path: '/it', action: () => 1, ...options } as never);

    expect(make).toThrow(expect.objectContaining({ code: 'OPERATION_INVALID' }));
    expect(make).toThrow(`operation "it": ${fault}`);
  });

  it('takes options that are undefined', () => {
    const fusio: AnyFusio = createFusio({ logger: false });
    const base = { method: 'PUT', action: () => 1 } as const;
    const files = { a: { required: undefined, mediaTypes: undefined, maxBytes: undefined, maxCount: undefined } };

    expect(() => fusio.operation({ ...base, name: 'a', path: '/a', files: undefined })).not.toThrow();
    expect(() => fusio.operation({ ...base, name: 'b', path: '/b', ...form, files } as never)).not.toThrow();
  });

  const binary = Type.String({ format: 'binary' });

  it.each<[object, string]>([
    [{ ...form, body: Type.Object({ avatar: binary }) }, 'avatar'],
    [{ ...form, body: Type.Object({ avatar: Type.Optional(binary) }) }, 'avatar'],
    [{ ...form, body: Type.Object({ 'my-file': Type.Array(binary) }) }, '"my-file"'],
    [{ ...form, body: Type.Object({ avatar: Type.Union([binary, Type.Null()]) }) }, 'avatar'],
    [{ ...form, body: Type.Object({ avatar: Type.Ref('File') }) }, 'avatar'],
    [{ ...form, body: Type.Intersect([Type.Object({}), Type.Object({ avatar: binary })]) }, 'avatar'],
    [{ consumes: 'application/x-www-form-urlencoded', body: Type.Object({ avatar: binary }) }, 'avatar'],
  ])('refuses a form whose schema has a binary property, and says what to declare: %j', (options, name) => {
    const fusio: AnyFusio = createFusio({ logger: false });
    fusio.schema('File', binary);
    const make = () =>
      fusio.operation({ name: 'it', method: 'PUT', path: '/it', action: () => 1, ...options } as never);

    expect(make).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
    expect(make).toThrow(
      `operation "it" body: "${name.replaceAll('"', '')}" is binary, and the schema of a form describes texts; ` +
        `declare the file beside it: consumes: 'multipart/form-data', files: { ${name}: { required: true } }`,
    );
  });
});
