import * as schemas from './schemas.mjs';
import * as work from './work.mjs';

// The operations of fusio in (b), (c) and (f), for its servers and for the ablation.

export const readUser = {
  name: 'user.get',
  method: 'GET',
  path: '/users/:id',
  public: true,
  params: schemas.UserParams,
  query: schemas.UserQuery,
  response: schemas.User,
  action: ({ params, query }) => work.readUser(params.id, query.limit),
};

export const createOrder = {
  name: 'order.create',
  method: 'POST',
  path: '/orders',
  public: true,
  body: schemas.Order,
  response: schemas.Receipt,
  status: 201,
  action: ({ body }) => work.placeOrder(body),
};

export const importItems = {
  name: 'import.create',
  method: 'POST',
  path: '/imports',
  public: true,
  maxBodyBytes: work.maxBodyBytes,
  body: schemas.Items,
  response: schemas.Imported,
  action: ({ body }) => work.importItems(body),
};
