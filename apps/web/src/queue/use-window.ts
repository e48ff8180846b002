// Which rows are in sight. All rows have one height, so the arithmetic is a division.
import type { RefObject } from 'react';
import { useCallback, useLayoutEffect, useState } from 'react';

const OVERSCAN = 6;
const WIDE_ROW = 60;
const NARROW_ROW = 124;
const NARROW = '(max-width: 760px)';

export interface RowWindow {
  first: number;
  last: number;
  visible: number;
  rowHeight: number;
  height: number;
  offset: number;
  onScroll: () => void;
  /** Scrolls just far enough that the row is in sight. */
  show: (index: number) => void;
}

export function useWindow(scroller: RefObject<HTMLDivElement | null>, count: number): RowWindow {
  const [top, setTop] = useState(0);
  const [size, setSize] = useState(600);
  const [rowHeight, setRowHeight] = useState(WIDE_ROW);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => {
      setSize(element.clientHeight);
      setRowHeight(matchMedia(NARROW).matches ? NARROW_ROW : WIDE_ROW);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroller]);

  const show = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const [start, end] = [index * rowHeight, (index + 1) * rowHeight];
      if (start < element.scrollTop) element.scrollTop = start;
      else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight;
      setTop(element.scrollTop);
    },
    [scroller, rowHeight],
  );

  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const visible = Math.ceil(size / rowHeight);
  return {
    first,
    last: Math.min(count, first + visible + 2 * OVERSCAN),
    visible,
    rowHeight,
    height: count * rowHeight,
    offset: first * rowHeight,
    onScroll: () => setTop(scroller.current?.scrollTop ?? 0),
    show,
  };
}
