import { notifications } from '@mantine/notifications';
import { problemText } from '../i18n/problem-text.js';
import type { Translate } from '../i18n/use-translate.js';

/** Says in the corner that something the agent just did was not done, and why. */
export function showProblem(error: unknown, t: Translate, title?: string): void {
  notifications.show({
    color: 'red',
    title: title ?? t('problem.title'),
    message: problemText(error, t),
    autoClose: 10_000,
    closeButtonProps: { 'aria-label': t('action.close') },
  });
}
