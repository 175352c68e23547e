import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SignedInPerson } from '@tributary/directory';
import { TestDesk, type TestWorkspace } from '../testing/a-desk.js';
import { OpenPages } from './open-pages.js';

describe('who has the console open', () => {
  let desk: TestDesk;
  let workspace: TestWorkspace;
  let person: SignedInPerson;
  let pages: OpenPages;

  beforeAll(async () => {
    desk = await TestDesk.open();
  });
  beforeEach(async () => {
    workspace = await desk.workspace();
    person = await workspace.person('Li');
    pages = new OpenPages(desk.context);
  });
  afterAll(() => desk.end());

  /** People with an open page of the workspace now, once a page. */
  const open = async (workspaceId = workspace.id): Promise<string[]> => {
    const rows: { person_id: string }[] = await desk.owner.query(
      'SELECT person_id FROM tickets.open_page WHERE workspace_id = $1 AND held_until > $2',
      [workspaceId, desk.clock.now()],
    );
    return rows.map((row) => row.person_id);
  };

  it('is known when the page is told so, once a page, until the last is closed', async () => {
    const [first, second] = [await pages.open(person), await pages.open(person)];
    expect(await open()).toEqual([person.id, person.id]);
    await pages.close(first);
    expect(await open()).toEqual([person.id]);
    await pages.close(second);
    expect(await open()).toEqual([]);
  });

  it('holds as long as it is renewed, and 45 seconds longer', async () => {
    await pages.open(person);
    desk.clock.advance(40_000);
    await pages.renew();
    desk.clock.advance(44_000);
    expect(await open()).toEqual([person.id]);
    desk.clock.advance(1000);
    expect(await open()).toEqual([]);
  });

  it('is found again after a pause that was longer, under which others took the page away', async () => {
    await pages.open(person);
    desk.clock.advance(60_000);
    const colleague = await workspace.person('Mo');
    await new OpenPages(desk.context).open(colleague);
    await pages.renew();
    expect((await open()).toSorted()).toEqual([person.id, colleague.id].toSorted());
  });

  it('renews the pages of all workspaces, and nothing where none is open', async () => {
    await pages.renew();
    const elsewhere = await desk.workspace();
    await pages.open(person);
    await pages.open(await elsewhere.person('Mo'));
    desk.clock.advance(40_000);
    await pages.renew();
    desk.clock.advance(40_000);
    expect(await open()).toHaveLength(1);
    expect(await open(elsewhere.id)).toHaveLength(1);
  });

  it('is nobody of a process that stops, and everybody of the others', async () => {
    const other = new OpenPages(desk.context);
    await pages.open(person);
    const colleague = await workspace.person('Mo');
    await other.open(colleague);
    await pages.stop();
    expect(await open()).toEqual([colleague.id]);
  });

  it('takes away what a process that died has left of the workspace', async () => {
    await pages.open(person);
    desk.clock.advance(60_000);
    const colleague = await workspace.person('Mo');
    await new OpenPages(desk.context).open(colleague);
    const rows: unknown[] = await desk.owner.query(
      'SELECT person_id FROM tickets.open_page WHERE workspace_id = $1',
      [workspace.id],
    );
    expect(rows).toEqual([{ person_id: colleague.id }]);
  });
});
