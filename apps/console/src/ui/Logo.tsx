/** Two streams that become one. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="3"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M16 29V19C16 12 8 13 8 4" />
      <path d="M16 19C16 13 24 14 24 6" />
    </svg>
  );
}
