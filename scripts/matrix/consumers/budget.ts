// What the types of operations cost: everything below the marker is repeated, with another number each time.
// (No `Type.Pick`: TypeBox's own types of it cost some 31,000 instantiations once, with fusio or without.)
import { createFusio, Type } from 'fusio';

export const fusio = createFusio();
// --- operation 0
const Thing0 = Type.Object({ id: Type.Integer(), title: Type.String(), tags: Type.Array(Type.String()) });

export const updateThing0 = fusio.operation({
  name: 'thing.update0',
  method: 'PUT',
  path: '/thing0/:id',
  params: Type.Object({ id: Type.Integer() }),
  query: Type.Object({ expand: Type.Optional(Type.Boolean()) }),
  body: Type.Object({ title: Type.String(), tags: Type.Array(Type.String()) }),
  response: Thing0,
  action: ({ params, query, body }) => ({ ...body, id: params.id, title: query.expand ? body.title : '' }),
});
