/**
 * Where an order is looked up, by the inbox's link; null where there is no order or no link. The order came from a
 * customer: it fills its place in the address and cannot change any other part.
 */
export function orderUrl(link: string | null, order: string | undefined): string | null {
  if (!link || !order) return null;
  try {
    const { protocol, href } = new URL(link.trim().replaceAll('{order}', () => encodeURIComponent(order)));
    return protocol === 'https:' || protocol === 'http:' ? href : null;
  } catch {
    return null;
  }
}
