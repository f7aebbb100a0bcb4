import { notByName, type OptionRule } from '../base/option.js';

/** String formats by name: whether a text is of the format. */
export type FormatsOption = Readonly<Record<string, (value: string) => boolean>>;

/** The option `formats`. Default: the built-in formats alone. */
export const formatsOption: OptionRule<Readonly<Record<string, unknown>>> = {
  schema: {},
  check(formats) {
    const fault = notByName('formats', formats);
    if (fault !== undefined) return fault;
    const wrong = Object.keys(formats).find((name) => typeof formats[name] !== 'function');
    return wrong === undefined ? undefined : `formats.${wrong} must be a function of a text`;
  },
};
