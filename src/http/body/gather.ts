import type { UploadedFile } from '../../action/request.js';
import {
  type FileFault,
  type FileRule,
  type FileRules,
  faultOfCount,
  faultOfSize,
  faultOfType,
  fileError,
  unknownFile,
} from '../../operation/form-files.js';

/** Reads the declared files of a form into memory. The first one that does not fit ends the form: no more of it is read. */
export async function gatherFiles(
  uploads: AsyncIterable<UploadedFile>,
  rules: FileRules,
): Promise<ReadonlyMap<string, readonly File[]>> {
  const gathered = new Map<string, File[]>();
  for await (const upload of uploads) {
    const files = gathered.get(upload.field) ?? [];
    const file = await gather(upload, rules.get(upload.field), files.length);
    if (file) gathered.set(upload.field, [...files, file]);
  }
  return gathered;
}

/** Reads one file. Undefined for the empty part without a name that a browser sends where no file was chosen. */
async function gather(
  { field, filename, mediaType, stream }: UploadedFile,
  rule: FileRule | undefined,
  before: number,
): Promise<File | undefined> {
  const chunks: Buffer<ArrayBuffer>[] = [];
  let size = 0;
  let isChosen = filename !== '';
  const admit = () =>
    refuse(field, rule ? (faultOfCount(rule, before + 1) ?? faultOfType(rule, mediaType)) : unknownFile);
  if (isChosen) admit();
  for await (const chunk of stream) {
    if (!isChosen) admit();
    isChosen = true;
    size += chunk.length;
    refuse(field, rule && faultOfSize(rule, size));
    chunks.push(chunk);
  }
  return isChosen ? new File(chunks, filename, { type: mediaType }) : undefined;
}

function refuse(field: string, fault: FileFault | undefined): void {
  if (fault) throw fileError(field, fault);
}
