import { groupOf } from '../base/option.js';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** The media type `multipart/form-data` as an entry of `consumes`, with the limits of the form. */
export interface MultipartOptions {
  /** The media type of forms with files (RFC 7578). */
  readonly type: 'multipart/form-data';
  /** How many files a form may have. Default: 10. */
  readonly maxFiles?: number;
  /** Bytes of one file. Default: 10 MiB. */
  readonly maxFileBytes?: number;
  /** How many fields a form may have, beside its files. Default: 100. */
  readonly maxFields?: number;
  /** Bytes of one field. Default: 64 KiB. */
  readonly maxFieldBytes?: number;
}

/** The limits of a form. */
export type MultipartLimits = Required<Omit<MultipartOptions, 'type'>>;

const defaults = {
  maxFiles: 10,
  maxFileBytes: 10 * mebibyte,
  maxFields: 100,
  maxFieldBytes: 64 * kibibyte,
} satisfies MultipartLimits;

/** The default of `maxBodyBytes` for a form, in place of that of other bodies. */
export const multipartMaxBodyBytes = 100 * mebibyte;

const limit = { type: 'integer', minimum: 0 };
const properties = {
  type: { const: 'multipart/form-data' },
  maxFiles: limit,
  maxFileBytes: limit,
  maxFields: limit,
  maxFieldBytes: limit,
} satisfies Record<keyof MultipartOptions, object>;
export const multipartSchema = { ...groupOf(properties), required: ['type'] };

/** Fills in the defaults of the limits that an operation does not set. */
export function multipartLimits(given: Partial<MultipartLimits> = {}): MultipartLimits {
  return {
    maxFiles: given.maxFiles ?? defaults.maxFiles,
    maxFileBytes: given.maxFileBytes ?? defaults.maxFileBytes,
    maxFields: given.maxFields ?? defaults.maxFields,
    maxFieldBytes: given.maxFieldBytes ?? defaults.maxFieldBytes,
  };
}
