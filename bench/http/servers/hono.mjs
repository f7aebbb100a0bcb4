import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { jwt } from 'hono/jwt';
import { validator } from 'hono/validator';
import { Compile } from 'typebox/compile';
import * as schemas from '../schemas.mjs';
import { hasScope, secret } from '../token.mjs';
import { importItems, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';

/** Hono 4 on `@hono/node-server`, with `hono/validator` over compiled TypeBox checks and `hono/jwt`. No `bodyLimit`: it would cost the fast path. */
export async function start(port) {
  const app = new Hono();
  const userParams = checked('param', schemas.UserParams, integer('id'));
  const userQuery = checked('query', schemas.UserQuery, integer('limit'));
  const user = (c) => c.json(readUser(c.req.valid('param').id, c.req.valid('query').limit));

  app.get('/hello', (c) => c.json(sayHello()));
  app.get('/users/:id', userParams, userQuery, user);
  app.get('/secured/users/:id', jwt({ secret: secret.toString(), alg: 'HS256' }), scoped, userParams, userQuery, user);
  app.post('/orders', checked('json', schemas.Order), (c) => c.json(placeOrder(c.req.valid('json')), 201));
  app.post('/imports', checked('json', schemas.Items), (c) => c.json(importItems(c.req.valid('json'))));
  for (let thing = 0; thing < thingCount; thing++) {
    const params = checked('param', schemas.ThingParams, integer('id'));
    app.get(`/things${thing}/:id`, params, (c) => c.json(readThing(thing, c.req.valid('param').id)));
  }
  await new Promise((resolve) => serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, resolve));
}

function checked(target, schema, coerce = (value) => value) {
  const compiled = Compile(schema);
  return validator(target, (raw, c) => {
    const value = coerce(raw);
    return compiled.Check(value) ? value : c.json({ error: 400 }, 400);
  });
}

function integer(name) {
  return (values) => (values[name] === undefined ? {} : { [name]: Number(values[name]) });
}

async function scoped(c, next) {
  if (!hasScope(c.get('jwtPayload'))) return c.json({ error: 403 }, 403);
  await next();
}
