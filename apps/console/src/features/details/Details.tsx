import { Link } from '@tanstack/react-router';
import {
  IconAt,
  IconId,
  IconPhone,
  IconRosetteDiscountCheck,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react';
import type { TicketDetail } from '@tributary/contracts';
import type { ReactNode } from 'react';
import { useSession } from '../../api/session.js';
import { languageName, regionName } from '../../i18n/names.js';
import { useLingui } from '@lingui/react';
import { useNow, useTime } from '../../i18n/use-time.js';
import { contactName } from '../../i18n/contact-name.js';
import { useTranslate } from '../../i18n/use-translate.js';
import { Ago } from '../../ui/Ago.js';
import { Initials, StatusMark, VipMark } from '../../ui/Marks.js';
import { SlaChip } from '../../ui/SlaChip.js';
import { TagsField, TypeField } from './EditableFields.js';
import { WhySummary } from '../why/WhySummary.js';
import classes from './details.module.css';

/** Everything around the conversation: the customer, the promises, the ticket's fields, and why it came to me. */
export function Details({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const { person } = useSession();
  return (
    <div className={classes['details']}>
      <div className={classes['contact']}>
        <Initials name={ticket.contact.name} size={40} />
        <div className={classes['contactText']}>
          <h2>{contactName(ticket.contact.name, t)}</h2>
          <span>{ticket.contact.tier === 'vip' ? <VipMark /> : t('tier.standard')}</span>
        </div>
      </div>
      <Identities ticket={ticket} />
      <Block title={t('details.clocks')}>
        {ticket.clocks.length === 0 && <p className={classes['quiet']}>{t('details.no_clocks')}</p>}
        {ticket.clocks.map((clock) => (
          <Fact key={clock.metric} name={t(`metric.${clock.metric}`)}>
            <SlaChip clock={clock} />
          </Fact>
        ))}
      </Block>
      <Block title={t('details.fields')}>
        <Fields ticket={ticket} />
      </Block>
      <Block title={t(whyTitle(ticket, person.id))}>
        <WhySummary ticketId={ticket.id} />
      </Block>
      <Timeline ticket={ticket} />
    </div>
  );
}

function whyTitle({ assignee }: TicketDetail, me: string) {
  if (!assignee) return 'why.title_queue';
  return assignee.id === me ? 'why.title' : 'why.title_other';
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes['block']}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes['fact']}>
      <span className={classes['name']}>{name}</span>
      <span className={classes['value']}>{children}</span>
    </div>
  );
}

const IDENTITY_ICONS: Readonly<Record<string, Icon>> = { email: IconAt, phone: IconPhone };

function Identities({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  return (
    <ul className={classes['identities']} aria-label={t('details.identities')}>
      {ticket.identities.map(({ kind, value, verified, consents }) => {
        const Sign = IDENTITY_ICONS[kind] ?? IconId;
        const state = t(verified ? 'details.verified' : 'details.claimed');
        return (
          <li key={`${kind} ${value}`}>
            <Sign size={15} stroke={1.7} aria-hidden />
            <span className={classes['address']} title={value}>
              {value}
            </span>
            <span
              title={state}
              role="img"
              aria-label={state}
              className={classes['verified']}
              data-verified={verified || undefined}
            >
              {verified ? (
                <IconRosetteDiscountCheck size={15} aria-hidden />
              ) : (
                <IconUserQuestion size={15} aria-hidden />
              )}
            </span>
            <Consents consents={consents} />
          </li>
        );
      })}
    </ul>
  );
}

/** Whether the customer wants to hear from us at this address, an inbox each. */
function Consents({ consents }: Pick<TicketDetail['identities'][number], 'consents'>) {
  const t = useTranslate();
  const time = useTime();
  const now = useNow('minute');
  if (consents.length === 0) return null;
  return (
    <ul className={classes['consents']}>
      {consents.map(({ consent, inbox, at }) => (
        <li key={inbox.id} data-consent={consent} title={time.exact(at)}>
          {t(`details.consent_${consent}`, { inbox: inbox.name, at: time.moment(at, now) })}
        </li>
      ))}
    </ul>
  );
}

function Fields({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  const { i18n } = useLingui();
  return (
    <>
      <Fact name={t('field.type')}>
        <TypeField ticket={ticket} />
      </Fact>
      <Fact name={t('field.queue')}>{ticket.queue?.name ?? t('value.none')}</Fact>
      <Fact name={t('field.inbox')}>{ticket.inbox.name}</Fact>
      <Fact name={t('field.language')}>
        {ticket.language ? languageName(ticket.language, i18n.locale) : t('value.unknown')}
      </Fact>
      <Fact name={t('field.region')}>
        {ticket.region ? regionName(ticket.region, i18n.locale) : t('value.unknown')}
      </Fact>
      <Fact name={t('field.created')}>
        <Ago at={ticket.createdAt} />
      </Fact>
      {ticket.solvedAt && (
        <Fact name={t('field.solved')}>
          <Ago at={ticket.solvedAt} />
        </Fact>
      )}
      {ticket.fields['order'] && (
        <Fact name={t('field.order')}>
          <Order ticket={ticket} order={ticket.fields['order']} />
        </Fact>
      )}
      {Object.entries(ticket.fields)
        .filter(([name]) => name !== 'order')
        .map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      <TagsField key={`${ticket.id} ${ticket.tags.join()}`} ticket={ticket} />
    </>
  );
}

/** A link where the inbox says how orders are looked up. */
function Order({ ticket, order }: { ticket: TicketDetail; order: string }) {
  if (ticket.orderUrl === null) return order;
  return (
    <a href={ticket.orderUrl} target="_blank" rel="noopener noreferrer">
      {order}
    </a>
  );
}

function Timeline({ ticket }: { ticket: TicketDetail }) {
  const t = useTranslate();
  return (
    <Block title={t('details.timeline')}>
      {ticket.contactTickets.length === 0 && <p className={classes['quiet']}>{t('details.first_ticket')}</p>}
      <ul className={classes['timeline']}>
        {ticket.contactTickets.map(({ id, number, subject, status, createdAt }) => (
          <li key={id}>
            <Link to="/tickets/$view/$ticketId" params={{ view: 'all', ticketId: id }}>
              <StatusMark status={status} text={false} />
              <span className={classes['address']} title={`#${number} ${subject}`}>
                {subject}
              </span>
              <Ago at={createdAt} className={classes['quiet']} />
            </Link>
          </li>
        ))}
      </ul>
    </Block>
  );
}
