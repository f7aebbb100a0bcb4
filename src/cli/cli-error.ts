/** What the person at the command line did wrong, or what went wrong with a source. */
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
