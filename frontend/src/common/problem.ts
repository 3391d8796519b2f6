// What the server says of an error (RFC 9457), and how a fetch becomes one.

/** An answer other than success: a sentence, and the place in the query where that is known. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    sentence: string,
    readonly line = 0,
    readonly column = 0,
  ) {
    super(sentence);
  }
}

/** Fetch, and throw a Problem with the server's sentence where it does not succeed. */
export async function fetched(address: string, init: RequestInit & { accept: string }): Promise<Response> {
  const { accept, ...rest } = init;
  const headers = { ...(rest.headers as Record<string, string>), Accept: `${accept}, application/problem+json;q=0.1` };
  const response = await fetch(address, { ...rest, headers });
  if (response.ok) return response;
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const { detail, line = 0, column = 0 } = JSON.parse(text) as { detail: string; line?: number; column?: number };
    return new Problem(response.status, detail, line, column);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Problem(response.status, text.trim() || response.statusText);
  }
}
