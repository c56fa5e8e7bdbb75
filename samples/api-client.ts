import { setTimeout as pause } from 'node:timers/promises';

/** A problem document, as the API answers a refusal (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly rule?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly clause?: string;
  readonly errors?: readonly { readonly at: string; readonly text: string }[];
}

/** What the API refused, in its own words. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    request: string,
    readonly problem: Problem,
  ) {
    super(`${request}: ${problem.status} ${describeProblem(problem)}`);
  }
}

/** A problem in one line: what, by which rule, of which values, and the clause of the scheme. */
export function describeProblem({ title, detail, rule, values, clause, errors }: Problem): string {
  const parts = [
    detail ?? title,
    rule && `rule ${rule}`,
    values && Object.keys(values).length > 0 && JSON.stringify(values),
    clause && `“${clause}”`,
    ...(errors ?? []).slice(0, 10).map(({ at, text }) => `${at}: ${text}`),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What every decision answers. */
export interface DecisionAnswer {
  readonly submissionId: string;
  readonly caseId: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly waitingFor: string | null;
  readonly dueAt: string | null;
  readonly actions: readonly string[];
  readonly result: Readonly<Record<string, unknown>>;
}

export interface ApiClientOptions {
  /** Where the API is, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What every Idempotency-Key of this client begins with; another walk on the same data takes another one. */
  readonly keys?: string;
  /** How long to go on asking, in milliseconds, while nobody answers or the answer is 503. */
  readonly patience?: number;
  readonly language?: 'zh' | 'en';
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
}

/** The HTTP API as a program outside sees it. */
export class ApiClient {
  private readonly sessions = new Map<string, Promise<ApiSession>>();

  constructor(readonly options: ApiClientOptions) {}

  /** Signs somebody in; asked again for the same name, it gives the same session. */
  signIn(username: string, password: string): Promise<ApiSession> {
    const known = this.sessions.get(username);
    if (known) return known;
    const session = this.newSession(username, password);
    this.sessions.set(username, session);
    session.catch(() => this.sessions.delete(username));
    return session;
  }

  /** Puts a ballot into the box: without a session, so that nobody sees whose it is. */
  async cast(
    voteId: string,
    ballot: { candidate?: string; serial: string; signature: string; sealed: string },
  ): Promise<void> {
    const request = { method: 'POST', path: `/ballot-box/${voteId}`, ...json(ballot) };
    const { response, sentBefore } = await this.send(request);
    if (response.ok) return;
    const problem = await problemOf(response, request);
    // The box had it already, only the answer was lost.
    if (sentBefore && problem.problem.type === '/problems/paper-used') return;
    throw problem;
  }

  /** Reads what is public. */
  async get<Answer>(path: string): Promise<Answer> {
    return this.request<Answer>({ method: 'GET', path });
  }

  /** @throws ApiProblem when the API refuses */
  async request<Answer>(request: Sent): Promise<Answer> {
    const { response } = await this.send(request);
    if (!response.ok) throw await problemOf(response, request);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  private async newSession(username: string, password: string): Promise<ApiSession> {
    const request = { method: 'POST', path: '/sign-in', ...json({ username, password }) };
    const { response } = await this.send(request);
    if (!response.ok) throw await problemOf(response, request);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
    return new ApiSession(this, cookies.join('; '));
  }

  /** Sends until there is an answer that says yes or no: a 503, a 429 and a broken connection are neither. */
  private async send(request: Sent): Promise<{ response: Response; sentBefore: boolean }> {
    const { url, patience = 120_000, language = 'zh' } = this.options;
    const giveUpAt = Date.now() + patience;
    for (let sentBefore = false; ; sentBefore = true) {
      const answer = await fetch(`${url}/api/v1${request.path}`, {
        method: request.method,
        headers: { 'Accept-Language': language, ...request.headers },
        body: request.body,
      }).catch((error: Error) => error);
      if (answer instanceof Response && answer.status !== 503 && answer.status !== 429)
        return { response: answer, sentBefore };
      const seconds = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? 1) : 1;
      if (Date.now() + seconds * 1000 > giveUpAt) {
        if (answer instanceof Response) return { response: answer, sentBefore };
        throw new Error(`${request.method} ${request.path}: nobody answers at ${url}.`, { cause: answer });
      }
      if (answer instanceof Response) await answer.arrayBuffer();
      await pause(seconds * 1000);
    }
  }
}

/** Somebody who is signed in. */
export class ApiSession {
  private decisions = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly cookie: string,
  ) {}

  get<Answer>(path: string): Promise<Answer> {
    return this.request({ method: 'GET', path });
  }

  /** All entries of a list that comes in pages. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const separator = path.includes('?') ? '&' : '?';
      const next = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get<{ items: Item[]; next?: string | null }>(
        `${path}${separator}limit=200${next}`,
      );
      items.push(...page.items);
      cursor = page.next ?? null;
    }
    return items;
  }

  post<Answer>(path: string, body: object): Promise<Answer> {
    return this.request({ method: 'POST', path, ...json(body) });
  }

  put<Answer>(path: string, body: object): Promise<Answer> {
    return this.request({ method: 'PUT', path, ...json(body) });
  }

  /** Sends files as a form. */
  upload<Answer>(path: string, field: string, file: Blob, name: string): Promise<Answer> {
    const form = new FormData();
    form.append(field, file, name);
    return this.request({ method: 'POST', path, body: form });
  }

  /** Takes a decision; however often it is sent, it has one key and is taken once. */
  decide(path: string, body: object): Promise<DecisionAnswer> {
    this.decisions += 1;
    const key = `${this.client.options.keys ?? 'walk'}-${path.split('/').at(-1)}-${this.decisions}`;
    const { headers, ...sent } = json(body);
    return this.request({ method: 'POST', path, ...sent, headers: { ...headers, 'Idempotency-Key': key } });
  }

  private request<Answer>(request: Sent): Promise<Answer> {
    return this.client.request({ ...request, headers: { ...request.headers, Cookie: this.cookie } });
  }
}

function json(body: object) {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

async function problemOf(response: Response, { method, path }: Sent): Promise<ApiProblem> {
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false;
  const problem = isProblem
    ? (JSON.parse(text) as Problem)
    : { type: 'about:blank', title: text.slice(0, 200) };
  return new ApiProblem(`${method} ${path}`, { ...problem, status: response.status });
}
