#!/usr/bin/env node
import { Console } from 'node:console';
import { run } from './run.js';

// A module may print while it is loaded. That must not mix with the output of the command.
globalThis.console = new Console(process.stderr);

void run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // A server or a timer of the module would keep the process alive. Without one, the process ends before this timer.
  setTimeout(() => process.exit(), 1000).unref();
});
