import { notByName, type OptionRule } from '../base/option.js';

/** Option `connections`. Each connection is checked when it is added. Default: none. */
export const connectionsOption: OptionRule<unknown> = {
  schema: {},
  check: (connections) => notByName('connections', connections),
};
