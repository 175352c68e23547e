import { describe, expect, it } from '@jest/globals';
import { median, percentile, perSecond, rounded } from './figures.js';

describe('figures', () => {
  it('take the middle one, whatever the order, and the lower of two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 3])).toBe(3);
  });

  it('take the value that so many in a hundred do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([50, 95, 99, 100].map((rank) => percentile(values, rank))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 99)).toBe(7);
  });

  it('are refused where there are none', () => {
    expect(() => median([])).toThrow('no figures');
  });

  it('are rates a second', () => {
    expect(perSecond(3000, 2000)).toBe(1500);
  });

  it('are shown without digits that mean nothing', () => {
    expect([1234.56, 99.456, 0.123_456].map(rounded)).toEqual([1235, 99.5, 0.123]);
  });
});
