import type { Me } from '#contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { command } from './api/client.ts';
import { askWhoIsSignedIn, isSignedOut } from './api/query-client.ts';
import { useMe } from './api/queries.ts';
import { Failure, Loading } from './components/states.tsx';
import { Dashboard } from './dashboard.tsx';
import { hearServerTime } from './live/clock.ts';
import { SessionOver } from './session-over.tsx';
import { SignIn } from './sign-in.tsx';

/** A key in the address (`#key=…`, as the demo prints it) becomes a session at once and leaves the address bar. */
function takeKeyFromAddress(): string | undefined {
  const key = new URLSearchParams(location.hash.slice(1)).get('key') ?? undefined;
  if (key) history.replaceState(null, '', location.pathname + location.search);
  return key;
}
const keyFromAddress = takeKeyFromAddress();

export function App() {
  const client = useQueryClient();
  const [exchanging, setExchanging] = useState(keyFromAddress !== undefined);
  const [refusal, setRefusal] = useState<unknown>();
  // Asked before the exchange is done, the answer would be about nobody.
  const me = useMe(!exchanging);
  useEffect(() => {
    if (keyFromAddress === undefined) return;
    command('/v1/session', { key: keyFromAddress })
      .catch(setRefusal)
      .finally(() => setExchanging(false));
  }, []);
  useEffect(() => {
    if (me.data) hearServerTime(me.data.now);
  }, [me.data]);
  useOnePerson(me.data);
  const enter = (): void => {
    setRefusal(undefined);
    askWhoIsSignedIn(client);
  };

  // An older session would show somebody else's page to whoever came with the key.
  if (refusal !== undefined) return <SignIn refusal={refusal} onSignedIn={enter} />;
  if (me.data) {
    const isOver = isSignedOut(me.error);
    return (
      <>
        <Dashboard me={me.data} isOver={isOver} />
        {isOver && <SessionOver />}
      </>
    );
  }
  if (me.isPending || exchanging) return <Loading page />;
  if (isSignedOut(me.error)) return <SignIn onSignedIn={enter} />;
  return <Failure page error={me.error} retry={() => void me.refetch()} />;
}

/** Nothing that is on the page is another's who signs in here: it begins anew. */
function useOnePerson(me: Me | undefined): void {
  const first = useRef<string>(undefined);
  useEffect(() => {
    if (!me) return;
    const sight = JSON.stringify([me.tenantId, me.role, me.sellerId, me.warehouseId]);
    first.current ??= sight;
    if (first.current !== sight) location.reload();
  }, [me]);
}
