import { request as send } from 'node:http';

/**
 * Compares a server with what every server must answer; returns the differences as sentences.
 *
 * @param {Record<string, import('./scenarios.mjs').Scenario>} scenarios
 */
export async function differences(port, scenarios) {
  const found = [];
  for (const [key, { exchanges, refusals, bytesIn, bytesOut }] of Object.entries(scenarios)) {
    for (const { request, status, text } of exchanges) {
      const what = `(${key}) ${request.method} ${request.path}`;
      const answer = await ask(port, request);
      if (answer.status !== status) found.push(`${what}: status ${status} expected, got ${answer.status}`);
      else if (answer.text !== text)
        found.push(`${what}: ${text.slice(0, 80)} expected, got ${answer.text.slice(0, 80)}`);
      else if (!answer.type.startsWith('application/json')) found.push(`${what}: got the media type ${answer.type}`);
      if (bytesIn && Buffer.byteLength(request.body) !== bytesIn) found.push(`${what}: sends not ${bytesIn} bytes`);
      if (bytesOut && Buffer.byteLength(text) !== bytesOut) found.push(`${what}: answers not ${bytesOut} bytes`);
    }
    for (const { request, statuses } of refusals) {
      const { status } = await ask(port, request);
      if (statuses.includes(status)) continue;
      found.push(`(${key}) ${request.method} ${request.path}: ${statuses.join(' or ')} expected, got ${status}`);
    }
  }
  return found;
}

/** @returns {Promise<{ status: number, type: string, text: string }>} */
export function ask(port, { method, path, headers, body = '' }) {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': Buffer.byteLength(body) } : {};
    const options = { port, host: '127.0.0.1', method, path, headers: { ...headers, ...length }, timeout: 10_000 };
    const outgoing = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'] ?? '', text }),
      );
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
