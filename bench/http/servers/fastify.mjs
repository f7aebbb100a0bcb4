import jwt from '@fastify/jwt';
import fastify from 'fastify';
import * as schemas from '../schemas.mjs';
import { hasScope, secret } from '../token.mjs';
import { importItems, maxBodyBytes, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';

/** Fastify 5 as its guide says: schemas for its Ajv, response schemas for its serialiser, `@fastify/jwt`. */
export async function start(port, { tokenCache = false } = {}) {
  const app = fastify({ bodyLimit: maxBodyBytes });
  await app.register(jwt, { secret, verify: { algorithms: ['HS256'], cache: tokenCache } });

  app.get('/hello', { schema: { response: { 200: schemas.Hello } } }, () => sayHello());

  const schema = { params: schemas.UserParams, querystring: schemas.UserQuery, response: { 200: schemas.User } };
  const user = ({ params, query }) => readUser(params.id, query.limit);
  app.get('/users/:id', { schema }, user);
  app.get('/secured/users/:id', { schema, onRequest: authenticate }, user);

  app.post('/orders', { schema: { body: schemas.Order, response: { 201: schemas.Receipt } } }, ({ body }, reply) => {
    reply.code(201);
    return placeOrder(body);
  });
  app.post('/imports', { schema: { body: schemas.Items, response: { 200: schemas.Imported } } }, ({ body }) =>
    importItems(body),
  );
  for (let thing = 0; thing < thingCount; thing++) {
    const schema = { params: schemas.ThingParams, response: { 200: schemas.Thing } };
    app.get(`/things${thing}/:id`, { schema }, ({ params }) => readThing(thing, params.id));
  }
  await app.listen({ port, host: '127.0.0.1' });
}

async function authenticate(request, reply) {
  await request.jwtVerify();
  if (!hasScope(request.user)) return reply.code(403).send({ error: 403 });
}
