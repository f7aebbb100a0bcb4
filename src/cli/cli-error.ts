/** Error of the command line: a wrong argument, or a source that cannot be read. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
  }
}
