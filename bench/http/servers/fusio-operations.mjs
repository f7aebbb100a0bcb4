import { createFusio } from 'fusio';
import * as schemas from '../schemas.mjs';
import { bearer, neededScope, remember, verify } from '../token.mjs';
import { importItems, maxBodyBytes, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';

/** A fusio with the operations of all scenarios. */
export async function makeFusio({ tokenCache = true } = {}) {
  const claimsOf = tokenCache ? remember(verify) : verify;
  const fusio = createFusio({
    // The repository has the API of OpenTelemetry for its tests; users without it pay nothing for it.
    telemetry: false,
    authenticate({ headers }) {
      const token = bearer(headers.authorization);
      const claims = token && claimsOf(token);
      if (!claims) return token ? 'challenge' : null;
      return { user: { id: claims.sub }, scopes: claims.scope.split(' ') };
    },
  });

  fusio.operation({
    name: 'hello',
    method: 'GET',
    path: '/hello',
    public: true,
    response: schemas.Hello,
    action: sayHello,
  });
  const user = {
    method: 'GET',
    params: schemas.UserParams,
    query: schemas.UserQuery,
    response: schemas.User,
    action: ({ params, query }) => readUser(params.id, query.limit),
  };
  fusio.operation({ ...user, name: 'user.get', path: '/users/:id', public: true });
  fusio.operation({ ...user, name: 'user.secured', path: '/secured/users/:id', scopes: [neededScope] });
  fusio.operation({
    name: 'order.create',
    method: 'POST',
    path: '/orders',
    public: true,
    body: schemas.Order,
    response: schemas.Receipt,
    status: 201,
    action: ({ body }) => placeOrder(body),
  });
  fusio.operation({
    name: 'import.create',
    method: 'POST',
    path: '/imports',
    public: true,
    maxBodyBytes,
    body: schemas.Items,
    response: schemas.Imported,
    action: ({ body }) => importItems(body),
  });
  for (let thing = 0; thing < thingCount; thing++) {
    fusio.operation({
      name: `thing${thing}.get`,
      method: 'GET',
      path: `/things${thing}/:id`,
      public: true,
      params: schemas.ThingParams,
      response: schemas.Thing,
      action: ({ params }) => readThing(thing, params.id),
    });
  }
  await fusio.ready();
  return fusio;
}
