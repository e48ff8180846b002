/** Ids of one command: a fraction of a second each, so that a person who acts on thousands sees it move. */
export const LOT = 1_000;

/**
 * Sends lot after lot of `ids` and tells after each how many are done. `answers` keeps what came back: called again after a failure it
 * goes on where it stopped. Sends no more once `isWanted` says no.
 */
export async function inLots<Answer>(
  ids: readonly string[],
  answers: Answer[],
  send: (lot: readonly string[]) => Promise<Answer>,
  onDone: (count: number) => void,
  isWanted: () => boolean = () => true,
): Promise<void> {
  while (answers.length * LOT < ids.length && isWanted()) {
    const start = answers.length * LOT;
    const lot = ids.slice(start, start + LOT);
    answers.push(await send(lot));
    onDone(start + lot.length);
  }
}
