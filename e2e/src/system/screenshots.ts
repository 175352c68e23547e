import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** How a person may meet the pages. */
export interface Appearance {
  readonly locale: 'en' | 'zh-CN';
  readonly colorScheme: 'light' | 'dark';
  /** CSS pixels; 390 is a phone. */
  readonly width: 1440 | 390;
}

export const APPEARANCES: readonly Appearance[] = (['en', 'zh-CN'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    ([1440, 390] as const).map((width) => ({ locale, colorScheme, width })),
  ),
);

/** What axe found, as a person would go and look for it. */
export interface AxeViolation {
  readonly rule: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

const FOLDER = fileURLToPath(new URL('../../screenshots/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A browser of its own for one appearance; axe needs to run where the pages' policy forbids it. */
export function openContext(browser: Browser, appearance: Appearance): Promise<BrowserContext> {
  const { locale, colorScheme, width } = appearance;
  return browser.newContext({
    ...{ locale, colorScheme, bypassCSP: true, reducedMotion: 'reduce', timezoneId: 'Asia/Shanghai' },
    viewport: { width, height: width === 390 ? 844 : 900 },
    ...(width === 390 ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
}

/** Saves the page as it is, for people to look at: `e2e/screenshots/<name>.<locale>.<scheme>.<width>.png`. */
export async function shoot(page: Page, name: string, appearance: Appearance): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const { locale, colorScheme, width } = appearance;
  // Without motion the colours still change step by step from parent to child, a frame each.
  await page.waitForFunction('document.getAnimations().every(({ playState }) => playState !== "running")');
  await page.screenshot({
    animations: 'disabled',
    path: join(FOLDER, `${name}.${locale}.${colorScheme}.${width}.png`),
  });
}

/** Violations of WCAG that axe calls serious or critical. */
export async function seriousViolations(page: Page): Promise<readonly AxeViolation[]> {
  await page.addScriptTag({ path: AXE });
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    return (await axe.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      targets: nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)}: ${node.any[0]?.message ?? ''}`),
    }));
}

/** CSS pixels that the page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.locator(':root').evaluate((root) => {
    const { scrollWidth, clientWidth } = root as unknown as { scrollWidth: number; clientWidth: number };
    return scrollWidth - clientWidth;
  });
}
