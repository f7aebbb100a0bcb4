import { createFusio } from '../../src/index.js';

it('lets other work run while a generator of events never waits', async () => {
  let sent = 0;
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'flood',
    method: 'GET',
    path: '/flood',
    public: true,
    response: 'text/event-stream',
    async *action() {
      for (; sent < 5_000; sent++) yield sent;
    },
  });
  const answer = await fusio.fetch(new Request('http://x/flood'));
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);

  const text = await answer.text();
  isOver = true;

  expect(text.match(/^data: /gm)).toHaveLength(5_000);
  expect(turns).toBeGreaterThan(50);
  await fusio.stop();
});
