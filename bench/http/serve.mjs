// Runs one server of a folder: `serve.mjs <file> <port> <options as JSON>`.
const [file, port, options] = process.argv.slice(2);
const { start } = await import(file);

process.on('message', ({ question }) => {
  // Where there is no /proc: the process says what it used, in ns.
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: (user + system) * 1000 });
  }
});
process.once('disconnect', () => process.exit());

await start(Number(port), JSON.parse(options));
process.send({ ready: true });
