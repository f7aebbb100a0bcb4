// Loaded before every test file (package.json, "jest"): each answer of each fusio that a test makes is held against its own document.
import { watchAnswers } from '../../src/testing/answers.js';

const problems: string[] = [];

jest.mock('../../src/fusio/create-fusio.js', () => {
  const real = jest.requireActual('../../src/fusio/create-fusio.js');
  return {
    ...real,
    createFusio: (options: unknown) => watchAnswers(real.createFusio(options), (problem) => problems.push(problem)),
  };
});

/** The problems so far, for a test that means to break its contract: they count no more. */
export function takeProblems(): string[] {
  return problems.splice(0);
}

afterEach(() => {
  const found = takeProblems();
  if (found.length > 0) throw new Error(`answers that the document does not promise:\n${found.join('\n')}`);
});
