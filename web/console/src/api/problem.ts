// What the server refuses, as a value the screens can match on (RFC 9457, problem+json).

/** The parts of problem+json that a screen uses. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: { field: string; message: string }[];
  [extra: string]: unknown;
}

/** An answer that is not a success. `status` 0 means that no answer came at all. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly body: ProblemBody;
  readonly retryAfter: number | undefined;

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    super(body.title ?? `HTTP ${status}`);
    this.name = "ApiProblem";
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /** The last word of the type URI: `version-conflict`, `reservation-over`, … */
  get kind(): string {
    const type = this.body.type ?? "";
    return type.slice(
      Math.max(type.lastIndexOf("/"), type.lastIndexOf(":"), type.lastIndexOf("#")) + 1,
    );
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** Any thrown value as an ApiProblem: a failed fetch counts as "no answer". */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, { title: error instanceof Error ? error.message : String(error) });
}
