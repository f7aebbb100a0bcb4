import { createFusio } from 'fusio';
import { createOrder, importItems, readUser } from '../operations.mjs';
import * as schemas from '../schemas.mjs';
import { bearer, neededScope, remember, verify } from '../token.mjs';
import { readThing, sayHello, thingCount } from '../work.mjs';

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
  fusio.operation(readUser);
  fusio.operation({
    ...readUser,
    name: 'user.secured',
    path: '/secured/users/:id',
    public: false,
    scopes: [neededScope],
  });
  fusio.operation(createOrder);
  fusio.operation(importItems);
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
