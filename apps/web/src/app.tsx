import { useEffect, useState } from 'react';
import { ApiProblem, command } from './api/client.ts';
import { useMe } from './api/queries.ts';
import { Failure, Loading } from './components/states.tsx';
import { Dashboard } from './dashboard.tsx';
import { hearServerTime } from './live/clock.ts';
import { SignIn } from './sign-in.tsx';

/** A key in the address (`#key=…`, as the demo prints it) becomes a session at once and leaves the address bar. */
function takeKeyFromAddress(): string | undefined {
  const key = new URLSearchParams(location.hash.slice(1)).get('key') ?? undefined;
  if (key) history.replaceState(null, '', location.pathname + location.search);
  return key;
}
const keyFromAddress = takeKeyFromAddress();

export function App() {
  const [exchanging, setExchanging] = useState(keyFromAddress !== undefined);
  // Asked before the exchange is done, the answer would be about nobody.
  const me = useMe(!exchanging);
  useEffect(() => {
    if (keyFromAddress === undefined) return;
    command('/v1/session', { key: keyFromAddress })
      .catch(() => undefined)
      .finally(() => setExchanging(false));
  }, []);
  useEffect(() => {
    if (me.data) hearServerTime(me.data.now);
  }, [me.data]);

  if (me.data) return <Dashboard me={me.data} />;
  if (me.isPending || exchanging) return <Loading page />;
  if (me.error instanceof ApiProblem && me.error.status === 401) return <SignIn />;
  return <Failure page error={me.error} retry={() => void me.refetch()} />;
}
