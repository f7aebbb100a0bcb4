import { Type } from 'typebox';

// One set of schemas for every server that takes JSON Schema. Nest has its own classes with the same rules.

const Id = Type.Integer({ minimum: 1, maximum: 1_000_000 });

export const Hello = Type.Object({ message: Type.String() });

export const UserParams = Type.Object({ id: Id });
export const UserQuery = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) });
export const User = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  mail: Type.String(),
  limit: Type.Integer(),
  paid: Type.Boolean(),
});

const Text = Type.String({ minLength: 1, maxLength: 200 });

export const Order = Type.Object({
  customer: Type.Object({
    name: Text,
    email: Text,
    address: Type.Object({
      street: Text,
      city: Text,
      postcode: Text,
      country: Type.String({ minLength: 2, maxLength: 2 }),
    }),
  }),
  currency: Type.String({ minLength: 3, maxLength: 3 }),
  items: Type.Array(
    Type.Object({
      sku: Text,
      title: Text,
      quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
      price: Type.Integer({ minimum: 0 }),
      gift: Type.Boolean(),
    }),
    { minItems: 1, maxItems: 100 },
  ),
  note: Type.String({ maxLength: 500 }),
});
export const Receipt = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  customer: Type.Object({ name: Type.String(), email: Type.String() }),
  lines: Type.Array(Type.Object({ sku: Type.String(), quantity: Type.Integer(), total: Type.Integer() })),
  currency: Type.String(),
  total: Type.Integer(),
  message: Type.String(),
});

export const ThingParams = Type.Object({ id: Id });
export const Thing = Type.Object({ thing: Type.Integer(), id: Type.Integer() });

export const Items = Type.Array(
  Type.Object({
    sku: Text,
    quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
    price: Type.Integer({ minimum: 0 }),
    note: Text,
  }),
  { minItems: 1, maxItems: 5000 },
);
export const Imported = Type.Object({ count: Type.Integer(), total: Type.Integer() });
