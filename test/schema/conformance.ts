/**
 * What the official JSON-Schema-Test-Suite finds: figures and exceptions, as docs/reference/schemas.md shows them.
 * The suite's test fails when something else fails, and when a pinned case passes.
 */

/** Draft and folder of the suite → cases that pass, of how many. */
export const figures: Readonly<Record<string, readonly [passed: number, of: number]>> = {
  draft7: [927, 927],
  'draft2020-12': [1279, 1299],
  'draft7/optional/format': [675, 676],
  'draft2020-12/optional/format': [763, 764],
};

/** Reason → cases, as `draft/file | group | test`. */
export const exceptions: Readonly<Record<string, readonly string[]>> = {
  'A format is checked, which is what an API wants; for draft 2020-12 it is "only an annotation by default".': [
    'email',
    'idn-email',
    'regex',
    'ipv4',
    'ipv6',
    'idn-hostname',
    'hostname',
    'date',
    'date-time',
    'time',
    'json-pointer',
    'relative-json-pointer',
    'iri',
    'iri-reference',
    'uri',
    'uri-reference',
    'uri-template',
    'uuid',
    'duration',
  ].map(
    (format) =>
      `draft2020-12/format.json | ${format} format | invalid ${format} string is only an annotation by default`,
  ),
  'All keywords always count, also those of a vocabulary that the metaschema leaves out.': [
    'draft2020-12/vocabulary.json | schema that uses custom metaschema with with no validation vocabulary | no validation: invalid number, but it still validates',
  ],
  'typebox reads the "v" of an IPvFuture host (RFC 3986, 3.2.2) in lower case only.': [
    'draft7/optional/format/iri.json | validation of IRIs | an IPvFuture host with an uppercase version letter is valid',
    'draft2020-12/optional/format/iri.json | validation of IRIs | an IPvFuture host with an uppercase version letter is valid',
  ],
};
