import { within } from '../base/within.js';
import { upstreamAnswer } from './failure.js';

export interface PingResult {
  readonly status: 'ok' | 'down';
  readonly ms?: number;
  readonly error?: string;
}

/** Pings once, with a time limit, and gives the result as a check. Never rejects. */
export async function pingClient(reach: () => Promise<void>, timeoutMs: number): Promise<PingResult> {
  const startedAt = performance.now();
  try {
    if (!(await within(timeoutMs, reach()))) return { status: 'down', error: `no answer within ${timeoutMs} ms` };
    return { status: 'ok', ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  } catch (error) {
    return { status: 'down', error: reasonOf(error) };
  }
}

// Anyone may read the health, and messages of drivers contain hosts, ports, users and URIs: only a code or a class name is shown.
function reasonOf(error: unknown): string {
  const answer = upstreamAnswer(error);
  if (answer?.status !== undefined) return `HTTP ${answer.status}`;
  try {
    const { code, name }: { code?: unknown; name?: unknown } = Object(error);
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code)) return code;
    if (typeof name === 'string' && name !== 'Error' && /^[A-Za-z]\w{0,63}$/.test(name)) return name;
  } catch {
    // Reading the thrown value may throw as well, for example if it is a revoked proxy.
  }
  return 'failed';
}
