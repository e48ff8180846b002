// Calls to our own API. The session cookie says who; commands carry the header that other sites cannot send.

import type { QuarantineRow } from '#contracts';

/** One value that is wrong; `faultText` says it. */
type ProblemFault = QuarantineRow['faults'][number];

/** An answer that was not a success: `code` is the last part of the problem's type. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: readonly ProblemFault[] = [],
  ) {
    super(detail);
  }
}

export async function read<Answer>(path: string, query: Record<string, string | undefined> = {}): Promise<Answer> {
  const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = new URLSearchParams(set).toString();
  return call<Answer>(search ? `${path}?${search}` : path, { method: 'GET' });
}

export async function command<Answer>(path: string, body: unknown, method = 'POST'): Promise<Answer> {
  return call<Answer>(path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Fineline-Command': '1' },
    body: JSON.stringify(body),
  });
}

async function call<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, credentials: 'same-origin' }).catch(() => {
    throw new ApiProblem(0, 'unreachable', 'The server cannot be reached.');
  });
  if (response.status === 204) return undefined as Answer;
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw problemOf(response.status, body);
  return body as Answer;
}

function problemOf(status: number, body: unknown): ApiProblem {
  const {
    type = '',
    detail = '',
    errors,
  } = body as {
    type?: string;
    detail?: string;
    errors?: ProblemFault[];
  };
  return new ApiProblem(status, type.split(':').at(-1) ?? '', detail, errors);
}
