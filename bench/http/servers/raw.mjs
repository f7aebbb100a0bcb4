import { createServer } from 'node:http';
import { Compile } from 'typebox/compile';
import { Items, Order } from '../schemas.mjs';
import { bearer, hasScope, remember, verify } from '../token.mjs';
import { importItems, maxBodyBytes, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';

const order = Compile(Order);
const items = Compile(Items);

/** Plain `node:http`, written by hand as somebody would who wants speed: the yardstick. */
export async function start(port, { tokenCache = false } = {}) {
  const claimsOf = tokenCache ? remember(verify) : verify;
  const things = new Map(Array.from({ length: thingCount }, (_, thing) => [`things${thing}`, thing]));

  const server = createServer((request, response) => {
    const { url, method } = request;
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const search = mark === -1 ? '' : url.slice(mark + 1);

    if (method === 'GET') {
      if (path === '/hello') return send(response, 200, sayHello());
      if (path.startsWith('/users/')) return user(response, path.slice(7), search);
      if (path.startsWith('/secured/users/')) {
        const token = bearer(request.headers.authorization);
        const claims = token && claimsOf(token);
        if (!claims) return fail(response, 401);
        if (!hasScope(claims)) return fail(response, 403);
        return user(response, path.slice(15), search);
      }
      const end = path.indexOf('/', 1);
      const thing = things.get(path.slice(1, end));
      if (thing === undefined) return fail(response, 404);
      const id = toInteger(path.slice(end + 1), 1, 1_000_000);
      return id === undefined ? fail(response, 400) : send(response, 200, readThing(thing, id));
    }
    if (method === 'POST' && path === '/orders') return withBody(request, response, order, 201, placeOrder);
    if (method === 'POST' && path === '/imports') return withBody(request, response, items, 200, importItems);
    fail(response, 404);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

function user(response, idText, search) {
  const id = toInteger(idText, 1, 1_000_000);
  const limitText = search ? new URLSearchParams(search).get('limit') : null;
  const limit = limitText === null ? undefined : toInteger(limitText, 1, 100);
  if (id === undefined || (limitText !== null && limit === undefined)) return fail(response, 400);
  send(response, 200, readUser(id, limit));
}

function toInteger(text, minimum, maximum) {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= minimum && value <= maximum ? value : undefined;
}

function withBody(request, response, schema, status, work) {
  const chunks = [];
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > maxBodyBytes) return fail(response, 413);
    let body;
    try {
      body = JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString());
    } catch {
      return fail(response, 400);
    }
    if (!schema.Check(body)) return fail(response, 400);
    send(response, status, work(body));
  });
}

function fail(response, status) {
  send(response, status, { error: status });
}

function send(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
