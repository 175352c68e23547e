import type { ChannelModule } from '@tributary/channel-sdk';
import type { SettingField } from '@tributary/contracts';
import { type FieldFault, ProblemError } from '@tributary/runtime';

export interface CheckedSettings {
  readonly settings: Record<string, unknown>;
  readonly secrets: Record<string, string>;
}

/**
 * Checks settings against the channel's own form: the list the console draws is the list the API checks.
 *
 * @param kept secrets that are set already; an absent secret keeps its value, an empty one removes it.
 * @throws ProblemError 400 with one fault a field.
 */
export function checkSettings(
  channel: ChannelModule,
  given: Readonly<Record<string, unknown>>,
  kept: Readonly<Record<string, string>>,
): CheckedSettings {
  const fields = new Map(channel.manifest.settings.map((field) => [field.name, field]));
  const faults: FieldFault[] = Object.keys(given)
    .filter((name) => !fields.has(name))
    .map((name) => fault(name, 'unknown', 'the channel has no such setting'));
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, string> = { ...kept };
  for (const field of fields.values()) {
    const value = given[field.name];
    if (field.type === 'secret') takeSecret(field, value, secrets, faults);
    else takeSetting(field, value, settings, faults);
  }
  if (faults.length === 0) {
    const more = channel.checkSettings({ ...settings, ...secrets });
    faults.push(...more.map(({ field, message }) => fault(field, 'refused', message)));
  }
  if (faults.length > 0)
    throw new ProblemError(400, 'SETTINGS_REFUSED', 'some settings were refused', faults);
  return { settings, secrets };
}

function takeSecret(
  field: SettingField,
  value: unknown,
  secrets: Record<string, string>,
  faults: FieldFault[],
): void {
  if (value === '' || value === null) delete secrets[field.name];
  else if (typeof value === 'string') secrets[field.name] = value;
  else if (value !== undefined) faults.push(fault(field.name, 'type', 'a secret is a text'));
  if (field.required && secrets[field.name] === undefined) {
    faults.push(fault(field.name, 'required', `${field.label} is needed`));
  }
}

function takeSetting(
  field: SettingField,
  value: unknown,
  settings: Record<string, unknown>,
  faults: FieldFault[],
): void {
  const given = value === undefined || value === null || value === '' ? field.default : value;
  if (given === undefined) {
    if (field.required) faults.push(fault(field.name, 'required', `${field.label} is needed`));
    return;
  }
  const complaint = complaintOf(field, given);
  if (complaint) faults.push(fault(field.name, 'type', complaint));
  else settings[field.name] = given;
}

function complaintOf(field: SettingField, value: unknown): string | undefined {
  switch (field.type) {
    case 'text':
    case 'secret':
      return typeof value === 'string' && value.length <= 2000 ? undefined : 'must be a text';
    case 'document':
      return typeof value === 'string' && value.length <= 20_000 ? undefined : 'must be a text';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be yes or no';
    case 'choice':
      return typeof value === 'string' && field.choices?.includes(value)
        ? undefined
        : `must be one of ${field.choices?.join(', ')}`;
    case 'list': {
      const texts =
        Array.isArray(value) && value.length <= 100 && value.every((each) => typeof each === 'string');
      if (!texts) return 'must be a list of texts';
      const stranger = field.choices && (value as string[]).find((each) => !field.choices!.includes(each));
      return stranger === undefined ? undefined : `must be among ${field.choices?.join(', ')}`;
    }
  }
}

function fault(field: string, rule: string, message: string): FieldFault {
  return { field: `settings.${field}`, rule, message };
}
