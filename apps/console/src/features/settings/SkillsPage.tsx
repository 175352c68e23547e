import { IconCertificate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { removeSkill, saveSkill, skillsQuery } from '../../api/admin.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Empty } from '../../ui/Empty.js';
import { Listing } from './Listing.js';
import { AddByName, NamedItem } from './NamedList.js';
import { Page } from './Page.js';

export function SkillsPage() {
  const t = useTranslate();
  const skills = useQuery(skillsQuery);
  return (
    <Page title={t('settings.skills')} purpose={t('skills.purpose')}>
      <AddByName
        label={t('skills.add')}
        renews={skillsQuery.queryKey}
        create={(name) => saveSkill(null, name)}
      />
      <Listing
        query={skills}
        empty={
          <Empty icon={IconCertificate} title={t('skills.empty')}>
            {t('skills.empty_help')}
          </Empty>
        }
      >
        {({ id, name, agents }) => (
          <NamedItem
            key={id}
            name={name}
            detail={t('skills.agents', { count: agents })}
            renews={skillsQuery.queryKey}
            rename={(next) => saveSkill(id, next)}
            remove={() => removeSkill(id)}
          />
        )}
      </Listing>
    </Page>
  );
}
