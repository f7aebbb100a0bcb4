// The options are in package.json; what they cannot say is here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const { tsup } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * The types of an ES module are those of the CommonJS one: declared twice, they would be two types, and a client in ES modules could not
 * use the types of a server in CommonJS. A declaration of CommonJS cannot take them from an ES module.
 */
async function writeTypesOfModules() {
  for (const name of Object.keys(tsup.entry)) {
    const path = `dist/${name}.d.ts`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export * from './${name.split('/').at(-1)}.cjs';\n`);
  }
}

export default [
  { ...tsup, dts: false, onSuccess: writeTypesOfModules },
  { ...tsup, format: ['cjs'], clean: false, dts: { ...tsup.dts, only: true } },
];
