import { createFusio } from 'fusio';
import * as schemas from '../http/schemas.mjs';
import { readThing, thingCount } from '../http/work.mjs';

const last = thingCount - 1;

/** The operation of scenario (e), alone and as the last of 5,000. Called in the process that is measured. */
export async function makeVariants() {
  return [
    await variant('1 operation', 1),
    await variant('control: 1 operation', 1),
    await variant('5,000 operations', 5000),
  ];
}

async function variant(name, count) {
  const fusio = createFusio();
  for (let index = 1; index < count; index++) add(fusio, `other${index}`, index);
  add(fusio, `things${last}`, last);
  await fusio.ready();
  return { name, handler: fusio.handler };
}

function add(fusio, name, thing) {
  fusio.operation({
    name: `${name}.get`,
    method: 'GET',
    path: `/${name}/:id`,
    public: true,
    params: schemas.ThingParams,
    response: schemas.Thing,
    action: ({ params }) => readThing(thing, params.id),
  });
}
