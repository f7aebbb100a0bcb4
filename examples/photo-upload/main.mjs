// Photos that come with an HTML form: declared files, in an Express app that has the page.
import express from 'express';
import { createFusio, fail, Type } from 'fusio';

const Photo = Type.Object({
  id: Type.Integer(),
  title: Type.String(),
  bytes: Type.Integer(),
  notes: Type.Array(Type.String()),
});
const photos = new Map();

const fusio = createFusio({
  // The page reads `error`, as it did before there were operations.
  formatProblem: ({ message, code, errors }) => ({ error: message, code, ...(errors && { errors }) }),
});

fusio.operation({
  name: 'photo.add',
  method: 'POST',
  path: '/photo',
  public: true,
  consumes: 'multipart/form-data',
  body: Type.Object({ title: Type.String({ minLength: 1 }) }),
  files: {
    picture: { required: true, mediaTypes: ['image/png'], maxBytes: 100_000, description: 'The photo.' },
    notes: { mediaTypes: ['text/*'], maxCount: 3 },
  },
  response: Photo,
  status: 201,
  async action({ body: { title, picture, notes } }) {
    // The media type is what the client says; the first bytes of a PNG are what it is.
    const start = new Uint8Array(await picture.slice(0, 4).arrayBuffer());
    if (![0x89, 0x50, 0x4e, 0x47].every((byte, at) => start[at] === byte)) fail(415, 'The picture is no PNG');
    const id = photos.size + 1;
    photos.set(id, picture);
    return { id, title, bytes: picture.size, notes: notes.map((note) => note.name) };
  },
});

fusio.operation({
  name: 'photo.get',
  method: 'GET',
  path: '/photo/:id',
  public: true,
  params: Type.Object({ id: Type.Integer() }),
  response: 'image/png',
  throws: { 404: 'No such photo' },
  action: ({ params }) => photos.get(params.id) ?? fail(404, `No photo ${params.id}`),
});

const app = express();
app.get('/', (_request, response) => {
  response.type('html').send(`<!doctype html>
<meta charset="utf-8">
<title>Photos</title>
<form method="post" action="/api/photo" enctype="multipart/form-data">
  <input name="title" placeholder="Title" required>
  <input name="picture" type="file" accept="image/png" required>
  <input name="notes" type="file" accept="text/*" multiple>
  <button>Send</button>
</form>`);
});
app.use('/api', fusio.router);
await fusio.start();

const server = fusio.createServer(app).listen(process.env.PORT ?? 3000, () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
  });
}
