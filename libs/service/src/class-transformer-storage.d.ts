/** The types that class-transformer ships for this file stand elsewhere in its package. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
