// One process, one server, several variants of one handler: `switch-server.mjs <port> <module> <group> <block>`.
// The server changes the variant every <block> requests and books its own CPU time to the variant that answered them,
// so that drift of the machine hits all variants alike. The module exports `makeVariants(group)`, and
// `makeServer(variants, listener)` where a plain server is not what they are for.
import { createServer } from 'node:http';
import { shuffle } from '../statistics.mjs';

const [port, module, group, block] = process.argv.slice(2);
const requestsPerBlock = Number(block);

const { makeVariants, makeServer = (_variants, listener) => createServer(listener) } = await import(module);
/** @type {{ name: string, handler: import('node:http').RequestListener }[]} */
const variants = await makeVariants(group);

let cycle = [];
let order = shuffle(variants.keys());
let place = 0;
let current = variants[order[0]];
let left = requestsPerBlock;
let mark = usedUs();
/** One array of CPU µs a request for each cycle, in the order of the variants. */
let cycles = [];

function answer(request, response) {
  current.handler(request, response);
  // Afterwards: the next request is made, and answered, by one variant.
  if (--left === 0) change();
}

const server = makeServer(variants, answer, () => current);
server.listen(Number(port), '127.0.0.1', () => process.send({ ready: true, names: variants.map(({ name }) => name) }));

process.on('message', ({ question, variant }) => {
  if (question === 'cycles') process.send({ cycles });
  if (question === 'reset') {
    cycles = [];
    process.send({ done: true });
  }
  // For the comparison before the measurement: only this variant answers.
  if (question === 'only') {
    current = variants[variant];
    left = Number.POSITIVE_INFINITY;
    process.send({ done: true });
  }
  if (question === 'all') {
    left = 1;
    place = 0;
    cycle = [];
    mark = usedUs();
    process.send({ done: true });
  }
});
process.once('disconnect', () => process.exit());

function change() {
  const now = usedUs();
  cycle[order[place]] = (now - mark) / requestsPerBlock;
  if (++place === order.length) {
    cycles.push(cycle);
    cycle = [];
    order = shuffle(variants.keys());
    place = 0;
  }
  current = variants[order[place]];
  left = requestsPerBlock;
  mark = usedUs();
}

function usedUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
