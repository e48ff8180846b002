import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';

/**
 * What has the focus may go away under it: a row that is settled, the bar of a selection that is done with, the panel of a shipment. The
 * focus then goes to the row it was about, not to the top of the page.
 */
export function useKeptFocus(queue: RefObject<HTMLElement | null>): void {
  const last = useRef<{ element: Element; place: Element }>(undefined);
  useEffect(() => {
    const note = ({ target }: FocusEvent): void => {
      const place = target instanceof Element ? target.closest('.queue, .shipment') : null;
      last.current = place ? { element: target as Element, place } : undefined;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
  useEffect(() => {
    if (!last.current || document.activeElement !== document.body) return;
    const { element, place } = last.current;
    const isGone = !element.isConnected && (place === queue.current || !place.isConnected);
    if (!isGone) return;
    const row = queue.current?.querySelector<HTMLElement>('.grid-row[tabindex="0"]');
    (row ?? queue.current)?.focus({ preventScroll: true });
  });
}
