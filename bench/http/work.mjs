// The business logic, the same functions in every server: what is measured is all that is around them.

export const thingCount = 500;
export const maxBodyBytes = 1_048_576;
export const defaultLimit = 20;

export function sayHello() {
  return { message: 'Hello, readers!' };
}

export function readUser(id, limit = defaultLimit) {
  return { id, name: `User ${id}`, mail: `u${id}@example.com`, limit, paid: true };
}

export function placeOrder(order) {
  const lines = order.items.map(({ sku, quantity, price }) => ({ sku, quantity, total: quantity * price }));
  const { name, email } = order.customer;
  return {
    id: 4711,
    state: 'accepted',
    customer: { name, email },
    lines,
    currency: order.currency,
    total: lines.reduce((total, line) => total + line.total, 0),
    message: 'Thank you',
  };
}

export function readThing(thing, id) {
  return { thing, id };
}

export function importItems(items) {
  let total = 0;
  for (const { quantity, price } of items) total += quantity * price;
  return { count: items.length, total };
}
