import type { OpenApiDocument } from '../../src/openapi/openapi.js';
import { generateSdk } from '../../src/sdk/index.js';
import { describeClient } from '../client/behaviour.js';
import { load } from './load.js';

type Routes = Readonly<Record<string, { method: string; path: string; consumes?: string }>>;

/** The document that fusio makes of these routes, as far as a client needs it. */
function documentOf(routes: Routes): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, { method, path, consumes }] of Object.entries(routes)) {
    const parameters: object[] = [];
    const template = path.replace(/([:*$])(\w+)(<[^/]*>)?/g, (_match, kind, name) => {
      parameters.push({
        name,
        in: 'path',
        required: true,
        schema: {},
        ...(kind === '*' && { 'x-fusio-wildcard': true }),
      });
      return `{${name}}`;
    });
    const requestBody = { content: { [consumes ?? 'application/json']: { schema: {} } } };
    paths[template] = {
      ...paths[template],
      [method.toLowerCase()]: { operationId, parameters, requestBody, responses: {} },
    };
  }
  return { openapi: '3.1.1', info: { title: 'Test', version: '1' }, paths };
}

// The class of errors belongs to the text: one text for all tests but those of another route.
const classes: any[] = [];
const ClientError = {
  is: (...input: unknown[]) => classes[0].is(...input),
  [Symbol.hasInstance]: (error: unknown) => classes.some((one) => error instanceof one),
};

describeClient(
  'a generated SDK',
  (routes, options) => {
    const sdk = load(generateSdk(documentOf(routes)));
    classes.push(sdk.ClientError);
    return sdk.createClient(options);
  },
  ClientError as never,
);
