import { Button, UnstyledButton } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { PersonView } from '@tributary/contracts';
import { useState } from 'react';
import { peopleQuery, skillsQuery, teamsQuery } from '../../api/admin.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';
import { Initials } from '../../ui/Marks.js';
import { Listing } from './Listing.js';
import { Page } from './Page.js';
import { PersonForm } from './PersonForm.js';
import classes from './settings.module.css';

export function PeoplePage() {
  const t = useTranslate();
  const people = useQuery(peopleQuery);
  const [edited, setEdited] = useState<PersonView | 'new' | null>(null);
  // The form shows what the list knows now, which after a save is more than when it was opened.
  const shown =
    edited === 'new' || edited === null
      ? edited
      : (people.data?.find(({ id }) => id === edited.id) ?? edited);
  return (
    <Page
      title={t('settings.people')}
      purpose={t('people.purpose')}
      action={
        <Button leftSection={<IconPlus size={15} />} onClick={() => setEdited('new')}>
          {t('people.add')}
        </Button>
      }
    >
      <Listing
        query={people}
        empty={
          <Empty icon={IconUsers} title={t('people.empty')}>
            {t('people.empty_help')}
          </Empty>
        }
      >
        {(person) => <Person key={person.id} person={person} onEdit={() => setEdited(person)} />}
      </Listing>
      {shown !== null && (
        <PersonForm
          key={shown === 'new' ? 'new' : shown.id}
          person={shown === 'new' ? null : shown}
          onSaved={setEdited}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

function Person({ person, onEdit }: { person: PersonView; onEdit: () => void }) {
  const t = useTranslate();
  const { data: skills } = useQuery(skillsQuery);
  const { data: teams } = useQuery(teamsQuery);
  const skillNames = person.skills.map(({ skillId, level }) => {
    const name = skills?.find(({ id }) => id === skillId)?.name;
    return name ? `${name} ${level}` : '';
  });
  const teamNames = person.teamIds.map((id) => teams?.find((team) => team.id === id)?.name ?? '');
  const facts = [...teamNames, ...skillNames].filter((fact) => fact !== '').join(' · ');
  return (
    <li>
      <UnstyledButton
        className={classes['person']}
        data-inactive={!person.active || undefined}
        onClick={onEdit}
      >
        <Initials name={person.name} size={32} />
        <span className={classes['personText']}>
          <span className={classes['itemName']}>
            {person.name}
            {!person.active && <span className={classes['mark']}>{t('people.inactive')}</span>}
          </span>
          <span className={classes['itemDetail']}>{person.email}</span>
        </span>
        <span className={classes['personFacts']}>{facts}</span>
        <span className={classes['role']}>{t(`role.${person.role}`)}</span>
      </UnstyledButton>
    </li>
  );
}
