// The stream of changes: reads again what they touch, not more often than every two seconds.
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { hearServerTime } from './clock.ts';

export type LiveState = 'connecting' | 'on' | 'off';
const GATHER_MS = 2_000;

export interface Live {
  state: LiveState;
  /** Changes heard since the page opened. */
  heard: number;
}

/** Follows changes while the component is mounted. The browser reconnects by itself and says where it stopped. */
export function useLiveChanges(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: 'connecting', heard: 0 });
  useEffect(() => {
    const stream = new EventSource('/v1/changes');
    const gathered = gatherer((count) => {
      setLive((before) => ({ ...before, heard: before.heard + count }));
      readAgain(client);
    });
    stream.addEventListener('clock', (event: MessageEvent<string>) => {
      hearServerTime((JSON.parse(event.data) as { now: string }).now);
      setLive((before) => (before.state === 'on' ? before : { ...before, state: 'on' }));
    });
    stream.addEventListener('change', gathered.add);
    stream.addEventListener('many', gathered.add);
    stream.addEventListener('error', () => setLive((before) => ({ ...before, state: 'off' })));
    return () => {
      stream.close();
      gathered.stop();
    };
  }, [client]);
  return live;
}

function gatherer(flush: (count: number) => void): { add(): void; stop(): void } {
  let count = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add() {
      count += 1;
      timer ??= setTimeout(() => {
        flush(count);
        count = 0;
        timer = undefined;
      }, GATHER_MS);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** The queue reads itself again (it may be scrolled far down); everything else is small. */
function readAgain(client: QueryClient): void {
  for (const name of ['exposure', 'feeds', 'order', 'held']) void client.invalidateQueries({ queryKey: [name] });
}
