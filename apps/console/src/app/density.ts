export type Density = 'comfortable' | 'compact';

const KEY = 'tributary.density';

export const rememberedDensity = (): Density =>
  localStorage.getItem(KEY) === 'compact' ? 'compact' : 'comfortable';

/** Puts the density on the page; without an argument, the one that was chosen last on this machine. */
export function applyDensity(density: Density = rememberedDensity()): void {
  localStorage.setItem(KEY, density);
  document.documentElement.dataset['density'] = density;
}
