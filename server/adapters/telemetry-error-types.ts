// Whether a call is an error to OpenTelemetry, and of which type: the same for its span and for its metric. Types are a
// verdict, a reason of the gateway's own or a status code, so there is a bounded number of them.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status

export interface EndedExchange {
  /** How its answer ended: core/inbound.ts has the words. */
  readonly verdict: string;
  /** Absent where there was none. */
  readonly status: number | undefined;
  /** Why the gateway refused or failed. */
  readonly fault: string | undefined;
}

/** Of a caller's request: an error only where the fault is not the caller's. */
export function serverErrorType({ verdict, status = 0, fault }: EndedExchange): string | undefined {
  if (isBroken(verdict)) return fault ?? verdict;
  return status >= 500 ? (fault ?? String(status)) : undefined;
}

/**
 * Of the call to the function, or to Lambda's API: here the gateway is the client, and a 4xx is one too. A caller who left
 * made no error of it. `fault`: of a call that was sent.
 */
export function clientErrorType({ verdict, status = 0, fault }: EndedExchange): string | undefined {
  if (isBroken(verdict)) return verdict;
  if (status >= 400) return String(status);
  return verdict === "complete" ? fault : undefined;
}

const isBroken = (verdict: string): boolean => verdict !== "complete" && verdict !== "client_gone";
