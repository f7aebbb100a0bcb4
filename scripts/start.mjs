// `npm start`: sets up what is missing, then starts the example API on an embedded SQLite file.
import { build, install, run } from './prepare.mjs';

install();
build();
run(process.execPath, ['examples/quick-start/main.mjs']);
