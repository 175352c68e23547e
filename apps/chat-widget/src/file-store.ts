const NAME = 'tributary-chat';
const STORE = 'files';

/**
 * Files of messages that are not sent yet, in the browser's database, so that they outlive a reload. Where the page has
 * none they live as long as the page.
 */
export class FileStore {
  readonly #memory = new Map<string, readonly File[]>();

  async put(clientId: string, files: readonly File[]): Promise<void> {
    this.#memory.set(clientId, files);
    await this.#do('readwrite', (store) => store.put(files, clientId)).catch(() => undefined);
  }

  /** @returns undefined when they are gone. */
  async get(clientId: string): Promise<readonly File[] | undefined> {
    const known = this.#memory.get(clientId);
    if (known) return known;
    return this.#do<readonly File[] | undefined>('readonly', (store) => store.get(clientId)).catch(
      () => undefined,
    );
  }

  async remove(clientId: string): Promise<void> {
    this.#memory.delete(clientId);
    await this.#do('readwrite', (store) => store.delete(clientId)).catch(() => undefined);
  }

  async #do<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await open();
    try {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
      });
      return request.result;
    } finally {
      database.close();
    }
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no database'));
  });
}
