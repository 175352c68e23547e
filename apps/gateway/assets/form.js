import { element, filesField, language, page, regionName, settings, submitter, words } from './words.js';

const field = (label, control) => element('label', {}, label, control);
const choice = (name, options) =>
  element('select', { name }, ...options.map(([value, text]) => element('option', { value }, text)));

const types = (settings.types ?? []).filter((type) => words.types[type]);
const regions = settings.regions ?? [];

const form = element(
  'form',
  { novalidate: true },
  element(
    'div',
    { class: 'pair' },
    field(words.name, element('input', { name: 'name', autocomplete: 'name', maxlength: 200 })),
    field(
      words.email,
      element('input', { name: 'email', type: 'email', autocomplete: 'email', required: true }),
    ),
  ),
  types.length > 0 || regions.length > 0
    ? element(
        'div',
        { class: 'pair' },
        types.length > 0
          ? field(
              words.type,
              choice(
                'type',
                types.map((t) => [t, words.types[t]]),
              ),
            )
          : undefined,
        regions.length > 0
          ? field(
              words.region,
              choice('region', [['', words.anyRegion], ...regions.map((r) => [r, regionName(r)])]),
            )
          : undefined,
      )
    : undefined,
  field(words.subject, element('input', { name: 'subject', maxlength: 500 })),
  field(words.text, element('textarea', { name: 'text', required: true })),
  filesField().label,
  element('input', { type: 'hidden', name: 'language', value: language }),
  element('p', { class: 'fault', role: 'alert' }),
  element('button', { type: 'submit' }, words.send),
);

const introduction = settings.introduction ?? (settings.title ? undefined : words.introduction);
document.title = settings.title ?? words.title;
page.append(element('h1', {}, settings.title ?? words.title));
if (introduction) page.append(element('p', { class: 'quiet' }, introduction));
page.append(form);

submitter(form, `/f/${settings.id}/messages`, ({ progressUrl }) => {
  const link = element('a', { href: progressUrl, target: '_top' }, words.open);
  const done = element(
    'section',
    { class: 'card', tabindex: '-1', role: 'status' },
    element('h1', {}, words.sent),
    element('p', {}, words.sentText),
    link,
  );
  page.replaceChildren(done);
  done.focus();
});
