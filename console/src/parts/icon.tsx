// The console's icons: a handful of 16-unit line drawings in the colour of the text around them.

const PATHS = {
  overview: 'M2.5 2.5h4.5v5.5h-4.5zM9 2.5h4.5v3h-4.5zM9 8h4.5v5.5h-4.5zM2.5 10.5h4.5v3h-4.5z',
  objectives: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 8h.01',
  agents:
    'M4 6h8a1.5 1.5 0 0 1 1.5 1.5v4A1.5 1.5 0 0 1 12 13H4a1.5 1.5 0 0 1-1.5-1.5v-4A1.5 1.5 0 0 1 4 6ZM8 6V3M6 9.2v.6M10 9.2v.6M8 3h.01',
  audit: 'M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2',
  scales:
    'M8 2.5v11M5 13.5h6M3 4.5h10M3 4.5 1.8 8.5a2 2 0 0 0 2.4 0L3 4.500M13 4.5l-1.200 4a2 2 0 0 0 2.400 0L13 4.500',
  gauge: 'M2.800 12a6 6 0 1 1 10.400 0M8 9.500l2.800-3.500M8 9.500h.01',
  check: 'M3.5 8.5 6.5 11.5 12.5 5',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  alert: 'M8 2.5 14 13H2zM8 6.5v3M8 11.2v.1',
  clock: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 5v3l2 1.5',
  queue: 'M3 4.5h10M3 8h10M3 11.5h6',
  plan: 'M4 3.5v9M4 5.5h3.5a1.5 1.5 0 0 1 1.5 1.5v2A1.5 1.5 0 0 0 10.5 10.5H12M12 10.5h.01M4 5.5h.01',
  play: 'M5 3.5v9l7-4.5z',
  pause: 'M5.5 4v8M10.5 4v8',
  stop: 'M5 2.5h6l2.5 2.5v6L11 13.5H5L2.5 11V5z',
  retry: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.3M12.5 2.5v3h-3',
  inbox: 'M2.5 9.5 4.5 3.5h7l2 6v3.5h-11zM2.5 9.5h3l1 1.5h3l1-1.5h3',
  hand: 'M3.5 8h9M9 4.5 12.5 8 9 11.5',
  shield: 'M8 2.5 13 4.3v3.4c0 3-2 4.9-5 5.8-3-.9-5-2.8-5-5.8V4.3zM5.8 8l1.6 1.6 2.9-3.1',
  power: 'M8 2.5v5M5 4.4a4.7 4.7 0 1 0 6 0',
  seed: 'M8 13.5V8M8 8c0-2.5 1.5-4 5-4 0 3-1.5 4-5 4ZM8 10C8 8 6.5 7 3 7c0 2.5 1.5 3 5 3Z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.300l3.2 3.2',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  copy: 'M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3',
  download: 'M8 2.500v7.500M4.8 7 8 10.2 11.2 7M3 13.500h10',
  plus: 'M8 3v10M3 8h10',
  down: 'M4.5 6.5 8 10l3.5-3.5',
  right: 'M6.5 4.5 10 8l-3.5 3.5',
  left: 'M9.5 4.5 6 8l3.5 3.5',
  file: 'M4 2.500h5l3 3v8H4zM9 2.500v3h3',
  user: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.500c.5-2.5 2.3-3.7 5-3.700s4.5 1.2 5 3.7',
  cloud: 'M4.5 12.500a2.8 2.8 0 0 1-.3-5.6 4 4 0 0 1 7.6.900 2.4 2.4 0 0 1-.3 4.700z',
  machine: 'M2.5 3.500h11v7h-11zM6 13.500h4M8 10.500v3',
  link: 'M6.5 9.500l3-3M7 4.800l1.3-1.300a2.9 2.9 0 0 1 4.1 4.100L11 9M9 11.200l-1.3 1.300a2.9 2.9 0 0 1-4.1-4.100L5 7',
  tiles: 'M2.5 2.500h4.500v4.500h-4.500zM9 2.500h4.500v4.500h-4.500zM2.5 9h4.500v4.500h-4.500zM9 9h4.500v4.500h-4.500z',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  fit: 'M2.5 5.500v-3h3M10.5 2.500h3v3M13.5 10.500v3h-3M5.5 13.500h-3v-3',
  minus: 'M3 8h10',
  pencil: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.3 4.500l2.2 2.2',
  shadow: 'M6 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM6.500 2.800a4 4 0 1 1 4.500 5.800',
  sliders: 'M2.5 4.500h6M11.5 4.500h2M10 3v3M2.5 11.500h2M7.5 11.500h6M6 10v3',
  key: 'M5.500 13a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM7.300 8.700l5.200-5.200M10.500 5.500l2 2',
  out: 'M6.5 2.500h-4v11h4M6.5 8h7M11 5.5 13.5 8 11 10.5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside a word; a control that shows only an icon carries its own label. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const dots = name === 'more';
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={dots ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: an ark on its line. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent-mark)" />
      <path d="M5 18h22c0 5-4 8-11 8S5 23 5 18Z" fill="#fff" />
      <path
        d="M9 18v-5h14v5M16 13V7"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
