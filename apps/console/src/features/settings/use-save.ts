import { useMutation, type QueryKey } from '@tanstack/react-query';
import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import { ApiError } from '../../api/http.js';
import { queryClient } from '../../api/query-client.js';

interface SaveOptions<Values, Saved> {
  readonly form: UseFormReturnType<Values>;
  readonly save: (values: Values) => Promise<Saved>;
  /** Lists that show what was saved. */
  readonly renews: readonly QueryKey[];
  readonly onSaved: (saved: Saved) => void;
  /** The form's field for a field of the API, where the two differ. */
  readonly fieldOf?: (apiField: string) => string;
}

/**
 * Saves a form. What the API says against a field stands at that field; what belongs to no field of the form is left
 * in `error`, so that nothing is refused in silence.
 */
export function useSave<Values extends Record<string, unknown>, Saved>(options: SaveOptions<Values, Saved>) {
  const { form, save, renews, onSaved, fieldOf = (field) => field } = options;
  const [error, setError] = useState<unknown>(null);
  const mutation = useMutation({
    mutationFn: save,
    onMutate: () => setError(null),
    onSuccess: (saved) => {
      for (const queryKey of renews) void queryClient.invalidateQueries({ queryKey });
      form.resetDirty();
      onSaved(saved);
    },
    onError: (fault) => {
      const named = fault instanceof ApiError ? Object.entries(fault.fieldErrors) : [];
      const placed = named.filter(([field]) => form.getInputNode(fieldOf(field)) !== null);
      form.setErrors(Object.fromEntries(placed.map(([field, message]) => [fieldOf(field), message])));
      if (placed.length < Math.max(1, named.length)) setError(fault);
    },
  });
  return { save: mutation.mutate, saving: mutation.isPending, error };
}
