import express from 'express';
import jsonwebtoken from 'jsonwebtoken';
import { Compile } from 'typebox/compile';
import { Items, Order, ThingParams, UserParams, UserQuery } from '../schemas.mjs';
import { bearer, hasScope, key, remember } from '../token.mjs';
import { importItems, maxBodyBytes, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';

const userParams = Compile(UserParams);
const userQuery = Compile(UserQuery);
const thingParams = Compile(ThingParams);
const order = Compile(Order);
const items = Compile(Items);

/** Express 5 with its own body parser, compiled TypeBox checks and `jsonwebtoken` with a `KeyObject`. */
export async function start(port, { tuned = false, tokenCache = false } = {}) {
  const app = express();
  if (tuned) app.disable('etag').disable('x-powered-by');
  app.use(express.json({ limit: maxBodyBytes }));

  app.get('/hello', (_request, response) => response.json(sayHello()));
  app.get('/users/:id', user);
  app.get('/secured/users/:id', authenticate(tokenCache ? remember(verify) : verify), user);
  app.post('/orders', (request, response) => {
    if (!order.Check(request.body)) return fail(response, 400);
    response.status(201).json(placeOrder(request.body));
  });
  app.post('/imports', (request, response) => {
    if (!items.Check(request.body)) return fail(response, 400);
    response.json(importItems(request.body));
  });
  for (let thing = 0; thing < thingCount; thing++) {
    app.get(`/things${thing}/:id`, (request, response) => {
      const params = { id: Number(request.params.id) };
      if (!thingParams.Check(params)) return fail(response, 400);
      response.json(readThing(thing, params.id));
    });
  }
  app.use((_request, response) => fail(response, 404));
  app.use((error, _request, response, _next) => fail(response, error.status ?? 500));

  await new Promise((resolve) => app.listen(port, '127.0.0.1', resolve));
}

function user(request, response) {
  const params = { id: Number(request.params.id) };
  const { limit } = request.query;
  const query = limit === undefined ? {} : { limit: Number(limit) };
  if (!userParams.Check(params) || !userQuery.Check(query)) return fail(response, 400);
  response.json(readUser(params.id, query.limit));
}

function authenticate(claimsOf) {
  return (request, response, next) => {
    const token = bearer(request.headers.authorization);
    const claims = token && claimsOf(token);
    if (!claims) return fail(response, 401);
    if (!hasScope(claims)) return fail(response, 403);
    next();
  };
}

function verify(token) {
  try {
    return jsonwebtoken.verify(token, key, { algorithms: ['HS256'] });
  } catch {
    return undefined;
  }
}

function fail(response, status) {
  response.status(status).json({ error: status });
}
