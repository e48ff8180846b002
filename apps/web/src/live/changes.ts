// The stream of changes: reads again what they touch, not more often than every two seconds.
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { askWhoIsSignedIn } from '../api/query-client.ts';
import { hearServerTime } from './clock.ts';

export type LiveState = 'connecting' | 'on' | 'off';
const GATHER_MS = 2_000;
const REOPEN_MS = 10_000;
/** What changes touch. The queue reads itself again: it may be scrolled far down. */
const TOUCHED = ['exposure', 'feeds', 'order'];

export interface Live {
  state: LiveState;
  /** Changes heard since the page opened. */
  heard: number;
}

/** Follows changes while the component is mounted and the session is not over. */
export function useLiveChanges(isOver: boolean): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: 'connecting', heard: 0 });
  useEffect(() => {
    if (isOver) return undefined;
    const turn = (state: LiveState): void =>
      setLive((before) => (before.state === state ? before : { ...before, state }));
    const gathered = gatherer((count) => {
      setLive((before) => ({ ...before, heard: before.heard + count }));
      readAgain(client, TOUCHED);
    });
    const close = openStream({
      clock: ({ now }) => {
        hearServerTime(now);
        turn('on');
      },
      change: gathered.add,
      lost: () => turn('off'),
      refused: () => askWhoIsSignedIn(client),
    });
    return () => {
      close();
      gathered.stop();
    };
  }, [client, isOver]);
  return live;
}

interface Hearer {
  clock(told: { now: string }): void;
  change(): void;
  lost(): void;
  refused(): void;
}

/** Keeps a stream open until the answer is called. A lost connection the browser opens again by itself, a refused one it gives up. */
function openStream(hearer: Hearer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stream = open();
  function open(): EventSource {
    const opened = new EventSource('/v1/changes');
    opened.addEventListener('clock', (event: MessageEvent<string>) => hearer.clock(JSON.parse(event.data)));
    opened.addEventListener('change', hearer.change);
    opened.addEventListener('many', hearer.change);
    opened.addEventListener('error', () => {
      hearer.lost();
      if (opened.readyState !== EventSource.CLOSED) return;
      hearer.refused();
      timer = setTimeout(reopen, REOPEN_MS);
    });
    return opened;
  }
  function reopen(): void {
    stream = open();
    // It does not know where the one before stopped.
    stream.addEventListener('open', hearer.change, { once: true });
  }
  return () => {
    clearTimeout(timer);
    stream.close();
  };
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

/** Reads what is on the page again; a page that nobody sees, once it is looked at. */
export function readAgain(client: QueryClient, names: readonly string[]): void {
  const refetchType = document.hidden ? 'none' : 'active';
  for (const name of names) void client.invalidateQueries({ queryKey: [name], refetchType });
}
