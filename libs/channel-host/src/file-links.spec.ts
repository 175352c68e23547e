import type { AttachmentDto } from '@tributary/contracts';
import { MasterKey } from '@tributary/directory';
import { newId } from '@tributary/runtime';
import { VirtualClock } from '@tributary/runtime/testing';
import { describe, expect, it } from '@jest/globals';
import { FileLinks } from './file-links.js';

const DAY = 86_400_000;
const workspaceId = newId();
const sha256 = 'ab'.repeat(32);
const file: AttachmentDto = {
  ...{ key: `${workspaceId}/ab/${sha256}`, sha256, size: 3, name: 'Rechnung Größe 4.pdf' },
  ...{ contentType: 'application/pdf; x=y', disposition: 'attachment' },
};

function aDesk(publicUrl = 'https://desk.example.org') {
  const clock = new VirtualClock();
  const links = new FileLinks(new MasterKey(MasterKey.generate()), clock, publicUrl);
  const url = links.linkTo(workspaceId, file);
  const [token, name] = url.slice(`${publicUrl}/media/`.length).split('/') as [string, string];
  return { clock, links, url, token, name: decodeURIComponent(name) };
}

describe('the link of a file', () => {
  it('opens that file, as its type and under its name, for 30 days', () => {
    const { clock, links, token, name, url } = aDesk();
    expect(url).toMatch(
      /^https:\/\/desk\.example\.org\/media\/[\w.-]+\/Rechnung%20Gr%C3%B6%C3%9Fe%204\.pdf$/,
    );
    const opened = { key: file.key, contentType: 'application/pdf', name: 'Rechnung Größe 4.pdf' };
    expect(links.open(token, name)).toEqual(opened);
    clock.advance(30 * DAY);
    expect(links.open(token, name)).toEqual(opened);
    clock.advance(1);
    expect(links.open(token, name)).toBeUndefined();
  });

  it('opens nothing with any one character changed, nor under another name', () => {
    const { links, token, name } = aDesk();
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'a' ? 'b' : 'a'}${token.slice(at + 1)}`;
      // The last letter of a mark has bits that say nothing; the text is compared all the same.
      expect(links.open(changed, name)).toBeUndefined();
    }
    expect(links.open(token, `${name}.html`)).toBeUndefined();
    expect(links.open(token.slice(0, -1), name)).toBeUndefined();
    expect(links.open('', '')).toBeUndefined();
  });

  it('of another installation opens nothing here', () => {
    const { token, name } = aDesk();
    expect(aDesk().links.open(token, name)).toBeUndefined();
  });

  it('is public over https alone', () => {
    expect([aDesk().links.isPublic, aDesk('http://desk.example.org').links.isPublic]).toEqual([true, false]);
  });
});
