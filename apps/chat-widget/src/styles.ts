/**
 * A constructed sheet: no policy of a page counts it as an inline style. A page changes the look by the custom
 * properties that begin with `--tributary-`, on `tributary-chat` or above it.
 */
const CSS = `
:host {
  all: initial;
  --accent: var(--tributary-accent, #0d7480);
  --on-accent: var(--tributary-on-accent, #fff);
  --surface: var(--tributary-surface, #fff);
  --ink: var(--tributary-ink, #1a2023);
  --quiet: var(--tributary-quiet, #5b656a);
  --line: var(--tributary-line, #dde2e4);
  --sunken: var(--tributary-sunken, #f1f4f5);
  --field: #84929a;
  --late: #b3261e;
  --radius: var(--tributary-radius, 14px);
  --edge: var(--tributary-edge, 20px);
  font: 14px/1.45 var(--tributary-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC',
    'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif);
  color: var(--ink);
  position: fixed; inset-block-end: var(--edge); inset-inline-end: var(--edge); z-index: 2147483000;
}
@media (prefers-color-scheme: dark) {
  :host {
    --surface: var(--tributary-surface, #1b2124);
    --ink: var(--tributary-ink, #e7ecee);
    --quiet: var(--tributary-quiet, #a3aeb3);
    --line: var(--tributary-line, #333c40);
    --sunken: var(--tributary-sunken, #262e31);
    --field: #74838a;
    --late: #ff9d94;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
svg { inline-size: 20px; block-size: 20px; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; flex: none; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
input:focus-visible, textarea:focus-visible { outline-offset: -1px; }
.quiet-label { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.hidden { display: none; }
.launcher { position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; padding: 0;
  border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  box-shadow: 0 2px 6px rgb(20 30 35 / 20%), 0 8px 24px rgb(20 30 35 / 18%); transition: transform 0.15s; }
.launcher:hover { transform: scale(1.04); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher svg { inline-size: 26px; block-size: 26px; }
.badge { position: absolute; inset-block-start: -2px; inset-inline-end: -2px; min-inline-size: 20px; padding: 0 5px;
  border-radius: 10px; background: #c5221f; color: #fff; font-size: 12px; font-weight: 600; line-height: 20px;
  text-align: center; }
.panel { position: absolute; inset-block-end: 70px; inset-inline-end: 0; display: flex; flex-direction: column;
  inline-size: 372px; block-size: min(620px, calc(100dvh - 70px - 2 * var(--edge))); overflow: hidden;
  border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface);
  box-shadow: 0 12px 48px rgb(20 30 35 / 24%); }
header { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 14px 10px 14px 18px;
  background: var(--accent); color: var(--on-accent); }
h2 { margin: 0; font-size: 16px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
.subtitle { margin: 2px 0 0; font-size: 13px; }
.subtitle:empty, .status:empty, .fault:empty, .chips:empty { display: none; }
.close { display: grid; place-items: center; inline-size: 40px; block-size: 40px; flex: none; border: 0;
  border-radius: 50%; background: transparent; color: inherit; }
.close:hover { background: rgb(255 255 255 / 16%); }

.close:focus-visible { outline-color: var(--on-accent); outline-offset: -4px; }
.closed { margin: 0; padding: 10px 18px; background: var(--sunken); border-block-end: 1px solid var(--line); }
.thread { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 16px 8px; display: flex;
  flex-direction: column; gap: 10px; }
.thread:focus-visible { outline-offset: -3px; }
.message { display: flex; flex-direction: column; align-items: flex-start; gap: 4px; max-inline-size: 84%; }
.message.you { align-self: flex-end; align-items: flex-end; }
.follows { margin-block-start: -5px; }
.follows .author, .followed .foot { display: none; }
.author { font-size: 12px; color: var(--quiet); padding-inline-start: 4px; }
.bubble { padding: 8px 12px; border-radius: 14px; border-end-start-radius: 4px; background: var(--sunken);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.you .bubble { border-radius: 14px; border-end-end-radius: 4px; background: var(--accent); color: var(--on-accent); }
.refused .bubble { background: transparent; color: var(--ink); box-shadow: inset 0 0 0 1px var(--late); }
.bubble a { color: inherit; }
.foot { font-size: 12px; color: var(--quiet); padding-inline: 4px; }
.refused .foot span { color: var(--late); }
.link { margin-inline-start: 8px; padding: 0; border: 0; background: none; color: inherit; text-decoration: underline; }
.file { display: flex; align-items: center; gap: 8px; max-inline-size: 100%; padding: 8px 12px;
  border: 1px solid var(--line); border-radius: 10px; background: var(--surface); text-align: start; }
.file:disabled { opacity: 0.7; cursor: default; }
.file:hover:not(:disabled) { background: var(--sunken); }
.file-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.file-size { color: var(--quiet); font-size: 12px; white-space: nowrap; }
.picture { padding: 0; overflow: hidden; }
canvas { display: block; max-inline-size: 100%; }
.status { margin: 0; padding: 2px 18px 8px; font-size: 13px; color: var(--quiet); }
.status.lost { padding-block: 8px; background: var(--sunken); color: var(--ink); }
.transcript { padding: 0 18px 8px; font-size: 13px; color: var(--quiet); }
.transcript .link { margin: 0; }
.transcript form { display: flex; gap: 6px; padding-block-start: 6px; }
.transcript input { flex: 1; min-inline-size: 0; padding: 6px 9px; border: 1px solid var(--field); border-radius: 8px;
  background: var(--surface); color: var(--ink); }
.transcript p { margin: 4px 0 0; color: var(--ink); }
.transcript p:empty { display: none; }
.small { padding: 6px 12px; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent); }
.composer { border-block-start: 1px solid var(--line); padding: 10px; padding-block-end: max(10px, env(safe-area-inset-bottom)); }
.who { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; padding: 2px 4px 10px; }
.who label { display: grid; gap: 3px; font-size: 12px; color: var(--quiet); min-inline-size: 0; }
.who input { inline-size: 100%; padding: 7px 9px; border: 1px solid var(--field); border-radius: 8px;
  background: var(--surface); color: var(--ink); font-size: 14px; }
[aria-invalid='true'] { border-color: var(--late) !important; }
.fault { margin: 0; padding: 0 6px 8px; color: var(--late); font-size: 13px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0 4px 8px; list-style: none; }
.chips li { display: flex; align-items: center; gap: 6px; max-inline-size: 100%; padding: 3px 4px 3px 10px;
  border-radius: 8px; background: var(--sunken); }
.chips span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chips small { color: var(--quiet); white-space: nowrap; }
.chips button { display: grid; place-items: center; inline-size: 24px; block-size: 24px; padding: 0; border: 0;
  border-radius: 6px; background: none; }
.chips svg { inline-size: 14px; block-size: 14px; }
.line { display: flex; align-items: flex-end; gap: 4px; }
::placeholder { color: var(--quiet); opacity: 1; }
textarea { flex: 1; min-inline-size: 0; resize: none; padding: 9px 10px; border: 1px solid var(--field);
  border-radius: 10px; background: var(--surface); line-height: 20px; max-block-size: 140px; }
.tool, .send { display: grid; place-items: center; inline-size: 40px; block-size: 40px; flex: none; padding: 0; border: 0;
  border-radius: 10px; background: none; color: var(--quiet); }
.tool:hover { background: var(--sunken); color: var(--ink); }
.send { background: var(--accent); color: var(--on-accent); margin-inline-start: 4px; }
@media (max-width: 480px) {
  .panel { position: fixed; inset: 0; inline-size: auto; block-size: 100dvh; border: 0; border-radius: 0; }
  .launcher.opened { display: none; }
  textarea, .who input, .transcript input { font-size: 16px; }
}
@media (max-height: 420px) { .who { grid-template-columns: 1fr 1fr; } }
@media (prefers-reduced-motion: reduce) { .launcher { transition: none; } }
`;

function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

export const STYLES = sheet(CSS);

/** @param accent `#rrggbb`; the page's own custom property wins. Text on it is black or white, whichever reads better. */
export function accentSheet(accent: string): CSSStyleSheet {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(accent.slice(at, at + 2), 16)),
  );
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Contrast with white is 1.05 / (l + 0.05), with black (l + 0.05) / 0.05 (WCAG 2.2, 1.4.3): equal at 0.179.
  const on = luminance > 0.179 ? '#000' : '#fff';
  return sheet(
    `:host { --accent: var(--tributary-accent, ${accent}); --on-accent: var(--tributary-on-accent, ${on}); }`,
  );
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
