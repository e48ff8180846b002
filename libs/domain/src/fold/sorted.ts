// Sorted sets as plain arrays, the shape in which states are stored.

/** The empty set, one for all: most orders have no violation and no parcel a retraction. */
export const NOTHING: readonly never[] = Object.freeze([]);

/**
 * `items` with `added` at its place. The same array when an item that compares equal is there already, which is what makes folding
 * an event twice a no-op. Events mostly arrive in order, so the search starts at the end.
 */
export function insertSorted<T>(items: readonly T[], added: T, compare: (a: T, b: T) => number): readonly T[] {
  let index = items.length;
  while (index > 0) {
    const order = compare(items[index - 1]!, added);
    if (order === 0) return items;
    if (order < 0) break;
    index--;
  }
  return items.toSpliced(index, 0, added);
}
