/** Writes a doc comment, or nothing for an empty text. Breaks up sequences that would end the comment. */
export function comment(lines: readonly (string | undefined | false)[], indent: string): string {
  const text = lines
    .filter((line): line is string => typeof line === 'string' && line.trim() !== '')
    .flatMap((line) => line.trim().split(/\r\n|[\r\n\u2028\u2029]/))
    .map((line) => line.trimEnd().replaceAll('*/', '*\\/'));
  if (text.length === 0) return '';
  if (text.length === 1) return `${indent}/** ${text[0]} */\n`;
  return `${indent}/**\n${text.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

/** Writes a string literal. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)}'`;
}

/** Writes a property name, quoted if necessary. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** Makes a type name: `TodoGetAll` of `todo.get-all`. It is never a reserved word: these are in lower case. */
export function typeName(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9_$]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Za-z_$]/.test(name) ? name : `_${name}`;
}

/** Compares texts independently of the machine's locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
