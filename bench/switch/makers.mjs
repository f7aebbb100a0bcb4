import { createServer } from 'node:http';

/** The constructors with which a server makes its requests and responses: Node keeps them in fields of these names. */
export function makersOf(server) {
  const fields = Object.getOwnPropertySymbols(server);
  const of = (name) => server[fields.find(({ description }) => description === name)];
  return { Request: of('IncomingMessage'), Response: of('ServerResponse') };
}

/** A server that makes each request and response as the variant of the moment does. */
export function serverOf(current, options, listener) {
  function IncomingMessage(socket) {
    return new (current().Request)(socket);
  }
  function ServerResponse(request, options) {
    return new (current().Response)(request, options);
  }
  return createServer({ IncomingMessage, ServerResponse, ...options }, listener);
}
