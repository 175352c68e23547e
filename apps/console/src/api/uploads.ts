import type { UploadView } from '@tributary/contracts';
import { refusalOf } from './http.js';

/** Largest file the API takes: 20 MB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

/** Uploads one file and tells its progress from 0 to 1. By XMLHttpRequest, for fetch tells none. */
export function upload(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadView> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const body = new FormData();
    body.append('file', file);
    call.open('POST', '/api/uploads');
    call.setRequestHeader('accept', 'application/json');
    call.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    call.addEventListener('load', () => {
      if (call.status < 200 || call.status > 299) return reject(refusalOf(call.status, call.responseText));
      try {
        resolve(JSON.parse(call.responseText) as UploadView);
      } catch {
        reject(refusalOf(call.status, ''));
      }
    });
    call.addEventListener('error', () => reject(refusalOf(0, '')));
    signal.addEventListener('abort', () => call.abort());
    call.send(body);
  });
}
