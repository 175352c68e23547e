export interface FormFile {
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface MultipartForm {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * A form as RFC 7578 writes it.
 *
 * @param boundary nothing that can stand in the content: 70 characters at most.
 */
export function multipartForm(
  fields: Readonly<Record<string, string>>,
  files: readonly FormFile[],
  boundary: string,
): MultipartForm {
  const parts = [
    ...Object.entries(fields).map(([name, value]) => [
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ]),
    ...files.map(({ field, name, contentType, content }) => [
      `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${quoted(name)}"\r\n` +
        `content-type: ${oneLine(contentType)}\r\n\r\n`,
      content,
      '\r\n',
    ]),
    [`--${boundary}--\r\n`],
  ];
  const chunks = parts
    .flat()
    .map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(chunks) };
}

/** As browsers escape a file's name (HTML standard, multipart form data). */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function oneLine(value: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(value) ? value : 'application/octet-stream';
}
