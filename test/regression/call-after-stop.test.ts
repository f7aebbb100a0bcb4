import { createFusio } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it('refuses a call in process that comes after stop()', async () => {
  const fusio = createFusio({ logger: false });
  const one = fusio.operation({ ...open, name: 'one', path: '/one', action: () => 1 });
  await fusio.stop();

  await expect(fusio.call(one)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
});
