import { foreignToken, goodToken, weakToken } from './token.mjs';
import { importItems, placeOrder, readThing, readUser, sayHello, thingCount } from './work.mjs';

/**
 * What is sent and what must come back.
 *
 * @typedef {{ method: string, path: string, headers?: Record<string, string>, body?: string }} BenchRequest
 * @typedef {{ request: BenchRequest, status: number, text: string }} Exchange
 * @typedef {{ request: BenchRequest, statuses: number[] }} Refusal
 * @typedef {{ title: string, bytesIn?: number, bytesOut?: number, exchanges: Exchange[], refusals: Refusal[] }} Scenario
 */

const ids = Array.from({ length: 16 }, (_, index) => 1009 + index * 501);
const invalid = [400, 422];

const order = JSON.stringify(makeOrder());
const items = JSON.stringify(makeItems());

/** @type {Record<string, Scenario>} */
export const scenarios = {
  a: {
    title: 'GET, 29 B of JSON',
    bytesOut: 29,
    exchanges: [{ request: get('/hello'), status: 200, text: JSON.stringify(sayHello()) }],
    refusals: [{ request: get('/nothing-here'), statuses: [404] }],
  },
  b: {
    title: 'GET /users/:id?limit=10, coerced and range-checked, 80 B out',
    bytesOut: 80,
    exchanges: ids.map((id) => ({
      request: get(`/users/${id}?limit=10`),
      status: 200,
      text: JSON.stringify(readUser(id, 10)),
    })),
    refusals: userRefusals('/users'),
  },
  c: {
    title: 'POST of a nested order, 1,054 B in, 494 B out',
    bytesIn: 1054,
    bytesOut: 494,
    exchanges: [{ request: post('/orders', order), status: 201, text: JSON.stringify(placeOrder(JSON.parse(order))) }],
    refusals: [
      { request: post('/orders', '{"customer":'), statuses: invalid },
      { request: post('/orders', order.replace('"quantity":3', '"quantity":0')), statuses: invalid },
      { request: post('/orders', order.replace('"city"', '"town"')), statuses: invalid },
    ],
  },
  d: {
    title: '(b) with a Bearer token (JWT, HS256) and a scope check',
    bytesOut: 80,
    exchanges: ids.map((id) => ({
      request: get(`/secured/users/${id}?limit=10`, bearing(goodToken)),
      status: 200,
      text: JSON.stringify(readUser(id, 10)),
    })),
    refusals: [
      ...userRefusals('/secured/users', bearing(goodToken)),
      { request: get('/secured/users/1009'), statuses: [401] },
      { request: get('/secured/users/1009', bearing(foreignToken)), statuses: [401] },
      { request: get('/secured/users/1009', bearing(weakToken)), statuses: [403] },
    ],
  },
  e: {
    title: '500 operations with a parameter, the last one hit',
    exchanges: ids.map((id) => ({
      request: get(`/things${thingCount - 1}/${id}`),
      status: 200,
      text: JSON.stringify(readThing(thingCount - 1, id)),
    })),
    refusals: [
      { request: get(`/things${thingCount - 1}/0`), statuses: invalid },
      { request: get(`/things${thingCount}/1`), statuses: [404] },
    ],
  },
  f: {
    title: 'POST of 1,494 items, 102 kB',
    bytesIn: 101_542,
    exchanges: [
      { request: post('/imports', items), status: 200, text: JSON.stringify(importItems(JSON.parse(items))) },
    ],
    refusals: [{ request: post('/imports', items.replace('"quantity":1', '"quantity":0')), statuses: invalid }],
  },
};

function userRefusals(path, headers) {
  return [
    { request: get(`${path}/seven?limit=10`, headers), statuses: invalid },
    { request: get(`${path}/0?limit=10`, headers), statuses: invalid },
    { request: get(`${path}/7?limit=101`, headers), statuses: invalid },
    { request: get(`${path}/7?limit=many`, headers), statuses: invalid },
  ];
}

function get(path, headers) {
  return { method: 'GET', path, headers };
}

function post(path, body) {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body };
}

function bearing(token) {
  return { authorization: `Bearer ${token}` };
}

function makeOrder() {
  const goods = ['Kettle', 'Teapot', 'Cup', 'Saucer', 'Spoon', 'Sieve', 'Tea caddy', 'Tray'];
  const order = {
    customer: {
      name: 'Ada Example',
      email: 'ada@example.com',
      address: { street: '12 Long Street', city: 'Springfield', postcode: '12345', country: 'DE' },
    },
    currency: 'EUR',
    items: goods.map((title, index) => ({
      sku: `SKU-${index + 1}`,
      title,
      quantity: index + 3,
      price: 1250 + index * 75,
      gift: index % 2 === 0,
    })),
    note: '',
  };
  order.note = fill(1054 - JSON.stringify(order).length);
  return order;
}

function makeItems() {
  return Array.from({ length: 1494 }, (_, index) => ({
    sku: `SKU-${10_000 + index}`,
    quantity: 1 + (index % 9),
    price: 7 + (index % 90),
    note: 'keep cool, dry',
  }));
}

/** Words of exactly this length. */
function fill(length) {
  return 'please ring twice and leave it with the neighbours if nobody answers; '.repeat(9).slice(0, length);
}
