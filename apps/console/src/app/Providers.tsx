import { I18nProvider } from '@lingui/react';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { queryClient } from '../api/query-client.js';
import { i18n } from '../i18n/i18n.js';
import { cssVariables, theme } from '../ui/theme.js';
import { cspNonce } from './csp-nonce.js';

const colorSchemes = localStorageColorSchemeManager({ key: 'tributary.scheme' });

export function Providers({ children }: { children: ReactNode }) {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={colorSchemes}
        defaultColorScheme="auto"
        getStyleNonce={cspNonce}
      >
        <QueryClientProvider client={queryClient}>
          {children}
          <Notifications position="bottom-left" limit={4} autoClose={6_000} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
