// Actions that are no functions in place: a class, a configured action, an action with a name. No Express.
import type { AddressInfo } from 'node:net';
import { type ActionRequest, type AnyContext, createFusio, defineAction, Type } from 'fusio';

const Invoice = Type.Object({ number: Type.String({ pattern: '^[0-9]{4}$' }), total: Type.Number({ minimum: 0 }) });
const Sent = Type.Object({ number: Type.String(), from: Type.String() });

/** A class with `handle`: its constructor takes what it needs. */
class SendInvoice {
  readonly from: string;

  constructor(from: string) {
    this.from = from;
  }

  async handle({ body }: ActionRequest<{ body: typeof Invoice }>, { log }: AnyContext) {
    log.info({ number: body.number }, 'an invoice is sent');
    return { number: body.number, from: this.from };
  }
}

/** A configured action: the configuration is checked when the operation is registered, not when it is called. */
const convert = defineAction({
  name: 'convert',
  configuration: Type.Object({ currency: Type.String(), rate: Type.Number({ exclusiveMinimum: 0 }) }),
  body: Invoice,
  handle: ({ body }, { currency, rate }) => ({ currency, total: Math.round(body.total * rate * 100) / 100 }),
});

const Converted = Type.Object({ currency: Type.String(), total: Type.Number() });

const fusio = createFusio();

fusio.operation({
  name: 'invoice.send',
  method: 'POST',
  path: '/invoice/send',
  public: true,
  body: Invoice,
  response: Sent,
  action: new SendInvoice('billing@example.com'),
});

fusio.operation({
  name: 'invoice.dollars',
  method: 'POST',
  path: '/invoice/dollars',
  public: true,
  body: Invoice,
  response: Converted,
  action: convert({ currency: 'USD', rate: 1.25 }),
});

fusio.operation({
  name: 'invoice.yen',
  method: 'POST',
  path: '/invoice/yen',
  public: true,
  body: Invoice,
  response: Converted,
  action: convert({ currency: 'JPY', rate: 160 }),
});

// An action with a name: operations elsewhere take it by its handle, or by its name.
fusio.action('invoice.remind', new SendInvoice('reminders@example.com'));

fusio.operation({
  name: 'invoice.remind',
  method: 'POST',
  path: '/invoice/remind',
  public: true,
  body: Invoice,
  response: Sent,
  action: 'invoice.remind',
});

await fusio.start();

const server = fusio.createServer().listen(process.env.PORT ?? 3000, () => {
  console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
  });
}
