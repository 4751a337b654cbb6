interface Props {
  /** 0…1. */
  value: number;
  label: string;
  children?: preact.ComponentChildren;
}

const radius = 44;
const round = 2 * Math.PI * radius;

/** How much of something is here, as a ring that fills. */
export function Ring({ value, label, children }: Props) {
  const part = Math.min(1, Math.max(0, value));
  return (
    <div
      class="ring"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
    >
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle class="ring-ground" cx="50" cy="50" r={radius} />
        <circle class="ring-value" cx="50" cy="50" r={radius} stroke-dasharray={`${part * round} ${round}`} />
      </svg>
      <div class="ring-inside">{children ?? `${Math.floor(part * 100)} %`}</div>
    </div>
  );
}
