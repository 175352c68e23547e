import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { PresenceState, PresenceView } from '@tributary/contracts';
import { useLingui } from '@lingui/react';
import { showProblem } from '../../app/show-problem.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { channelName } from '../../i18n/channel-name.js';
import classes from './presence.module.css';
import { usePresence } from './use-presence.js';

const STATES = ['available', 'busy', 'away', 'break', 'offline'] as const satisfies PresenceState[];

/** Whether work comes to me, and how full my hands are. */
export function PresenceSwitch() {
  const t = useTranslate();
  const { presence, change } = usePresence();
  if (!presence) return <span className={classes['placeholder']} aria-hidden />;
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <UnstyledButton
          className={classes['switch']}
          aria-label={t('presence.label', {
            state: t(`presence.${presence.state}`),
            used: usedPercent(presence),
          })}
        >
          <Dot state={presence.state} />
          <span className={classes['state']}>{t(`presence.${presence.state}`)}</span>
          <CapacityBar presence={presence} />
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {STATES.map((state) => (
          <Menu.Item
            key={state}
            leftSection={<Dot state={state} />}
            rightSection={
              presence.state === state ? <IconCheck size={15} aria-label={t('action.chosen')} /> : null
            }
            onClick={() =>
              change.mutate(state, { onError: (error) => showProblem(error, t, t('presence.not_changed')) })
            }
          >
            <div>{t(`presence.${state}`)}</div>
            <div className={classes['help']}>{t(`presence.${state}_help`)}</div>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <CapacityList presence={presence} />
      </Menu.Dropdown>
    </Menu>
  );
}

const usedUnits = ({ capacityUsed }: PresenceView): number =>
  Object.values(capacityUsed).reduce((sum, units) => sum + units, 0);

const usedPercent = (presence: PresenceView): number =>
  presence.capacityTotal > 0 ? Math.round((usedUnits(presence) / presence.capacityTotal) * 100) : 0;

/** The state as a shape, so that it reads without its colour: full, half, ring, hollow. */
function Dot({ state }: { state: PresenceState }) {
  return <span className={classes['dot']} data-state={state} aria-hidden />;
}

function CapacityBar({ presence }: { presence: PresenceView }) {
  const percent = Math.min(100, usedPercent(presence));
  return (
    <span className={classes['bar']} aria-hidden>
      <span style={{ width: `${percent}%` }} data-full={percent >= 100 || undefined} />
    </span>
  );
}

function CapacityList({ presence }: { presence: PresenceView }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  const channels = Object.entries(presence.capacityUsed).filter(([, units]) => units > 0);
  return (
    <div className={classes['capacity']}>
      <div className={classes['capacityHead']}>
        <span>{t('presence.capacity')}</span>
        <span>
          {t('presence.of_units', {
            used: i18n.number(usedUnits(presence)),
            total: i18n.number(presence.capacityTotal),
          })}
        </span>
      </div>
      {channels.length === 0 && <p className={classes['help']}>{t('presence.free')}</p>}
      {channels.map(([channel, units]) => (
        <div key={channel} className={classes['channel']}>
          <span>{channelName(channel, t)}</span>
          <span className={classes['bar']} aria-hidden>
            <span style={{ width: `${Math.min(100, (units / presence.capacityTotal) * 100)}%` }} />
          </span>
          <span className={classes['units']}>{i18n.number(units)}</span>
        </div>
      ))}
    </div>
  );
}
