import { createFusio } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';

afterEach(closeAll);

it('rejects, and does not throw, where events are not available yet', async () => {
  const fusio = createFusio({ logger: false });

  await expect((fusio.dispatch as (event: string) => Promise<string>)('x')).rejects.toMatchObject({
    code: 'NOT_AVAILABLE',
  });
});
