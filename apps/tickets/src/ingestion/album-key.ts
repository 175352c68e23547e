/** Names an album: the provider's mark of one is unique only to its sender and inbox. */
export function albumKey(
  inboxId: string,
  from: { readonly kind: string; readonly value: string },
  album: string,
): string {
  return JSON.stringify([inboxId, from.kind, from.value, album]);
}
