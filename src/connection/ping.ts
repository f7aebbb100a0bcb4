import { upstreamAnswer } from './failure.js';
import { within } from './within.js';

export interface PingResult {
  readonly status: 'ok' | 'down';
  readonly ms?: number;
  readonly error?: string;
}

/** Runs one ping against the clock and says how it went. Never rejects. */
export async function pingClient(reach: () => Promise<void>, timeoutMs: number): Promise<PingResult> {
  const startedAt = performance.now();
  try {
    if (!(await within(timeoutMs, reach()))) return { status: 'down', error: `no answer within ${timeoutMs} ms` };
    return { status: 'ok', ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  } catch (error) {
    return { status: 'down', error: reasonOf(error) };
  }
}

// Health is read by strangers, and messages of drivers name hosts, ports, users and URIs: only a code or a class name goes out.
function reasonOf(error: unknown): string {
  const answer = upstreamAnswer(error);
  if (answer?.status !== undefined) return `HTTP ${answer.status}`;
  try {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code)) return code;
    if (typeof name === 'string' && name !== 'Error' && /^[A-Za-z]\w{0,63}$/.test(name)) return name;
  } catch {
    // Something that cannot even be read was thrown.
  }
  return 'failed';
}
