// What was read is kept here. Whoever is told that nobody is signed in asks who is: the page then shows it.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './client.ts';

const MOST_RETRIES = 3;

/** The session is over, or its key was revoked. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401 && error.code !== 'unknown-key';
}

/** Asks the API again who is signed in. Does nothing while that is being asked. */
export function askWhoIsSignedIn(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: ['me'] }, { cancelRefetch: false });
}

export function createQueryClient(): QueryClient {
  const noticeSignedOut = (error: unknown): void => {
    if (isSignedOut(error)) askWhoIsSignedIn(client);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, { queryKey }) => queryKey[0] !== 'me' && noticeSignedOut(error) }),
    mutationCache: new MutationCache({ onError: noticeSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < MOST_RETRIES && mayPass(error),
      },
    },
  });
  return client;
}

/** Asked again, a server that is away may be back; what it refused it refuses again. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.status === 0 || error.status >= 500;
}
