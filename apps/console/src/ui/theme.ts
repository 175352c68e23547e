import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Shades chosen so that text on `filled` and `light` variants keeps 4.5:1 in both schemes (Mantine's own do not). */
const accent: MantineColorsTuple = [
  '#e9f5f6',
  '#d3eaec',
  '#a8d6da',
  '#7accd6',
  '#58bcc8',
  '#2f9ca8',
  '#1a8490',
  '#0d7480',
  '#0b636d',
  '#08525a',
];
const red: MantineColorsTuple = [
  '#fdeeec',
  '#fbdcd9',
  '#f6b8b2',
  '#ff8f85',
  '#f0766b',
  '#d9453a',
  '#c4352b',
  '#b3261e',
  '#98201a',
  '#7d1a15',
];
const gray: MantineColorsTuple = [
  '#f6f7f8',
  '#f1f3f4',
  '#e3e6e8',
  '#cdd2d5',
  '#a9b1b5',
  '#7d878c',
  '#626c71',
  '#4b5559',
  '#2f373b',
  '#1a2023',
];
const dark: MantineColorsTuple = [
  '#e7ebec',
  '#b4bdc0',
  '#939da1',
  '#6c777c',
  '#3b4549',
  '#293134',
  '#1f2527',
  '#181d1f',
  '#121618',
  '#0d1012',
];

export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.35' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '40px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  colors: { accent, red, gray, dark },
  primaryColor: 'accent',
  primaryShade: 7,
  autoContrast: true,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 30 } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    MultiSelect: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    TagsInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        withArrow: false,
        offset: 6,
        fz: 12,
        events: { hover: true, focus: true, touch: false },
      },
    },
    Menu: {
      defaultProps: {
        withInitialFocusPlaceholder: false,
        shadow: 'md',
        radius: 'md',
        offset: 4,
        withinPortal: true,
        transitionProps: { duration: 80 },
      },
    },
    Popover: { defaultProps: { shadow: 'md', radius: 'md', transitionProps: { duration: 80 } } },
    Modal: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.35 },
        // The kit's dialog head is a <header> at the page's top level, which would be a second banner.
        attributes: { header: { role: 'none' } },
        centered: true,
        radius: 'lg',
        transitionProps: { duration: 120 },
      },
    },
    Drawer: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.35 },
        // The kit's dialog head is a <header> at the page's top level, which would be a second banner.
        attributes: { header: { role: 'none' } },
        transitionProps: { duration: 140 },
      },
    },
  },
});

/** Points Mantine's semantic colours at our tokens, so that the tokens file stays the one place of colour. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--late)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-anchor': 'var(--accent-ink)',
    '--mantine-color-gray-text': 'var(--ink-2)',
    '--mantine-color-gray-light-color': 'var(--ink-2)',
    '--mantine-color-red-text': 'var(--late)',
    '--mantine-color-red-light-color': 'var(--late)',
    '--mantine-color-red-light': 'var(--late-soft)',
    '--mantine-color-accent-light': 'var(--accent-soft)',
    '--mantine-color-accent-light-color': 'var(--accent-ink)',
    '--mantine-color-accent-text': 'var(--accent-ink)',
  };
  return { variables: {}, light: shared, dark: shared };
};
