import { fits, type Step } from './walkthrough.js';

/** Performs the steps in their order; gives a line for each answer that is not the README's. */
export async function perform(steps: readonly Step[], url: string): Promise<string[]> {
  const surprises: string[] = [];
  let cookies = '';
  for (const step of steps) {
    const response = await fetch(url + step.path, {
      method: step.method,
      headers: { ...step.headers, ...(step.sendsCookies && { cookie: cookies }) },
      ...(step.body !== undefined && { body: step.body }),
    });
    const text = await response.text();
    if (step.keepsCookies) cookies = response.headers.getSetCookie().map(pairOf).join('; ');
    const isWhole = response.status < 300;
    const isAnswered = step.answer === undefined || fits(step.answer, parse(text), isWhole);
    if (response.status !== step.status || !isAnswered) surprises.push(`${step.command}\n${response.status} ${text}`);
  }
  return surprises;
}

function pairOf(cookie: string): string {
  return cookie.split(';', 1)[0] ?? '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
