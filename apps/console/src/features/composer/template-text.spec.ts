import { describe, expect, it } from '@jest/globals';
import { isFilled, templatePreview } from './template-text.js';

const template = {
  ...{ id: '1', name: 'shipped', language: 'en', text: 'Hi {{1}}, order {{header.1}} left. {{1}}!' },
  variables: [
    { name: '1', example: 'Ann' },
    { name: 'header.1', example: null },
  ],
};

describe('a template in the composer', () => {
  it('shows what the customer will read, and the names of what is missing', () => {
    expect(templatePreview({ template, variables: { '1': ' Ann ' } })).toBe(
      'Hi Ann, order {{header.1}} left. Ann!',
    );
  });

  it('shows a value as it is, whatever it looks like', () => {
    const variables = { '1': '{{header.1}} $&', 'header.1': '$1' };
    expect(templatePreview({ template, variables })).toBe(
      'Hi {{header.1}} $&, order $1 left. {{header.1}} $&!',
    );
  });

  it('is complete once every variable has a value', () => {
    expect(isFilled({ template, variables: { '1': 'Ann', 'header.1': ' ' } })).toBe(false);
    expect(isFilled({ template, variables: { '1': 'Ann', 'header.1': '4' } })).toBe(true);
  });
});
