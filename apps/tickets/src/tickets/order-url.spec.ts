import { describe, expect, it } from '@jest/globals';
import { orderUrl } from './order-url.js';

describe('the address of an order', () => {
  it.each([
    [
      'https://shop.example.com/orders/{order}',
      '20261124000187',
      'https://shop.example.com/orders/20261124000187',
    ],
    ['https://shop.example.com/?q={order}&b={order}', 'A-1', 'https://shop.example.com/?q=A-1&b=A-1'],
    ['https://shop.example.com/{order}', 'a/../b?c#d', 'https://shop.example.com/a%2F..%2Fb%3Fc%23d'],
    ['https://shop.example.com/{order}', '$&', 'https://shop.example.com/%24%26'],
  ])('is %s for %s', (link, order, expected) => {
    expect(orderUrl(link, order)).toBe(expected);
  });

  it.each([
    [null, 'A-1'],
    ['https://shop.example.com/{order}', undefined],
    ['javascript:alert({order})', '1'],
    ['orders/{order}', '1'],
    ['https://shop.example.com/{order}', '\ud800'],
  ])('is none of %s and %s', (link, order) => {
    expect(orderUrl(link, order)).toBeNull();
  });
});
