import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { TOPICS } from './topics.js';

const APPS = new URL('../../../apps/', import.meta.url);
const apps = readdirSync(APPS).filter((name) => existsSync(new URL(`${name}/package.json`, APPS)));

describe('The table of topics', () => {
  it('has no name twice', () => {
    const names = TOPICS.map((topic) => topic.name);
    expect(new Set(names).size).toBe(names.length);
  });

  describe.each([...TOPICS])('$name', (topic) => {
    it('is named in the form that every driver takes', () => {
      expect(topic.name).toMatch(/^[a-z]+(\.[a-z]+)*$/);
    });

    it('says what it is for and what its key is made of', () => {
      expect(topic.description.trim()).not.toBe('');
      expect(topic.key.trim()).not.toBe('');
    });

    it('is written by apps that exist', () => {
      expect(topic.producers).not.toEqual([]);
      expect(apps).toEqual(expect.arrayContaining([...topic.producers]));
    });

    it('is read by apps that exist', () => {
      expect(apps).toEqual(expect.arrayContaining([...topic.consumers]));
    });

    it('has partitions and keeps its records', () => {
      expect(topic.partitions).toBeGreaterThanOrEqual(1);
      expect(topic.retentionDays).toBeGreaterThanOrEqual(1);
    });

    it('has types in lower case, each with a version', () => {
      const types = Object.entries(topic.types);
      expect(types).not.toEqual([]);
      for (const [type, versions] of types) {
        expect(type).toMatch(/^[a-z]+\.[a-z_]+$/);
        expect(versions.length).toBeGreaterThanOrEqual(1);
      }
    });
  });
});
