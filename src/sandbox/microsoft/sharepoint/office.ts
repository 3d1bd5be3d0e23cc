const OFFICE = /\.(docx|docm|dotx|xlsx|xlsm|pptx|pptm)$/i;
const END_OF_DIRECTORY = 0x06054b50;
const END_SIZE = 22;

/**
 * What SharePoint makes of an uploaded file. It writes its own properties into Office files ("property promotion"), so
 * that size and hash differ from what was sent; here a comment is added to the ZIP, which leaves the document valid. All
 * other files, and Office names on something that is no ZIP, stay as sent.
 */
export function asStored(name: string, bytes: Buffer, guid: string): Buffer {
  if (!OFFICE.test(name) || bytes.length < END_SIZE) return bytes;
  const end = bytes.length - END_SIZE;
  if (bytes.readUInt32LE(end) !== END_OF_DIRECTORY || bytes.readUInt16LE(end + 20) !== 0) return bytes;
  const comment = Buffer.from(`SharePoint ${guid}`);
  const stored = Buffer.concat([bytes, comment]);
  stored.writeUInt16LE(comment.length, end + 20);
  return stored;
}

const TYPES: Readonly<Record<string, string>> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  pdf: 'application/pdf',
  md: 'text/markdown',
  txt: 'text/plain',
  json: 'application/json',
  csv: 'text/csv',
};

/** SharePoint tells the type by the name, whatever the upload said. */
export function mimeType(name: string): string {
  return TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
