import { useMutation } from '@tanstack/react-query';
import type { RoutingPolicyView } from '@tributary/contracts';
import { useState } from 'react';
import { policyQuery, savePolicy } from '../../api/admin.js';
import { ApiError } from '../../api/http.js';
import { queryClient } from '../../api/query-client.js';
import { draftOf, fingerprint, policyOf, ruleFaults, type PolicyDraft } from './policy-draft.js';

const NONE: Readonly<Record<string, string>> = {};

/** The policy while it is edited: what it stands on, what was changed, tried and refused. */
export function usePolicyDraft(policy: RoutingPolicyView) {
  const [base, setBase] = useState(policy);
  const [draft, setDraft] = useState(() => draftOf(policy));
  const [tried, setTried] = useState<string | null>(null);
  const saving = useMutation({
    mutationFn: () => savePolicy({ ...base, ...policyOf(draft) }),
    onSuccess: (saved) => {
      queryClient.setQueryData(policyQuery.queryKey, saved);
      setBase(saved);
      setDraft(draftOf(saved));
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) {
        void queryClient.invalidateQueries({ queryKey: policyQuery.queryKey });
      }
    },
  });
  const print = fingerprint(draft);
  const start = (next: RoutingPolicyView): void => {
    saving.reset();
    setBase(next);
    setDraft(draftOf(next));
  };
  return {
    base,
    draft,
    changed: print !== fingerprint(draftOf(base)),
    complete: draft.rules.every((rule) => ruleFaults(rule).length === 0),
    /** The draft as it stands has been through a dry run. */
    tried: tried === print,
    refusals: saving.error instanceof ApiError ? saving.error.fieldErrors : NONE,
    saving,
    change: (next: PolicyDraft): void => {
      saving.reset();
      setDraft(next);
    },
    markTried: setTried,
    /** Drops the changes and stands on `next`. */
    start,
    /** Keeps the changes, but stands them on `next`; they must be tried again. */
    rebase: (next: RoutingPolicyView): void => {
      saving.reset();
      setBase(next);
      setTried(null);
    },
  };
}

export type DraftState = ReturnType<typeof usePolicyDraft>;
