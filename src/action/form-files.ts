/** One file of a form, declared by name: `files: { cover: { required: true, mediaTypes: ['image/png', 'image/jpeg'] } }`. */
export interface FormFile {
  /** Text for the documents. */
  readonly description?: string;
  /** Whether a form without it is refused, with 400 (`REQUEST_INVALID`). Default: false. */
  readonly required?: boolean;
  /** Media types that are taken: `image/png`, or `image/*` for all of a kind. Any other gets 415. The client states it. Default: all. */
  readonly mediaTypes?: readonly string[];
  /** Bytes of one file; more get 413 (`FORM_TOO_LARGE`). It is kept in memory. Default: 10 MiB. */
  readonly maxBytes?: number;
  /** How many files may come under the name. Default: 1. With more the action gets an array. */
  readonly maxCount?: number;
}

/** The files of a form by the names of their fields. */
export interface FormFiles {
  readonly [name: string]: FormFile;
}

/** The files of an operation, or undefined where it declares none. */
export type FilesSlot = FormFiles | undefined;

/** Whether there may be several. `boolean` where the number is known at run time only. */
type IsMany<F> = F extends { readonly maxCount: infer Count extends number }
  ? Count extends 1
    ? false
    : number extends Count
      ? boolean
      : true
  : false;

/** Files as an action gets them. */
export type FilesOf<F> = {
  -readonly [Name in keyof F]: IsMany<F[Name]> extends infer Many
    ? Many extends true
      ? File[]
      : F[Name] extends { readonly required: true }
        ? File
        : File | undefined
    : never;
};

type Given<F> = IsMany<F> extends infer Many ? (Many extends true ? readonly Blob[] : Blob) : never;

/** Files as a caller gives them: a `File`, or a `Blob` without a name. */
export type FilesInput<F> = {
  readonly [Name in keyof F as F[Name] extends { readonly required: true } ? Name : never]: Given<F[Name]>;
} & {
  readonly [Name in keyof F as F[Name] extends { readonly required: true } ? never : Name]?: Given<F[Name]> | undefined;
};
