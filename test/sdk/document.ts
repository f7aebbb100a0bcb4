import type { OpenApiDocument } from '../../src/openapi/openapi.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const problem = { description: 'x', content: { 'application/problem+json': { schema: ref('Problem') } } };

/** A document with every construct that a client must understand. */
export const document: OpenApiDocument = {
  openapi: '3.1.1',
  info: { title: 'Todos */ alert()', version: '1.2.0', description: 'Two\nlines' },
  servers: [{ url: 'https://api.example.com/v1' }],
  paths: {
    '/todo': {
      get: {
        operationId: 'todo.list',
        summary: 'Lists todos */ really',
        description: 'All of\nthem.',
        deprecated: true,
        parameters: [
          {
            name: 'tag',
            in: 'query',
            style: 'form',
            explode: true,
            schema: { type: 'array', items: { type: 'string' } },
          },
          { name: 'page-size', in: 'query', description: 'How many', schema: { type: 'integer', default: 20 } },
          { $ref: '#/components/parameters/Version' },
          { name: 'session', in: 'cookie', schema: { type: 'string' } },
        ],
        responses: { 200: { description: 'x', ...json({ type: 'array', items: ref('Todo') }) }, 503: problem },
      },
      post: {
        operationId: 'todo.create',
        requestBody: { required: true, ...json(ref('TodoInput')) },
        responses: {
          201: { description: 'x', ...json(ref('Todo')) },
          409: {
            description: 'x',
            ...json({ type: 'object', required: ['existing'], properties: { existing: { type: 'integer' } } }),
          },
          400: { $ref: '#/components/responses/Invalid' },
          default: problem,
        },
      },
      head: { operationId: 'todo.count', responses: { 200: { description: 'x' } } },
    },
    '/todo/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'todo.get',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          200: { description: 'x', ...json(ref('Todo')) },
          202: { description: 'x', ...json({ const: 'later' }) },
          404: problem,
        },
      },
      delete: { operationId: 'todo.delete', responses: { 204: { description: 'x' } } },
    },
    '/todo/{id}/constructor': {
      get: {
        operationId: 'todo.constructor',
        parameters: [{ name: 'id', in: 'path', required: true, schema: {} }],
        responses: {},
      },
    },
    '/file/{rest}': {
      get: {
        operationId: 'file',
        parameters: [
          { name: 'rest', in: 'path', required: true, schema: { type: 'string' }, 'x-fusio-wildcard': true },
        ],
        responses: {
          200: { description: 'x', content: { 'image/png': { schema: { type: 'string', format: 'binary' } } } },
        },
      },
    },
    '/file': {
      get: { operationId: 'file.name', responses: { 200: { description: 'x', content: { 'text/plain': {} } } } },
    },
    '/upload': {
      post: {
        operationId: 'file.upload',
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['title'],
                properties: { title: { type: 'string' } },
                additionalProperties: { type: 'string', format: 'binary' },
              },
            },
          },
        },
        responses: { 200: { description: 'x', ...json({}) } },
      },
    },
    '/album': {
      post: {
        operationId: 'album.add',
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['cover'],
                properties: {
                  title: { type: 'string' },
                  cover: { type: 'string', format: 'binary', contentMediaType: 'image/png' },
                  pages: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 2 },
                },
              },
              encoding: { cover: { contentType: 'image/png' } },
            },
          },
        },
        responses: { 200: { description: 'x', ...json({}) } },
      },
    },
    '/raw': {
      put: {
        operationId: 'raw',
        requestBody: { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
        responses: { 204: { description: 'x' } },
      },
    },
    '/tick': {
      get: {
        operationId: '__proto__.tick',
        responses: { 200: { description: 'x', content: { 'text/event-stream': {} } } },
      },
    },
    '/free': {
      get: {
        operationId: 'free',
        parameters: [
          {
            name: 'query',
            in: 'query',
            style: 'form',
            explode: true,
            schema: { type: 'object', additionalProperties: { type: 'string' } },
          },
        ],
        responses: {},
      },
    },
    '/odd': {
      get: { operationId: 'class.delete-all.1st', responses: { 200: { description: 'x', ...json(ref('Tree')) } } },
    },
    '/none': { get: { parameters: [], responses: {} } },
  },
  components: {
    parameters: { Version: { name: 'X-Version', in: 'header', schema: { enum: ['1', '2'] } } },
    responses: { Invalid: problem },
    schemas: {
      Problem: {
        type: 'object',
        required: ['status', 'detail'],
        properties: { status: { type: 'integer' }, detail: { type: 'string' } },
      },
      Todo: {
        type: 'object',
        description: 'A todo */ of yours',
        required: ['id', 'title', 'state'],
        properties: {
          id: { type: 'integer' },
          title: { type: 'string', description: 'What to do' },
          state: { type: 'string', enum: ['open', "don't", 'back\\slash', 'line\nbreak'] },
          due: { type: ['string', 'null'], format: 'date' },
          done: { type: 'boolean', deprecated: true, default: false },
          tags: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
          place: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }], minItems: 2, items: false },
          'content-type': { type: 'string' },
          class: { const: 1 },
          __proto__x: { type: 'null' },
          parent: { anyOf: [ref('Todo'), { type: 'null' }] },
          meta: { type: 'object', additionalProperties: ref('Json') },
          old: { type: 'string', nullable: true },
        },
      },
      TodoInput: {
        allOf: [
          { $ref: '#/components/schemas/Todo/properties/meta' },
          { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
        ],
      },
      Json: {
        anyOf: [
          { type: 'null' },
          { type: ['string', 'number', 'boolean'] },
          { type: 'array', items: ref('Json') },
          { type: 'object', additionalProperties: ref('Json') },
        ],
      },
      Tree: {
        type: 'object',
        required: ['kids'],
        properties: { kids: { type: 'array', items: ref('Tree') }, note: ref('Note') },
        additionalProperties: { type: 'number' },
      },
      Note: { oneOf: [ref('Cat'), ref('Dog')], discriminator: { propertyName: 'kind' } },
      Cat: {
        type: 'object',
        required: ['kind', 'lives'],
        properties: { kind: { const: 'cat' }, lives: { type: 'integer' } },
      },
      Dog: { type: 'object', required: ['kind'], properties: { kind: { const: 'dog' } } },
      Circle: { anyOf: [ref('Square'), { type: 'string' }] },
      Square: { anyOf: [ref('Circle'), { type: 'null' }] },
      Self: { allOf: [ref('Self'), { type: 'object', properties: { a: {} } }] },
      // Names that the file itself uses, and odd ones.
      Promise: { type: 'string' },
      Record: { type: 'object', properties: { a: { type: 'string' } } },
      ClientError: { type: 'object' },
      Route: { type: 'integer' },
      string: { type: 'string' },
      class: { type: 'string' },
      '1st.odd-name': { type: 'object', additionalProperties: false },
      Empty: { type: 'object', properties: {}, additionalProperties: false },
      Never: { not: {} },
      Anything: {},
      TodoListInput: { type: 'boolean' },
      Pattern: {
        type: 'object',
        patternProperties: { '^x': { type: 'integer' } },
        properties: { name: { type: 'string' } },
      },
      Complex: { const: { a: [1, 'x', null] } },
    },
  },
};
