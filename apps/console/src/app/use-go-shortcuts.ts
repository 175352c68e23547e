import { useRouter } from '@tanstack/react-router';
import type { TicketView } from '@tributary/contracts';
import { useShortcut } from './shortcuts.js';

/** `g` and a letter: to the views and the settings from anywhere. */
export function useGoShortcuts(): void {
  const router = useRouter();
  const go = (view: TicketView) => () => void router.navigate({ to: '/tickets/$view', params: { view } });
  useShortcut('goMine', go('mine'));
  useShortcut('goQueue', go('queue'));
  useShortcut('goTeam', go('team'));
  useShortcut('goWaiting', go('waiting'));
  useShortcut('goSolved', go('solved'));
  useShortcut('goAll', go('all'));
  useShortcut('goSettings', () => void router.navigate({ to: '/settings' }));
}
