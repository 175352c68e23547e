import { queryOptions, useQuery } from '@tanstack/react-query';
import type { PreferencesRequest, SessionView, SignInRequest } from '@tributary/contracts';
import { ApiError, request } from './http.js';

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<SessionView | null> => {
    try {
      return await request<SessionView>('GET', '/api/session', { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export const signIn = (body: SignInRequest): Promise<unknown> => request('POST', '/api/session', { body });

export const signOut = (): Promise<unknown> => request('DELETE', '/api/session');

export const changePreferences = (body: PreferencesRequest): Promise<unknown> =>
  request('PATCH', '/api/session/preferences', { body });

/** The session inside the frame, where the router has made sure that there is one. */
export function useSession(): SessionView {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('used outside the signed-in part of the console');
  return data;
}
