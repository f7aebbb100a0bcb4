import express from 'express';
import { createFusio, Type } from 'fusio';

export const ownCount = 50;
export const operationCount = 50;

/**
 * A host as apps are: ten middlewares and fifty routes of its own. `mount` says where fusio comes in, at a path or (`true`) at the root;
 * `layer` puts an empty middleware there.
 */
export async function makeHost({ mount, layer }) {
  const app = express();
  app.set('trust proxy', 'loopback');
  // Extensions of the prototypes are part of Express's contract.
  app.request.greet = function greet() {
    return `hello ${this.get('x-name') ?? 'nobody'}`;
  };
  app.response.sendGreeting = function sendGreeting() {
    return this.json({ greeting: this.req.greet() });
  };

  const fusio = mount ? await makeFusio() : undefined;
  for (let index = 0; index < 10; index++) {
    app.use(function middleware(request, response, next) {
      request[`mark${index}`] = index;
      if (index === 9) response.setHeader('x-marks', '10');
      next();
    });
  }
  if (layer) app.use((_request, _response, next) => next());
  // At the root every request of the host's own passes it.
  if (fusio) app.use(mount === true ? '/' : mount, fusio.router);
  for (let index = 0; index < ownCount; index++) {
    app.get(`/own${index}/:id`, (request, response) => {
      response.json({ own: index, id: request.params.id, ip: request.ip, mark: request.mark9 });
    });
  }
  addProbes(app);
  return { app, fusio };
}

async function makeFusio() {
  const fusio = createFusio();
  for (let index = 0; index < operationCount; index++) {
    fusio.operation({
      name: `thing${index}.get`,
      method: 'GET',
      path: `/things${index}/:id`,
      public: true,
      params: Type.Object({ id: Type.Integer() }),
      response: Type.Object({ id: Type.Integer() }),
      action: ({ params }) => ({ id: params.id }),
    });
  }
  await fusio.ready();
  return fusio;
}

/** Routes that tell what `req` and `res` look like to a host's code. */
function addProbes(app) {
  app.get('/probe', (request, response) => response.json(factsOf(app, request, response)));
  app.get('/probe/greeting', (_request, response) => response.sendGreeting());
  app.get('/probe/send', (_request, response) => response.status(202).type('text').send('text'));
  app.get('/probe/redirect', (_request, response) => response.redirect('/probe'));
  app.get('/probe/cookie', (_request, response) => response.cookie('name', 'value').sendStatus(200));
  app.get('/probe/error', () => {
    throw Object.assign(new Error('no tea'), { status: 418, expose: true });
  });
  app.post('/probe/body', express.json(), (request, response) => response.json({ body: request.body }));
  app.post('/probe/stream', async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.json({ bytes });
  });

  const inner = express();
  inner.request.inside = () => 'inside';
  inner.get('/facts', (request, response) => {
    response.json({ ...factsOf(inner, request, response), inside: request.inside(), greeting: request.greet() });
  });
  inner.use((_request, _response, next) => next());
  app.use('/inner', inner);
  app.get('/inner/after', (request, response) => {
    response.json({ ...factsOf(app, request, response), inside: typeof request.inside });
  });
  app.use((error, _request, response, _next) => response.status(error.status ?? 500).json({ message: error.message }));
}

function factsOf(owner, request, response) {
  return {
    requestPrototype: Object.getPrototypeOf(request) === owner.request,
    responsePrototype: Object.getPrototypeOf(response) === owner.response,
    requestChain: chainOf(request),
    responseChain: chainOf(response),
    app: request.app === owner && response.app === owner,
    pair: request.res === response && response.req === request,
    own: Object.keys(request).filter((key) => key.startsWith('mark')).length,
    constructors: [request.constructor.name, response.constructor.name],
    ip: request.ip,
    ips: request.ips,
    protocol: request.protocol,
    hostname: request.hostname,
    path: request.path,
    baseUrl: request.baseUrl,
    originalUrl: request.originalUrl,
    query: request.query,
    accepts: request.accepts(['json', 'html']),
    fresh: request.fresh,
    xhr: request.xhr,
    locals: typeof response.locals,
    marks: response.get('x-marks'),
    greeting: typeof request.greet,
  };
}

/** How many prototypes there are up to the top, and which of the classes of `node:http` are among them. */
function chainOf(value) {
  const names = [];
  for (let next = Object.getPrototypeOf(value); next; next = Object.getPrototypeOf(next)) {
    names.push(Object.hasOwn(next, 'constructor') ? next.constructor.name : '-');
  }
  return names.join(' > ');
}
