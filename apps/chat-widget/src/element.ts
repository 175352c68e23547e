type Attributes = Readonly<Record<string, string | boolean | undefined>>;
type Child = Node | string | undefined;

/** An element with attributes and children; nothing is ever read as HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param paths of a drawing 24 by 24, in strokes. */
export function icon(...paths: string[]): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  bubble: ['M4 5h16v11H10l-5 4v-4H4z', 'M8 9h8', 'M8 12h5'],
  close: ['M6 6l12 12', 'M18 6L6 18'],
  down: ['M6 9l6 6 6-6'],
  send: ['M4 12l16-8-6 16-3-7z', 'M11 13l9-9'],
  clip: ['M18 9l-8 8a3 3 0 0 1-4-4l8-8a4.5 4.5 0 0 1 6 6l-8 8'],
  file: ['M6 3h8l4 4v14H6z', 'M14 3v4h4'],
};

const LINK = /https?:\/\/[^\s<>"'()（）。，]+[^\s<>"'()（）。，.,;:!?]/gu;

/** Text with its addresses as links; they open beside the page, and learn nothing of it. */
export function linked(text: string): Child[] {
  const parts: Child[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(from, match.index));
    parts.push(element('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, match[0]));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
