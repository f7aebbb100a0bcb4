import { api, failOnUncaught } from './operation.js';

failOnUncaught();

/** A web stream whose source is always ready, and never gives a byte. */
function emptyChunks(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) });
}

it('lets the time limit end a body of endless empty chunks', async () => {
  const { fusio } = api({ method: 'POST', body: {}, timeoutMs: 50, action: () => 1 });
  const headers = { 'content-type': 'application/json' };
  const init: RequestInit = { method: 'POST', headers, body: emptyChunks(), duplex: 'half' };

  const response = await fusio.fetch(new Request('http://x/it', init));

  // The time limits of the body and of the call are the same here.
  expect(await response.json()).toMatchObject({ code: expect.stringMatching(/^(BODY|ACTION)_TIMEOUT$/) });
});

it('lets the time limit end an answer of endless empty chunks', async () => {
  const { fusio } = api({ timeoutMs: 50, response: 'text/plain', action: emptyChunks });

  const response = await fusio.fetch(new Request('http://x/it'));

  expect(await response.json()).toMatchObject({ status: 504, code: 'ACTION_TIMEOUT' });
});
