// A button that acts only when it is held for a second, by pointer or by keyboard; let go early, and nothing happens.
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

const holdMs = 1_000;
type Props = {
  className?: string;
  label: string;
  onHeld: () => void;
  onTap?: () => void;
  disabled?: boolean;
  children: ReactNode;
};

export function HoldButton({ className = '', label, onHeld, onTap, disabled, children }: Props) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const held = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = (): void => {
    if (disabled) return;
    held.current = false;
    setHolding(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      held.current = true;
      setHolding(false);
      onHeld();
    }, holdMs);
  };
  const release = (): void => {
    clearTimeout(timer.current);
    setHolding(false);
  };
  const isPress = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter';
  // Enter would click at once and the space bar on release: both have to wait for what the hold becomes.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isPress(event)) return;
    event.preventDefault();
    if (!event.repeat) press();
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (!isPress(event)) return;
    event.preventDefault();
    release();
    if (!held.current) onTap?.();
    held.current = false;
  };
  return (
    <button
      type="button"
      className={`hold ${holding ? 'holding ' : ''}${className}`}
      aria-label={label}
      data-tip={label}
      disabled={disabled}
      onPointerDown={(event) => event.button === 0 && press()}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={onKeyDown}
      onKeyUp={onKeyUp}
      onBlur={release}
      onClick={() => {
        if (!held.current) onTap?.();
        held.current = false;
      }}
    >
      <span className="hold-fill" aria-hidden="true" />
      <span className="hold-label">{children}</span>
    </button>
  );
}
