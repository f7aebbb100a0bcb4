import { request as send } from 'node:http';

const get = (path, headers) => ({ method: 'GET', path, headers });
const post = (path, body) => ({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body });

const probes = [
  get('/probe?a=1&b[c]=2', { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' }),
  get('/probe', { 'x-forwarded-for': '203.0.113.7, 10.0.0.1', 'x-forwarded-proto': 'https' }),
  get('/probe/greeting', { 'x-name': 'reader' }),
  get('/probe/send'),
  get('/probe/redirect'),
  get('/probe/cookie'),
  get('/probe/error'),
  get('/probe/%E0%A4%A'),
  { method: 'HEAD', path: '/probe' },
  { method: 'OPTIONS', path: '/probe' },
  post('/probe/body', '{"a":[1,2,3]}'),
  post('/probe/body', '{"a":'),
  post('/probe/stream', 'x'.repeat(100_000)),
  get('/inner/facts?x=1'),
  get('/inner/after'),
  get('/inner/nothing'),
  get('/own25/42'),
  get('/nothing-here'),
  // The path of an operation with another method is still the host's.
  post('/things1', '{}'),
];

/** Everything that a client sees of the probes, in order. */
export async function probe(port) {
  const answers = [];
  for (const { method, path, headers, body } of probes) {
    answers.push({ probe: `${method} ${path}`, ...(await ask(port, { method, path, headers, body })) });
  }
  return answers;
}

/** How two hosts differ, as sentences. */
export function differences(wanted, found) {
  return wanted.flatMap((one, index) => {
    const other = found[index];
    return Object.keys(one)
      .filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]))
      .map(
        (key) =>
          `${one.probe}: ${key}: ${JSON.stringify(one[key])} without fusio, ${JSON.stringify(other[key])} with it`,
      );
  });
}

function ask(port, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': Buffer.byteLength(body) } : {};
    // A fixed name for the host: ports differ.
    const fields = { host: 'bench.example', ...headers, ...length };
    const options = { port, host: '127.0.0.1', method, path, headers: fields, timeout: 10_000, agent: false };
    const outgoing = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const { date, ...rest } = response.headers;
        resolve({ status: response.statusCode, message: response.statusMessage, headers: rest, text });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
