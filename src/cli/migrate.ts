import { CliError } from './cli-error.js';
import { fusioOf, withModule } from './module.js';

/** Migrates the tables of the fusio that a module exports, and tells what was done; with `dryRun`, gives the SQL alone. */
export function migrate(source: string, dryRun: boolean): Promise<string> {
  return withModule(source, async (exports) => {
    const fusio = fusioOf(exports, source);
    if (!fusio.migrate) throw new CliError(`the fusio of ${source} is of a version without migrate()`, 1);
    const steps = await fusio.migrate({ dryRun });
    if (steps.length === 0) return dryRun ? '' : 'the tables are of the newest version\n';
    return steps
      .map(({ version, name, statements }) => {
        return dryRun ? sqlOf(`${version} ${name}`, statements) : `migrated to version ${version}: ${name}\n`;
      })
      .join('');
  });
}

function sqlOf(title: string, statements: readonly string[]): string {
  return [`-- ${title}`, ...statements.map((statement) => `${statement};`), ''].join('\n');
}
