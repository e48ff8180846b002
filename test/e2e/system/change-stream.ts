// A browser's view of `GET /v1/changes`: server-sent events, collected.

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

export class ChangeStream {
  readonly events: StreamEvent[] = [];
  private readonly ending = new AbortController();

  private constructor() {}

  /** Resolves when the server has answered. */
  static async open(apiUrl: string, key: string): Promise<ChangeStream> {
    const stream = new ChangeStream();
    const headers = { Authorization: `Bearer ${key}`, Accept: 'text/event-stream' };
    const response = await fetch(`${apiUrl}/v1/changes`, { headers, signal: stream.ending.signal });
    if (!response.ok || !response.body) throw new Error(`no stream: ${response.status}`);
    // Rejects when the test closes it, or the server does.
    void stream.collect(response.body).catch(() => undefined);
    return stream;
  }

  close(): void {
    this.ending.abort();
  }

  private async collect(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.events.push({ event: field(block, 'event'), data: field(block, 'data') });
    }
  }
}

function field(block: string, name: string): string {
  const line = block.split('\n').find((each) => each.startsWith(`${name}:`)) ?? '';
  return line.slice(name.length + 1).trim();
}
