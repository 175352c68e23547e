import { describe, expect, it } from '@jest/globals';
import { applyEdits } from './code-edits.js';

const edit = (find: string, replace: string) => ({ module: 'libs/some/dist/part.js', find, replace });

describe('edits of a module', () => {
  it('are made in their order, each seeing what the one before left', () => {
    expect(applyEdits('await append();', [edit('await', 'void'), edit('void append', 'void (0)')])).toBe(
      'void (0)();',
    );
  });

  it('put in what they say, whatever a pattern would make of it', () => {
    expect(applyEdits('a.b', [edit('a.b', '$& $1')])).toBe('$& $1');
  });

  it('are refused, with their module, when their place is gone', () => {
    expect(() => applyEdits('other();', [edit('append();', '')])).toThrow(
      'the place of an edit in libs/some/dist/part.js has moved: it is not there:\nappend();',
    );
  });

  it('are refused when their place could be one of two', () => {
    expect(() => applyEdits('a(); a();', [edit('a();', '')])).toThrow('it stands there 2 times');
  });
});
