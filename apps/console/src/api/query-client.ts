import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './http.js';

const worthRepeating = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** What is read stays fresh by the stream, so nothing is read again on focus or by age alone. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 15 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && worthRepeating(error),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
