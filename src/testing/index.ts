export { checkAnswer, type Exchange, watchAnswers } from './answers.js';
export { type FakeClock, fakeClock } from './clock.js';
export { type ContractOptions, type ContractReport, checkContract } from './contract.js';
export { createReceiver, type Received, type Receiver } from './receiver.js';
