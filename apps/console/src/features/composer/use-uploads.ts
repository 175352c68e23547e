import type { UploadView } from '@tributary/contracts';
import { useEffect, useRef, useState } from 'react';
import { MAX_UPLOAD_BYTES, upload } from '../../api/uploads.js';
import { ApiError } from '../../api/http.js';

/** A file on its way up. */
export interface RunningUpload {
  readonly key: string;
  readonly file: File;
  /** 0 to 1. */
  readonly share: number;
  readonly error: unknown;
}

/** Uploads files beside the writing; `onDone` gets each as it is stored. */
export function useUploads(onDone: (stored: UploadView) => void) {
  const [running, setRunning] = useState<readonly RunningUpload[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  const latest = useRef(onDone);
  useEffect(() => {
    latest.current = onDone;
  });
  useEffect(() => {
    const all = aborts.current;
    return () => all.forEach((abort) => abort.abort());
  }, []);

  const set = (key: string, fields: Partial<RunningUpload>): void =>
    setRunning((now) => now.map((each) => (each.key === key ? { ...each, ...fields } : each)));
  const drop = (key: string): void => {
    aborts.current.get(key)?.abort();
    aborts.current.delete(key);
    setRunning((now) => now.filter((each) => each.key !== key));
  };
  const start = async (key: string, file: File): Promise<void> => {
    const abort = new AbortController();
    aborts.current.set(key, abort);
    set(key, { share: 0, error: null });
    try {
      if (file.size > MAX_UPLOAD_BYTES) throw new ApiError('UPLOAD_TOO_LARGE', 413, null);
      const stored = await upload(file, (share) => set(key, { share }), abort.signal);
      drop(key);
      latest.current(stored);
    } catch (error) {
      set(key, { error });
    }
  };
  const add = (files: Iterable<File>): void => {
    for (const file of files) {
      const key = crypto.randomUUID();
      setRunning((now) => [...now, { key, file, share: 0, error: null }]);
      void start(key, file);
    }
  };
  const repeat = ({ key, file }: RunningUpload): void => void start(key, file);
  return { running, add, drop, repeat };
}
