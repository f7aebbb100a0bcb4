#!/usr/bin/env node
import { Console } from 'node:console';
import { run } from './run.js';

// What a module says while it is loaded must not get into the output.
globalThis.console = new Console(process.stderr);

void run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // A server or a timer of the module would keep us here for ever. Without one, the process ends before this.
  setTimeout(() => process.exit(), 1000).unref();
});
