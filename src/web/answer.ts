/** A whole answer, apart from what all answers share. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

/** An error, as Go's http.Error writes it. */
export function failure(status: number, message: string): Answer {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
  return { status, headers, body: `${message}\n` };
}

/** A line of plain text. */
export function plain(status: number, message: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${message}\n` };
}
