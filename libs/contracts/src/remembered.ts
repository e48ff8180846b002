// Slow questions about texts that come again and again: zones, sources, content types.

const MOST_REMEMBERED = 2_000;
const LONGEST_REMEMBERED = 256;

/** The same answers, each worked out once. Starts over after too many different texts and keeps no long ones, so that strangers cannot fill the memory. */
export function remembered<Answer extends NonNullable<unknown>>(
  decide: (text: string) => Answer,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return decide(text);
    let answer = answers.get(text);
    if (answer === undefined) {
      if (answers.size >= MOST_REMEMBERED) answers.clear();
      answers.set(text, (answer = decide(text)));
    }
    return answer;
  };
}
