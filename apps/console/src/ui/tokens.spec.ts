import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The colours of one scheme, by token. */
function colours(scheme: 'light' | 'dark'): Record<string, string> {
  const [light = '', rest = ''] = css.split(":root[data-mantine-color-scheme='dark']");
  const block = scheme === 'light' ? light : (rest.split('}')[0] ?? '');
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const share = parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const PLAIN = ['canvas', 'surface', 'raised', 'sunken', 'hover', 'selected'];
const ON: Record<string, string[]> = {
  ink: [...PLAIN, 'note', 'own', 'late-soft', 'soon-soft'],
  'ink-2': [...PLAIN, 'own'],
  'ink-3': [...PLAIN, 'own'],
  'accent-ink': [...PLAIN, 'accent-soft', 'own'],
  'note-ink': ['note'],
  late: [...PLAIN, 'late-soft'],
  soon: [...PLAIN, 'soon-soft'],
  good: ['surface', 'raised'],
};

describe.each(['light', 'dark'] as const)('the %s colours', (scheme) => {
  const palette = colours(scheme);
  const pairs = Object.entries(ON).flatMap(([ink, grounds]) =>
    grounds.map((ground) => [ink, ground] as const),
  );

  it.each(pairs)('%s can be read on %s', (ink, ground) => {
    expect(contrast(palette[ink] ?? '', palette[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
