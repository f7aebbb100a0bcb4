// fusio from CommonJS.
const { createFusio, Type } = require('fusio');

const fusio = createFusio();

fusio.operation({
  name: 'hello',
  method: 'GET',
  path: '/hello/:name',
  public: true,
  query: Type.Object({ times: Type.Integer({ minimum: 1, maximum: 3, default: 1 }) }),
  response: Type.Object({ greeting: Type.String() }),
  action: ({ params, query }) => ({ greeting: Array(query.times).fill(`Hello, ${params.name}!`).join(' ') }),
});

const server = fusio.createServer();

fusio.start().then(() => {
  server.listen(process.env.PORT ?? 3000, () => {
    console.log(`Listening on http://localhost:${server.address().port}`);
  });
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
  });
}
