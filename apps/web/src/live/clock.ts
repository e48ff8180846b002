// The server's clock in the browser, ticking each second. A demo's clock may run many times as fast as ours.
import { useSyncExternalStore } from 'react';

let server = Date.now();
let local = performance.now();
let rate = 1;
let shown = Date.now();
let heard = false;
const listeners = new Set<() => void>();

function estimate(): number {
  return server + (performance.now() - local) * rate;
}

/** Takes in a time the server told; two of them apart say how fast its clock runs. */
export function hearServerTime(now: string): void {
  const told = Date.parse(now);
  const elapsed = performance.now() - local;
  const measured = (told - server) / elapsed;
  if (heard && elapsed > 500 && measured > 0) rate = Math.abs(measured - 1) < 0.2 ? 1 : measured;
  heard = true;
  server = told;
  local = performance.now();
  tick();
}

/** How many seconds pass for the server in one of ours, rounded. */
export function clockSpeed(): number {
  return Math.max(1, Math.round(rate));
}

function tick(): void {
  shown = estimate();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Starts the ticking; call once. */
export function startClock(): void {
  setInterval(tick, 1000);
}

/** The server's time in epoch milliseconds; the component renders again each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => shown);
}

/** Without rendering again. */
export function serverNow(): number {
  return estimate();
}
