// Who is signed in. The session lives in an HttpOnly cookie; this is the server's word on it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { clear as forgetDrafts } from "idb-keyval";
import { setCsrfToken } from "../../api/client";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Session } from "../../api/types";

export const SESSION = ["session"];

/** The session, null when signed out, undefined while asking. */
export function useSession(): Session | null | undefined {
  return useQuery({
    queryKey: SESSION,
    queryFn: loadSession,
    staleTime: Number.POSITIVE_INFINITY,
    // No answer is not "signed out": ask again until the server speaks.
    retry: (_count, error) => asProblem(error).offline,
    retryDelay: 2_000,
  }).data;
}

/** Those who take calls have a desk. */
export function takesCalls({ user }: Session): boolean {
  return user.role === "operator" || user.role === "doctor";
}

/** Those who watch the whole floor. */
export function watches({ user }: Session): boolean {
  return user.role === "supervisor" || user.role === "admin";
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await api.signOut();
    setCsrfToken("");
    sessionStorage.clear();
    // Notes of citizens do not stay on a shared machine.
    await forgetDrafts().catch(() => undefined);
    client.clear();
    client.setQueryData(SESSION, null);
  };
}

async function loadSession(): Promise<Session | null> {
  try {
    const session = await api.getSession();
    setCsrfToken(session.csrf_token);
    return session;
  } catch (error) {
    if (asProblem(error).status === 401) return null;
    throw error;
  }
}
