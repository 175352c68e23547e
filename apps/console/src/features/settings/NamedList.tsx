import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconCheck, IconPencil, IconTrash, IconX } from '@tabler/icons-react';
import { useMutation, type QueryKey } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiError } from '../../api/http.js';
import { queryClient } from '../../api/query-client.js';
import { showProblem } from '../../app/show-problem.js';
import { problemText } from '../../i18n/problem-text.js';
import { useTranslate } from '../../i18n/use-translate.js';
import classes from './settings.module.css';

/** The line under which a new thing gets its name. */
export function AddByName(props: {
  label: string;
  renews: QueryKey;
  create: (name: string) => Promise<unknown>;
}) {
  const t = useTranslate();
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => props.create(name.trim()),
    onSuccess: () => {
      setName('');
      void queryClient.invalidateQueries({ queryKey: props.renews });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim()) add.mutate();
  };
  return (
    <form className={classes['addLine']} onSubmit={submit}>
      <TextInput
        aria-label={props.label}
        placeholder={props.label}
        value={name}
        error={add.isError ? nameFault(add.error, problemText(add.error, t)) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" variant="default" loading={add.isPending} disabled={!name.trim()}>
        {t('action.add')}
      </Button>
    </form>
  );
}

const nameFault = (error: unknown, otherwise: string): string =>
  (error instanceof ApiError ? error.fieldErrors['name'] : undefined) ?? otherwise;

/** One named thing: renamed in place, removed where that is offered. */
export function NamedItem(props: {
  name: string;
  detail: ReactNode;
  renews: QueryKey;
  rename: (name: string) => Promise<unknown>;
  remove?: (() => Promise<unknown>) | undefined;
}) {
  const { name, detail, renews, rename, remove } = props;
  const t = useTranslate();
  const [editing, setEditing] = useState(false);
  const removing = useMutation({
    mutationFn: async () => remove?.(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: renews }),
    onError: (error) => showProblem(error, t, t('settings.not_removed', { name })),
  });
  if (editing) {
    return (
      <li className={classes['item']}>
        <Rename name={name} renews={renews} rename={rename} onDone={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className={classes['item']}>
      <span className={classes['itemName']}>{name}</span>
      <span className={classes['itemDetail']}>{detail}</span>
      <ActionIcon aria-label={t('settings.rename', { name })} onClick={() => setEditing(true)}>
        <IconPencil size={16} stroke={1.7} />
      </ActionIcon>
      {remove && (
        <ActionIcon
          aria-label={t('settings.remove', { name })}
          loading={removing.isPending}
          onClick={() => removing.mutate()}
        >
          <IconTrash size={16} stroke={1.7} />
        </ActionIcon>
      )}
    </li>
  );
}

function Rename(props: {
  name: string;
  renews: QueryKey;
  rename: (name: string) => Promise<unknown>;
  onDone: () => void;
}) {
  const t = useTranslate();
  const [name, setName] = useState(props.name);
  const renaming = useMutation({
    mutationFn: () => props.rename(name.trim()),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: props.renews });
      props.onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === props.name) props.onDone();
    else if (name.trim()) renaming.mutate();
  };
  return (
    <form className={classes['renameLine']} onSubmit={submit}>
      <TextInput
        size="xs"
        autoFocus
        aria-label={t('settings.name')}
        value={name}
        error={renaming.isError ? nameFault(renaming.error, problemText(renaming.error, t)) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.onDone();
        }}
      />
      <ActionIcon
        type="submit"
        aria-label={t('action.save')}
        loading={renaming.isPending}
        disabled={!name.trim()}
      >
        <IconCheck size={16} />
      </ActionIcon>
      <ActionIcon aria-label={t('action.cancel')} onClick={props.onDone}>
        <IconX size={16} />
      </ActionIcon>
    </form>
  );
}
