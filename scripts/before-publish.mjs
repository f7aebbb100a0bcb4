// Run by `npm publish`: npm resolves the links of the README against the repository, and takes `homepage` and `bugs` from it.
import { readFileSync } from 'node:fs';

const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
if (!repository) {
  console.error('package.json: add "repository": { "type": "git", "url": "git+https://…" }; the links on npm need it');
  process.exit(1);
}
