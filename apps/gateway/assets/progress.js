import { element, filesField, language, page, settings, submitter, words } from './words.js';

const here = location.pathname.replace(/\/$/, '');
const time = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
  dateStyle: 'medium',
  timeStyle: 'short',
});

const title = element('h1', {}, settings.title ?? words.title);
const state = element('span', { class: 'state', role: 'status' }, words.received);
const thread = element('ol', { class: 'thread', 'aria-live': 'polite' });
const line = element('p', { class: 'quiet' });
const files = filesField();
const form = element(
  'form',
  { novalidate: true, hidden: true },
  element('label', {}, words.answer, element('textarea', { name: 'text', required: true })),
  files.label,
  element('p', { class: 'fault', role: 'alert' }),
  element('button', { type: 'submit' }, words.send),
);
page.append(title, state, thread, line, form);
submitter(form, `${here}/messages`, () => {
  form.reset();
  files.show();
  void read();
});

function message({ from, author, at, text, files }) {
  return element(
    'li',
    { class: from },
    element(
      'header',
      {},
      element('strong', {}, from === 'you' ? words.you : author),
      element('time', { datetime: at, class: 'quiet' }, time.format(new Date(at))),
    ),
    element('div', { class: 'text' }, text),
    files.length > 0
      ? element('p', { class: 'quiet' }, files.map((file) => `📎 ${file.name}`).join('  '))
      : undefined,
  );
}

async function read() {
  const response = await fetch(`${here}/thread`);
  if (!response.ok) throw new Error(String(response.status));
  const view = await response.json();
  title.textContent = view.subject ? `#${view.number} ${view.subject}` : (settings.title ?? words.title);
  state.textContent = words[view.state];
  thread.replaceChildren(...view.messages.map(message));
  form.hidden = view.state === 'received';
  line.textContent = '';
  return view;
}

async function follow() {
  try {
    const view = await read();
    if (view.state === 'received') {
      setTimeout(() => void follow(), 500);
      return;
    }
  } catch {
    line.textContent = words.offline;
    setTimeout(() => void follow(), 2000);
    return;
  }
  const events = new EventSource(`${here}/events`);
  events.addEventListener('changed', () => {
    read().catch(() => (line.textContent = words.offline));
  });
  events.addEventListener('error', () => (line.textContent = words.offline));
}

void follow();
