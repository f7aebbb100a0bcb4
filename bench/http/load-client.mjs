// The load generator where `wrk` is missing: reads its task as JSON, sends for a bounded time, prints what came back.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { quantile } from '../statistics.mjs';

const { port, requests, durationMs, connections } = JSON.parse(await text(process.stdin));
const messages = requests.map(render);
const end = performance.now() + durationMs;
const times = [];
let turn = 0;
let refused = 0;
let broken = 0;

await Promise.all(Array.from({ length: connections }, runConnection));
process.stdout.write(
  JSON.stringify({
    requests: times.length,
    refused,
    broken,
    p50Ms: times.length ? quantile(times, 0.5) : 0,
    p99Ms: times.length ? quantile(times, 0.99) : 0,
  }),
);

/** One request after the other on one connection until the time is up. */
function runConnection() {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, send);
    let received = '';
    let sentAt = 0;
    socket.setEncoding('latin1');
    // A server that stops answering must not keep the bench.
    socket.setTimeout(durationMs + 10_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      received += chunk;
      const status = finishedStatus(received);
      if (status === undefined) return;
      received = '';
      times.push(performance.now() - sentAt);
      if (status >= 300) refused++;
      if (performance.now() < end) send();
      else socket.destroy();
    });
    socket.on('error', () => broken++);
    socket.on('close', resolve);

    function send() {
      sentAt = performance.now();
      socket.write(messages[turn++ % messages.length]);
    }
  });
}

/** The status of an answer that is complete. */
function finishedStatus(received) {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd + 2));
  const isDone = length ? received.length >= headEnd + 4 + Number(length[1]) : received.endsWith('\r\n0\r\n\r\n');
  return isDone ? Number(received.slice(9, 12)) : undefined;
}

function render({ method, path, headers, body = '' }) {
  const fields = { host: `127.0.0.1:${port}`, accept: 'application/json', 'user-agent': 'bench', ...headers };
  if (body) fields['content-length'] = Buffer.byteLength(body);
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
