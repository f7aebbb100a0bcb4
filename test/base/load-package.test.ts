import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPackage } from '../../src/base/load-package.js';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fusio-load-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

/** A package beside the app, which fusio finds though it is not beside fusio. */
function install(name: string, version: string, code: string): void {
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version }));
  writeFileSync(join(place, 'index.js'), code);
}

describe('loadPackage', () => {
  it('names the package that is missing, and what to type', () => {
    expect(() => loadPackage({ by: 'thing()', name: 'no-such-thing', orElse: ', or do without' })).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_MISSING',
        message: 'thing() needs the package "no-such-thing": npm install no-such-thing, or do without',
      }),
    );
  });

  it('finds a package beside the app', () => {
    install('our-thing', '1.0.0', 'module.exports = { works: true };');

    expect(loadPackage({ by: 'thing()', name: 'our-thing' })).toEqual({ works: true });
  });

  it.each(['3.9.9', '2.99.0', '3.16.4'])('refuses version %s where 3.17 is needed', (version) => {
    install('old-thing', version, '');

    expect(() => loadPackage({ by: 'thing()', name: 'old-thing', atLeast: '3.17' })).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_MISSING',
        message: `thing() needs the package "old-thing" of version 3.17 or later, found ${version}: npm install old-thing@latest`,
      }),
    );
  });

  it.each(['3.17.0', '3.100.0', '4.0.0-beta.1'])('takes version %s where 3.17 is needed', (version) => {
    install('new-thing', version, 'module.exports = 1;');

    expect(loadPackage({ by: 'thing()', name: 'new-thing', atLeast: '3.17' })).toBe(1);
  });

  it('tells a package that is broken from one that is missing', () => {
    install('broken-thing', '1.0.0', 'require("@broken/native-part");');

    expect(() => loadPackage({ by: 'thing()', name: 'broken-thing' })).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_MISSING',
        message: expect.stringMatching(
          /^thing\(\): the package "broken-thing" is installed and does not load: Cannot find module '@broken/,
        ),
      }),
    );
  });
});
