/** Results in order, once every promise has ended, also where one fails; then throws what the first of them failed with. */
export async function allEnded<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}
