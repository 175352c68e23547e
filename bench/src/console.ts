import { openBrowser } from '@tributary/e2e';
import { Agents } from './agents.js';
import { percentile, rounded } from './figures.js';
import { formPosts } from './form-posts.js';
import { accepted, load, refused } from './http-load.js';
import { type MeasuredSystemOptions, startMeasuredSystem } from './measured-system.js';
import { loadNow, overLimits, type Report } from './report.js';

const SAMPLES = 30;
const WARM_UP = 3;
/** What a customer and an agent are promised. */
const PROMISE_MS = 1000;
const AGENT = 'agent-0@bench.example';

/**
 * From the moment a form is sent to the moment its ticket stands, assigned, in the agent's open list: one form after
 * the other, in Chromium, without a reload. The rate is how many such waits fit into a second at their 95th percentile,
 * and so the ratio says how many times faster than the promised second it is.
 */
export async function benchConsole(
  options: MeasuredSystemOptions,
  say: (line: string) => void,
): Promise<Report> {
  const system = await startMeasuredSystem(options, say);
  const browser = await openBrowser();
  const agents = new Agents();
  try {
    await agents.hire(system.desk, 1);
    // Tall enough for all of them: a list draws what is in sight.
    const viewport = { width: 1280, height: 4000 };
    const page = await (await browser.newContext({ locale: 'en-US', viewport })).newPage();
    await page.goto((await system.desk.signInLink(AGENT)).url);
    await page.getByRole('button', { name: /My presence: Available/ }).waitFor();
    let navigations = 0;
    page.on('request', (request) => (navigations += request.isNavigationRequest() ? 1 : 0));
    const waits: number[] = [];
    const answers = { accepted: 0, refused: 0 };
    for (let n = 0; n < WARM_UP + SAMPLES; n++) {
      const run = `c${n}`;
      await page.evaluate(watchFor(`Order ${run}-1`));
      const sent = Date.now();
      const next = formPosts(system.inboxId, run, 1);
      const posted = await load({ url: system.url, connections: 1, next });
      answers.accepted += accepted(posted);
      answers.refused += refused(posted);
      const shown = await page.evaluate<number>('window.shown');
      if (n >= WARM_UP) waits.push(shown - sent);
    }
    if (navigations > 0) throw new Error('the page was loaded again');
    const [p50, p95, p99] = [50, 95, 99].map((rank) => rounded(percentile(waits, rank)));
    say(`${answers.accepted} forms; slowest on the screen after ${Math.max(...waits)} ms`);
    const promise = { name: 'one second from the post to the screen', rate: 1000 / PROMISE_MS };
    return {
      ...{ suite: 'console', mode: options.mode, unit: 'tickets', ...overLimits(1000 / p95!, [promise]) },
      rounds: waits.map((wait) => rounded(1000 / wait)),
      latency: { p50: p50!, p95: p95!, p99: p99! },
      ...{ refused: answers.refused, lost: 0, doubled: 0, load: loadNow() },
    };
  } finally {
    agents.leave();
    await browser.close();
    await system.stop();
  }
}

/** Runs in the page: `window.shown` resolves with the time at which a link with the text stands there. */
function watchFor(text: string): string {
  return `void (window.shown = new Promise((resolve, reject) => {
    const stands = () => [...document.links].some((link) => link.textContent.includes(${JSON.stringify(text)}));
    const observer = new MutationObserver(() => {
      if (!stands()) return;
      observer.disconnect();
      resolve(Date.now());
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    setTimeout(() => reject(new Error('not on the screen within 30 s')), 30000);
  }))`;
}
