export * from './installed.js';
